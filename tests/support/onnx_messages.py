"""The messages of an ONNX file, by the numbers of their fields in onnx.proto."""

import struct
from collections.abc import Sequence

FLOAT, INTS = 1, 7


def node(kind: str, inputs: Sequence[str], output: str, attributes: bytes) -> bytes:
    names = b"".join(text(1, name) for name in inputs)
    return names + text(2, output) + text(3, f"make_{output}") + text(4, kind) + attributes


def ints(name: str, values: Sequence[int]) -> bytes:
    numbers = b"".join(number(8, value) for value in values)
    return field(5, text(1, name) + numbers + number(20, INTS))


def tensor(name: str, shape: Sequence[int], values: Sequence[float]) -> bytes:
    dimensions = b"".join(number(1, size) for size in shape)
    data = struct.pack(f"<{len(values)}f", *values)
    return dimensions + number(2, FLOAT) + text(8, name) + field(9, data)


def value(name: str, shape: Sequence[int]) -> bytes:
    dimensions = b"".join(field(1, number(1, size)) for size in shape)
    return text(1, name) + field(2, field(1, number(1, FLOAT) + field(2, dimensions)))


def text(key: int, words: str) -> bytes:
    return field(key, words.encode())


def field(key: int, content: bytes) -> bytes:
    return _varint(key << 3 | 2) + _varint(len(content)) + content


def number(key: int, value: int) -> bytes:
    return _varint(key << 3) + _varint(value)


def _varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes((low | 0x80,)) + _varint(rest) if rest else bytes((low,))
