"""Runtime: the seam between a TFLite network and the library that runs it, chosen by name."""

from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[np.float32]
RuntimeName = Literal["litert", "tflite-runtime"]


class Network(Protocol):
    """A loaded TFLite network with float32 inputs and outputs. Not safe for two threads at once."""

    @property
    def runtime(self) -> str:
        """Library and version that runs it, for the log: `ai-edge-litert 2.3.0`."""

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the only input, batch first."""

    def run(self, tensor: Tensor) -> tuple[Tensor, ...]:
        """Feed the input, float32 of `input_shape`; return copies of all outputs, in file order.

        Raises:
            ModelError: The shape is wrong or the library failed.
        """


def open_network(content: bytes, *, label: str, runtime: RuntimeName, threads: int) -> Network:
    """Load a TFLite network with the runtime of that name; never with another.

    Args:
        content: The file's bytes, as `Pack.read` verified them.
        label: What to call the network in messages, `facenet int8`.
        runtime: The library that runs it.
        threads: Threads the library may use for one run.

    Raises:
        ModelError: The runtime is not installed, or refuses the network.
    """
    # Only the chosen library is imported: the other need not be installed.
    if runtime == "litert":
        from faceidd.models.litert import open_litert  # noqa: PLC0415 - only the chosen runtime

        return open_litert(content, label=label, threads=threads)
    from faceidd.models.tflite_runtime import open_tflite_runtime  # noqa: PLC0415 - only the chosen runtime

    return open_tflite_runtime(content, label=label, threads=threads)
