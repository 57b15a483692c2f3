"""TfliteNetwork: a Network over the interpreter class that both TFLite libraries share.

LiteRT is TensorFlow Lite under its new name and kept its interpreter's Python interface. Which
library gives the class, and how it is imported, is left to the adapters.
"""

from typing import Protocol, TypedDict

import numpy as np

from faceidd.errors import ModelError
from faceidd.models.runtime import Tensor


class TfliteNetwork:
    """Runs a TFLite network with one float32 input and float32 outputs.

    Args:
        interpreter: Holds the network.
        label: What to call the network in messages.
        runtime: Library and version.

    Raises:
        ModelError: The library refuses the network, or its tensors are not as said above.
    """

    def __init__(self, interpreter: "_Interpreter", *, label: str, runtime: str) -> None:
        try:
            interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise refusal(label, runtime, error) from error
        inputs = interpreter.get_input_details()
        outputs = interpreter.get_output_details()
        if len(inputs) != 1 or any(one["dtype"] != np.float32 for one in (*inputs, *outputs)):
            raise ModelError(
                f"the network {label} does not have one float32 input and float32 outputs",
                do="choose another variant of the model",
            )
        self._interpreter = interpreter
        self._label = label
        self._runtime = runtime
        self._input = inputs[0]["index"]
        self._input_shape = tuple(int(side) for side in inputs[0]["shape"])
        self._outputs = tuple(one["index"] for one in outputs)

    @property
    def runtime(self) -> str:
        """Library and version, `ai-edge-litert 2.3.0`."""
        return self._runtime

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the input, batch first."""
        return self._input_shape

    def run(self, tensor: Tensor) -> tuple[Tensor, ...]:
        """Run once; see `Network.run`."""
        if tensor.shape != self._input_shape or tensor.dtype != np.float32:
            raise ModelError(
                f"the network {self._label} takes float32 {self._input_shape},"
                f" not {tensor.dtype} {tensor.shape}",
                do="report this as a bug",
            )
        try:
            self._interpreter.set_tensor(self._input, tensor)
            self._interpreter.invoke()
            return tuple(self._interpreter.get_tensor(index) for index in self._outputs)
        except (RuntimeError, ValueError) as error:
            raise ModelError(
                f"{self._runtime} failed to run the network {self._label}: {error}",
                do="run `faceidd model verify`, and check the board's memory",
            ) from error


def refusal(label: str, runtime: str, error: Exception) -> ModelError:
    """Translate a library's refusal of a network into what the reader can do."""
    text = str(error)
    reason = text.splitlines()[0].rstrip(".") if text else type(error).__name__
    return ModelError(
        f"{runtime} refuses the network {label}: {reason}",
        do="set the model's variant to float32 or float16, or the runtime to litert"
        if "Didn't find op" in text
        else "rebuild the model pack: faceidd model build",
    )


class _TensorDetails(TypedDict):
    """What the interpreter tells of a tensor; the entries used here."""

    index: int
    shape: np.ndarray[tuple[int, ...], np.dtype[np.int32]]
    dtype: type[np.generic]


class _Interpreter(Protocol):
    """The libraries' interpreter."""

    def allocate_tensors(self) -> None: ...
    def get_input_details(self) -> list[_TensorDetails]: ...
    def get_output_details(self) -> list[_TensorDetails]: ...
    def set_tensor(self, index: int, value: Tensor) -> None: ...
    def invoke(self) -> None: ...
    def get_tensor(self, index: int) -> Tensor: ...
