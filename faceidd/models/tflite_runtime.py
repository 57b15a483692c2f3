"""tflite-runtime, LiteRT's predecessor: for Python 3.11 boards that already have it.

Its last release, 2.14, needs NumPy before 2 and knows no operators newer than itself, so that it
refuses the int8 variant of a pack built today; float32 and float16 run.
"""

from importlib.metadata import version

import numpy as np

from faceidd.errors import ModelError
from faceidd.models.interpreter import TfliteNetwork, refusal

_INSTALL = (
    "give faceidd a Python 3.11 environment from requirements/tflite-runtime.txt,"
    " or choose the runtime litert"
)


def open_tflite_runtime(content: bytes, *, label: str, threads: int) -> TfliteNetwork:
    """Load a network; see `open_network`.

    Raises:
        ModelError: The package is not installed, or refuses the network.
    """
    # With NumPy 2 the library dies of an error of the interpreter's own.
    if int(np.__version__.partition(".")[0]) > 1:
        raise ModelError(
            f"the runtime tflite-runtime needs NumPy 1, and this is NumPy {np.__version__}",
            do=_INSTALL,
        )
    try:
        from tflite_runtime.interpreter import Interpreter  # noqa: PLC0415 - may be missing
    except ImportError as error:
        raise ModelError(
            f"the runtime tflite-runtime cannot be imported: {error}",
            do=_INSTALL,
        ) from error
    runtime = f"tflite-runtime {version('tflite-runtime')}"
    try:
        interpreter = Interpreter(model_content=content, num_threads=threads)
    except (RuntimeError, ValueError) as error:
        raise refusal(label, runtime, error) from error
    return TfliteNetwork(interpreter, label=label, runtime=runtime)
