"""LiteRT (`ai-edge-litert`), the runtime for every supported Python."""

from importlib.metadata import version

from faceidd.errors import ModelError
from faceidd.models.interpreter import TfliteNetwork, refusal


def open_litert(content: bytes, *, label: str, threads: int) -> TfliteNetwork:
    """Load a network; see `open_network`.

    Raises:
        ModelError: The package is not installed, or refuses the network.
    """
    try:
        from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 - may be missing
    except ImportError as error:
        raise ModelError(
            f"the runtime litert cannot be imported: {error}",
            do="install it: pip install ai-edge-litert, or choose the runtime tflite-runtime",
        ) from error
    runtime = f"ai-edge-litert {version('ai-edge-litert')}"
    try:
        interpreter = Interpreter(model_content=content, num_threads=threads)
    except (RuntimeError, ValueError) as error:
        raise refusal(label, runtime, error) from error
    return TfliteNetwork(interpreter, label=label, runtime=runtime)
