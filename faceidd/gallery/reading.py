"""Reading a file whole, into memory of its own, as quickly as it can be had."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

PART = 1 << 25
"""Bytes that one thread reads at once."""
_THREADS = 2
"""More do not help: the time goes into copying and into handing out memory."""


class TooLargeError(Exception):
    """A file has more bytes than any of its kind.

    Args:
        size: How many.
    """

    def __init__(self, size: int) -> None:
        super().__init__(f"it has {size} bytes")
        self.size = size


def read_bounded(path: Path, most: int) -> memoryview:
    """Content of a file.

    Raises:
        OSError: It cannot be read.
        TooLargeError: It has more than `most` bytes; it was not read.
    """
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        if size > most:
            raise TooLargeError(size)
        content = buffer(size)
        read = in_parts(lambda begin, end: read_at(file.fileno(), content[begin:end], begin), size)
        return content[: size if read == size else 0]


def buffer(size: int) -> memoryview:
    """Memory of so many bytes; of NumPy, because it asks for large pages, which come quicker."""
    return np.empty(size, np.uint8).data


def in_parts(do: Callable[[int, int], int], size: int, part: int = PART) -> int:
    """Do something with each part of so many bytes, in a few threads.

    Args:
        do: Is given where a part begins and ends, and returns how many bytes it did.
        size: How many there are.
        part: How many a part has.

    Returns:
        How many were done.
    """
    begins = range(0, size, part)
    if len(begins) <= 1:
        return do(0, size)
    with ThreadPoolExecutor(_THREADS) as threads:
        return sum(threads.map(lambda begin: do(begin, min(begin + part, size)), begins))


def read_at(descriptor: int, into: memoryview, begin: int) -> int:
    """Read from a place of a file until the memory is full or the file ends.

    Returns:
        How many bytes were read.

    Raises:
        OSError: It cannot be read.
    """
    done = 0
    while done < len(into) and (more := os.preadv(descriptor, [into[done:]], begin + done)):
        done += more
    return done
