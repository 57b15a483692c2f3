"""Sealed tables: one safetensors file, its header as JSON, and a digest of all of it.

No pickle; a torn or edited file is refused. Who wrote it is not checked here: the digest is no
signature.
"""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

Tables = dict[str, NDArray[np.generic]]

DAMAGES = (SafetensorError, ValidationError, ValueError, KeyError, TypeError)
"""What reading a file that is damaged or of another kind raises."""


class TooLargeError(Exception):
    """A file has more bytes than any of its kind.

    Args:
        size: How many.
    """

    def __init__(self, size: int) -> None:
        super().__init__(f"it has {size} bytes")
        self.size = size


def sealed(kind: str, header: str, tables: Tables) -> bytes:
    """The content of a file.

    Args:
        kind: What the header is of; a file of another kind is refused.
        header: JSON.
        tables: Arrays by name.
    """
    return save(tables, metadata={kind: header, "sha256": _digest(header, tables)})


def unsealed(kind: str, content: bytes) -> tuple[str, Tables]:
    """Header and tables of a file's content.

    Raises:
        SafetensorError: It is no safetensors file.
        ValueError: It is of another kind, or does not fit its digest.
    """
    # First, because it bounds the header and proves its form before Python's json reads it.
    tables = load(content)
    length = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + length]).get("__metadata__")
    if not isinstance(metadata, dict) or not metadata.keys() >= {kind, "sha256"}:
        raise ValueError(f"it holds no {kind}")
    header = metadata[kind]
    if _digest(header, tables) != metadata["sha256"]:
        raise ValueError("its content does not fit its digest")
    return header, tables


def read_bounded(path: Path, most: int) -> bytes:
    """Content of a file.

    Raises:
        OSError: It cannot be read.
        TooLargeError: It has more than `most` bytes; it was not read.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > most:
            raise TooLargeError(size)
        return file.read(most)


def _digest(header: str, tables: Tables) -> str:
    digest = hashlib.sha256(header.encode())
    for name in sorted(tables):
        array = np.ascontiguousarray(tables[name])
        digest.update(f"{name}:{array.dtype.str}:{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
