"""Sealed tables: one safetensors file, its header as JSON, and a checksum of all of it.

No pickle; a torn or damaged file is refused. Who wrote it is not checked here: the checksum is no
signature. Any safetensors reader opens these files; this one takes only what is, to the byte, as
`sealed` writes it. So equal content has one form, no length is believed that does not fit the file,
and the tables lie in the content without a copy.
"""

import json
import math
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar, cast

import numpy as np
from cryptography.hazmat.primitives.poly1305 import Poly1305
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

Tables = dict[str, NDArray[np.generic]]
Content = bytes | memoryview
Number = TypeVar("Number", bound=np.generic)

DAMAGES = (ValidationError, ValueError, KeyError, TypeError)
"""What reading a file that is damaged or of another kind raises."""
MOST_HEADER_BYTES = 1 << 24
"""A longer header is refused before it is read; a calibration's provenance takes a hundredth."""

CHECKSUM = "checksum"
"""What the checksum is called beside the header."""
CHECKSUM_KEY = b"faceidd: a checksum, no secret.."
"""Poly1305 (RFC 8439) with a key that everybody may know: a checksum of 128 bits that finds any
damage, seven times faster than SHA-256. Forgery is what signatures and encryption are for."""
_ALIGNMENT = 64
"""The tables begin at a multiple of this: a cache line."""
_DTYPES: Mapping[str, np.dtype[np.generic]] = {
    "F32": np.dtype("<f4"),
    "I32": np.dtype("<i4"),
    "I64": np.dtype("<i8"),
    "U8": np.dtype("u1"),
}
_CODES = {dtype: code for code, dtype in _DTYPES.items()}
_STEP = 1 << 20
"""Bytes that are summed at once: other threads go on meanwhile."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    dtype: Literal["F32", "I32", "I64", "U8"]
    shape: Annotated[list[Annotated[int, Field(ge=0)]], Field(max_length=2)]
    data_offsets: Annotated[list[int], Field(min_length=2, max_length=2)]


class _Outline(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)
    __pydantic_extra__: dict[str, _Entry]
    metadata: Annotated[dict[str, str], Field(alias="__metadata__")]


def sealed(kind: str, header: str, tables: Mapping[str, NDArray[np.generic]]) -> list[Content]:
    """The content of a file, in parts that follow each other.

    Args:
        kind: What the header is of; a file of another kind is refused.
        header: JSON.
        tables: Arrays by name, float32, int32, int64 or uint8, of one or two axes, in the order in
            which they shall lie there. The first begins at a cache line.

    Raises:
        ValueError: The header is not Unicode, or too long.
    """
    ordered = {name: np.ascontiguousarray(table) for name, table in tables.items()}
    shapes = {name: (_CODES[table.dtype], table.shape) for name, table in ordered.items()}
    bodies = [table.reshape(-1).view(np.uint8).data for table in ordered.values()]
    checksum = _checksum([_head(kind, header, shapes), *bodies])
    head = _head(kind, header, shapes, checksum)
    if len(head) > MOST_HEADER_BYTES:
        raise ValueError(f"its header has {len(head)} bytes, more than any")
    return [head, *bodies]


def unsealed(kind: str, content: Content, *, checked: bool = False) -> tuple[str, Tables]:
    """Header and tables of a file's content.

    Args:
        kind: What the header is of.
        content: All of the file.
        checked: Whether something else proved that it is undamaged, so that nothing is summed.

    Returns:
        The header, and the tables: views of the content, not writable.

    Raises:
        ValueError: It is damaged, of another kind, or not as `sealed` writes it.
    """
    content = memoryview(content).toreadonly()
    length = int.from_bytes(content[:8], "little")
    if not 0 < length <= min(MOST_HEADER_BYTES, len(content)) - 8:
        raise ValueError("it is cut off, or no such file")
    outline = _Outline.model_validate_json(bytes(content[8 : 8 + length]))
    if set(outline.metadata) != {kind, CHECKSUM}:
        raise ValueError(f"it holds no {kind}")
    header, checksum = outline.metadata[kind], outline.metadata[CHECKSUM]
    entries = outline.__pydantic_extra__
    shapes = {name: (one.dtype, tuple(one.shape)) for name, one in entries.items()}
    sizes = [_size(*shape) for shape in shapes.values()]
    if 8 + length + sum(sizes) != len(content):
        raise ValueError("its length does not fit its tables")
    if _head(kind, header, shapes, checksum) != content[: 8 + length]:
        raise ValueError("its header is not as it is written")
    body = content[8 + length :]
    if not checked and _checksum([_head(kind, header, shapes), body]) != checksum:
        raise ValueError("its content does not fit its checksum")
    return header, _tables(shapes, body)


def table(found: NDArray[np.generic], dtype: type[Number], axes: int) -> NDArray[Number]:
    """A table as it must be.

    Raises:
        ValueError: It holds other numbers, or has other axes.
    """
    if found.dtype != dtype or found.ndim != axes:
        raise ValueError("one of its tables has another form")
    return cast("NDArray[Number]", found)


_Shapes = Mapping[str, tuple[str, tuple[int, ...]]]


def _head(kind: str, header: str, shapes: _Shapes, checksum: str = "0" * 32) -> bytes:
    """Length and header, with blanks up to the first table."""
    outline: dict[str, object] = {"__metadata__": {kind: header, CHECKSUM: checksum}}
    begin = 0
    for name, (code, shape) in shapes.items():
        end = begin + _size(code, shape)
        outline[name] = {"dtype": code, "shape": shape, "data_offsets": (begin, end)}
        begin = end
    text = json.dumps(outline, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % _ALIGNMENT)
    return len(text).to_bytes(8, "little") + text


def _size(code: str, shape: tuple[int, ...]) -> int:
    return math.prod(shape) * _DTYPES[code].itemsize


def _tables(shapes: _Shapes, body: memoryview) -> Tables:
    tables: Tables = {}
    begin = 0
    for name, (code, shape) in shapes.items():
        end = begin + _size(code, shape)
        tables[name] = np.frombuffer(body[begin:end], _DTYPES[code]).reshape(shape)
        begin = end
    return tables


def _checksum(parts: list[Content]) -> str:
    summed = Poly1305(CHECKSUM_KEY)
    for part in parts:
        for begin in range(0, len(part), _STEP):
            summed.update(part[begin : begin + _STEP])
    return summed.finalize().hex()
