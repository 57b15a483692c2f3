"""An ONNX file with YuNet's interface that finds colored squares instead of faces.

What `cv2.FaceDetectorYN` asks of a network: an input `input` of (1, 3, H, W) BGR, and for every
stride 8, 16 and 32 the outputs `cls`, `obj`, `bbox` and `kps` of 1, 1, 4 and 10 numbers a cell.
Here a cell's score is the mean of one color in it, and its box is the cell itself.
"""

from collections.abc import Iterator, Sequence

from support.onnx_messages import field, ints, node, number, tensor, text, value

COLOR_OF_STRIDE = {8: 0, 16: 1, 32: 2}
"""Stride -> the channel that its cells look at: blue, green, red."""
_CELL = (0.5, 0.5, 0.0, 0.0)  # center in cells, and the logarithms of width and height


def square_finder() -> bytes:
    """The content of the file."""
    parts: list[bytes] = []
    for stride, color in COLOR_OF_STRIDE.items():
        cells = f"cells_{stride}"
        window = ints("kernel_shape", (stride, stride)) + ints("strides", (stride, stride))
        parts.append(field(1, node("AveragePool", ("input",), cells, window)))
        score = [1 / 255 if channel == color else 0.0 for channel in range(3)]
        parts += _head(f"cls_{stride}", cells, score, (0.0,))
        parts += _head(f"obj_{stride}", cells, score, (0.0,))
        parts += _head(f"bbox_{stride}", cells, [0.0] * 12, _CELL)
        parts += _head(f"kps_{stride}", cells, [0.0] * 30, (0.5,) * 10)
    graph = b"".join(parts) + text(2, "squares") + field(11, value("input", (1, 3, 640, 640)))
    return number(1, 8) + field(7, graph) + field(8, number(2, 11))


def _head(
    name: str, source: str, weights: Sequence[float], bias: Sequence[float]
) -> Iterator[bytes]:
    """A 1 x 1 convolution whose channels come last, as the detector reads them."""
    yield field(5, tensor(f"{name}_w", (len(bias), 3, 1, 1), weights))
    yield field(5, tensor(f"{name}_b", (len(bias),), bias))
    inputs = (source, f"{name}_w", f"{name}_b")
    yield field(1, node("Conv", inputs, f"{name}_first", ints("kernel_shape", (1, 1))))
    yield field(1, node("Transpose", (f"{name}_first",), name, ints("perm", (0, 2, 3, 1))))
    yield field(12, value(name, ()))
