"""An ONNX file with the interface of MTCNN's O-Net that takes what is bright for a face.

A square's score is its mean value, black 0 and white 1; the face always lies at the same place of
the square. What `faceidd.face.onet` asks of the network: an input of (N, 48, 48, 3), columns
first, about -1..1, and the outputs `dense_5`, `dense_6` and `softmax_2` of 4, 10 and 2 numbers.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from support.onnx_messages import field, ints, node, number, tensor, text, value

from faceidd.face.onet import INPUT_PX

SHIFTS = (0.1, 0.05, -0.2, -0.1)
"""From the square's left, top, right and bottom edge to the face's, in sides."""
LANDMARKS = ((0.35, 0.4), (0.65, 0.42), (0.5, 0.55), (0.38, 0.7), (0.6, 0.72))
"""x, y of the five in the square, in sides."""


def bright_onet(*, landmarks: NDArray[np.float64] | None = None) -> bytes:
    """The content of the file."""
    places = np.array(LANDMARKS) if landmarks is None else landmarks
    parts = [field(1, node("GlobalAveragePool", ("input",), "columns", b""))]
    parts += _answer("dense_5", (0.0,) * 4, SHIFTS)
    parts += _answer("dense_6", (0.0,) * 10, places.T.ravel().tolist())
    parts += _answer("softmax_2", (-0.5, 0.5), (0.5, 0.5))
    graph = b"".join(parts) + text(2, "bright") + field(11, value("input", (1, 48, 48, 3)))
    return number(1, 8) + field(7, graph) + field(8, number(2, 11))


def _answer(name: str, slopes: Sequence[float], bias: Sequence[float]) -> Iterator[bytes]:
    """Numbers that are linear in the mean of the square."""
    weights = np.repeat(np.array(slopes) / INPUT_PX, INPUT_PX).tolist()
    yield field(5, tensor(f"{name}_w", (len(bias), INPUT_PX, 1, 1), weights))
    yield field(5, tensor(f"{name}_b", (len(bias),), bias))
    inputs = ("columns", f"{name}_w", f"{name}_b")
    yield field(1, node("Conv", inputs, f"{name}_first", ints("kernel_shape", (1, 1))))
    yield field(1, node("Flatten", (f"{name}_first",), name, b""))
    yield field(12, value(name, ()))
