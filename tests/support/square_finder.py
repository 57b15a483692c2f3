"""An ONNX file with YuNet's interface that finds colored squares instead of faces.

What `cv2.FaceDetectorYN` asks of a network: an input `input` of (1, 3, H, W) BGR, and for every
stride 8, 16 and 32 the outputs `cls`, `obj`, `bbox` and `kps` of 1, 1, 4 and 10 numbers a cell.
Here a cell's score is the mean of one color in it, and its box is the cell itself.
"""

import struct
from collections.abc import Iterator, Sequence

COLOR_OF_STRIDE = {8: 0, 16: 1, 32: 2}
"""Stride -> the channel that its cells look at: blue, green, red."""
LANDMARKS = (0.25, 0.3, 0.75, 0.35, 0.5, 0.6, 0.3, 0.8, 0.7, 0.85)
"""x, y of the five within a cell, in cells."""
_CELL = (0.5, 0.5, 0.0, 0.0)  # center in cells, and the logarithms of width and height

_FLOAT, _INTS = 1, 7


def square_finder() -> bytes:
    """The content of the file."""
    parts: list[bytes] = []
    for stride, color in COLOR_OF_STRIDE.items():
        cells = f"cells_{stride}"
        window = _ints("kernel_shape", (stride, stride)) + _ints("strides", (stride, stride))
        parts.append(_field(1, _node("AveragePool", ("input",), cells, window)))
        score = [1 / 255 if channel == color else 0.0 for channel in range(3)]
        parts += _head(f"cls_{stride}", cells, score, (0.0,))
        parts += _head(f"obj_{stride}", cells, score, (0.0,))
        parts += _head(f"bbox_{stride}", cells, [0.0] * 12, _CELL)
        parts += _head(f"kps_{stride}", cells, [0.0] * 30, LANDMARKS)
    graph = b"".join(parts) + _text(2, "squares") + _field(11, _value("input", (1, 3, 640, 640)))
    return _number(1, 8) + _field(7, graph) + _field(8, _number(2, 11))


def _head(
    name: str, source: str, weights: Sequence[float], bias: Sequence[float]
) -> Iterator[bytes]:
    """A 1 x 1 convolution whose channels come last, as the detector reads them."""
    yield _field(5, _tensor(f"{name}_w", (len(bias), 3, 1, 1), weights))
    yield _field(5, _tensor(f"{name}_b", (len(bias),), bias))
    inputs = (source, f"{name}_w", f"{name}_b")
    yield _field(1, _node("Conv", inputs, f"{name}_first", _ints("kernel_shape", (1, 1))))
    yield _field(1, _node("Transpose", (f"{name}_first",), name, _ints("perm", (0, 2, 3, 1))))
    yield _field(12, _value(name, ()))


# The messages of onnx.proto, by the numbers of their fields.


def _node(kind: str, inputs: Sequence[str], output: str, attributes: bytes) -> bytes:
    names = b"".join(_text(1, name) for name in inputs)
    return names + _text(2, output) + _text(3, f"make_{output}") + _text(4, kind) + attributes


def _ints(name: str, values: Sequence[int]) -> bytes:
    numbers = b"".join(_number(8, value) for value in values)
    return _field(5, _text(1, name) + numbers + _number(20, _INTS))


def _tensor(name: str, shape: Sequence[int], values: Sequence[float]) -> bytes:
    dimensions = b"".join(_number(1, size) for size in shape)
    data = struct.pack(f"<{len(values)}f", *values)
    return dimensions + _number(2, _FLOAT) + _text(8, name) + _field(9, data)


def _value(name: str, shape: Sequence[int]) -> bytes:
    dimensions = b"".join(_field(1, _number(1, size)) for size in shape)
    return _text(1, name) + _field(2, _field(1, _number(1, _FLOAT) + _field(2, dimensions)))


def _text(key: int, text: str) -> bytes:
    return _field(key, text.encode())


def _field(key: int, content: bytes) -> bytes:
    return _varint(key << 3 | 2) + _varint(len(content)) + content


def _number(key: int, value: int) -> bytes:
    return _varint(key << 3) + _varint(value)


def _varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes((low | 0x80,)) + _varint(rest) if rest else bytes((low,))
