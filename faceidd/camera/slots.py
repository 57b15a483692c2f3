"""Slots: frames passed from one process to another through memory that both share.

A few slots of pixels lie in an anonymous file (memfd), which has no name that could be left behind
and needs no writable folder. A slot belongs to one side at a time: to who holds its token. Tokens
travel through two pipes, `free` and `ready`; a pipe hands each to one side only, and orders what
was written before. So nobody ever reads a slot that is being written, and neither side can make
the other wait: a writer that finds no free slot takes back the oldest frame that nobody fetched.

Who starts, watches and ends the writer's process is left to `capture_process`.
"""

import mmap
import os
import struct
from contextlib import ExitStack, suppress
from fcntl import F_ADD_SEALS, F_SEAL_GROW, F_SEAL_SEAL, F_SEAL_SHRINK, fcntl
from math import isfinite
from typing import NamedTuple

import numpy as np

from faceidd.camera.frame import Frame, Image
from faceidd.clock import monotonic
from faceidd.errors import CameraError
from faceidd.units import Instant, Seconds

SLOTS = 3
"""One is written, one waits, one is read."""
MOST_BYTES = 48 * 1024 * 1024
"""Of one image, 4096 x 4096 pixels. Memory is used as far as images reach, and no further."""
CHANNELS = 3
AHEAD_S = Seconds(0.1)
"""A frame that is said to be taken later than this from now is none: both read one clock."""

_TOKEN = struct.Struct("=IIIqd")  # slot, height, width, sequence, captured at


class Ends(NamedTuple):
    """File descriptors of a writer, in the order in which its process is told them."""

    memory: int
    free: int
    ready: int
    unfetched: int
    """Where `ready` comes out, to take frames back."""


class SlotReader:
    """The side that makes the slots and reads frames. For one thread; close it at the end.

    Attributes:
        ends: What the writer needs; to be closed here by `close_ends` once its process has them.
        waiting: Descriptor that is readable while a frame waits.
    """

    def __init__(self) -> None:
        with ExitStack() as undo:
            memory = os.memfd_create("faceidd-frames", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
            undo.callback(os.close, memory)
            os.ftruncate(memory, SLOTS * MOST_BYTES)
            # A writer gone mad cannot pull the memory from under its reader.
            fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)
            self._memory = mmap.mmap(memory, SLOTS * MOST_BYTES, prot=mmap.PROT_READ)
            undo.callback(self._memory.close)
            free, self._free = _pipe(undo)
            self.waiting, ready = _pipe(undo)
            undo.pop_all()
        for slot in range(SLOTS):
            os.write(self._free, _TOKEN.pack(slot, 0, 0, 0, 0.0))
        self.ends = Ends(memory, free, ready, self.waiting)

    def fetch(self) -> Frame | None:
        """Take the newest frame; None if there is none. Older ones are dropped.

        Raises:
            CameraError: The writer announced what cannot be a frame.
        """
        try:
            newest = self._newest()
            return None if newest is None else self._read(newest)
        except (OSError, struct.error) as error:  # too many tokens, or half of one
            raise _nonsense(f"tokens that are none ({error})") from error

    def _newest(self) -> bytes | None:
        newest = None
        with suppress(EOFError):  # the writer is gone; what it has written is not
            for _ in range(SLOTS):  # more there cannot be, and whoever sends more holds nobody
                token = _receive(self.waiting)
                if token is None:
                    break
                if newest is not None:
                    self._give_back(newest)
                newest = token
        return newest

    def _read(self, newest: bytes) -> Frame:
        slot, height, width, sequence, captured_at = _TOKEN.unpack(newest)
        length = height * width * CHANNELS
        if slot >= SLOTS or not 0 < length <= MOST_BYTES:
            raise _nonsense(f"{width}x{height} pixels in slot {slot}")
        if not isfinite(captured_at) or captured_at > monotonic() + AHEAD_S:
            raise _nonsense(f"a picture taken at {captured_at} s, which is still to come")
        # Copied, so that the slot is free at once, and whoever has the frame may keep it.
        pixels = np.frombuffer(self._memory, np.uint8, length, slot * MOST_BYTES).copy()
        self._give_back(newest)
        return Frame(pixels.reshape(height, width, CHANNELS), Instant(captured_at), sequence)

    def _give_back(self, token: bytes) -> None:
        with suppress(BrokenPipeError):  # the writer is gone
            os.write(self._free, token)

    def close_ends(self) -> None:
        """Close what only the writer needs."""
        for end in (self.ends.memory, self.ends.free, self.ends.ready):
            os.close(end)

    def close(self) -> None:
        """Let go of the memory and the pipes, `close_ends` apart."""
        os.close(self._free)
        os.close(self.waiting)
        self._memory.close()


class SlotWriter:
    """The side that writes frames. For one thread, in a process that ends with its reader's.

    Args:
        ends: As `SlotReader.ends`.
        wait: Whether to wait until the reader has fetched a frame before the next is written, so
            that none is lost; else a frame that it has not fetched gives way to the next one.
    """

    def __init__(self, ends: Ends, *, wait: bool) -> None:
        self._ends = ends
        self._wait = wait
        self._memory = mmap.mmap(ends.memory, os.fstat(ends.memory).st_size)
        self._token: bytes | None = None
        if wait:
            for _ in range(SLOTS - 1):  # never to be given back: one frame waits at most
                _receive(ends.free)
            os.set_blocking(ends.free, True)

    def claim(self) -> None:
        """Get a slot to write in; may wait for it where that was asked for.

        Raises:
            EOFError: The reader is gone.
        """
        while self._token is None:
            self._token = _receive(self._ends.free)
            if self._token is None and not self._wait:
                self._token = _receive(self._ends.unfetched)

    def write(self, frame: Frame) -> None:
        """Hand a frame to the reader.

        Raises:
            CameraError: It has more than `MOST_BYTES`.
            EOFError: The reader is gone.
        """
        height, width = frame.image.shape[:2]
        if frame.image.nbytes > MOST_BYTES:
            raise CameraError(
                f"a picture of {width}x{height} pixels is too large",
                do="ask the camera for a smaller one, of at most 4096x4096",
            )
        self.claim()
        token, self._token = self._token or b"", None
        slot: int = _TOKEN.unpack(token)[0]
        _view(self._memory, slot, frame.image)[:] = frame.image
        os.write(
            self._ends.ready, _TOKEN.pack(slot, height, width, frame.sequence, frame.captured_at)
        )


def _view(memory: mmap.mmap, slot: int, like: Image) -> Image:
    flat = np.frombuffer(memory, np.uint8, like.size, slot * MOST_BYTES)
    return flat.reshape(like.shape)


def _receive(pipe: int) -> bytes | None:
    """One token, or None if there is none; what is this short a pipe passes whole."""
    try:
        token = os.read(pipe, _TOKEN.size)
    except BlockingIOError:
        return None
    if not token:
        raise EOFError
    return token


def _nonsense(what: str) -> CameraError:
    return CameraError(f"the capture process announced {what}", do="report this as a bug")


def _pipe(undo: ExitStack) -> tuple[int, int]:
    ends = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    for end in ends:
        undo.callback(os.close, end)
    return ends
