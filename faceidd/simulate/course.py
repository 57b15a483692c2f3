"""SharedCourse: time that passes faster than it does, the same for several processes.

How it passes is written in a page of memory that all of them map: from an anchor on, so many times
as fast as real time. Whoever holds the page may change that while it passes; time never jumps back
by it. The wall clock is a number of seconds ahead of that, which may change by jumps.
"""

import mmap
import os
import struct
import threading
import time
from math import inf
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

_PAGE = struct.Struct("=5dI")  # as _Passing, and the checksum of that
_SUM_BYTES = 4
PROMPT_S = 0.001
"""Real seconds within which a slower course is told."""
_NANO = 1_000_000_000


class _Passing(NamedTuple):
    """How time passes.

    Attributes:
        real_anchor: A moment of real time.
        anchor: The same moment as told.
        haste: How many times as fast as real time it passes from there on.
        ahead: The wall clock's seconds since 1970 less the other clock's.
        origin: When the scenario began; infinite until it does.
    """

    real_anchor: float
    anchor: float
    haste: float
    ahead: float
    origin: float

    def now(self) -> float:
        return self.at(time.monotonic())

    def at(self, real: float) -> float:
        return self.anchor + self.haste * (real - self.real_anchor)


class SharedCourse:
    """A `Course` read from a page. Safe for many threads and processes.

    Args:
        path: The page's file, as `CourseWriter` made it.
        most: How many times as fast as real time it passes at the most.
    """

    def __init__(self, path: Path, most: float) -> None:
        self.haste = most
        self._newest = float("-inf")
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._page = mmap.mmap(descriptor, _PAGE.size, prot=mmap.PROT_READ)
        finally:
            os.close(descriptor)

    def monotonic(self) -> float:
        """Seconds on the clock that nobody sets."""
        while True:
            passing = self._read()
            now = passing.now()
            # Who lost the processor in between has told the time by a course that was.
            if self._read() == passing:
                break
        # Whoever slows it down is some moments late to say so, and those would count back.
        self._newest = max(self._newest, now)
        return self._newest

    @property
    def scenario_s(self) -> float:
        """Seconds since the scenario began; 0 until it does."""
        return max(0.0, self.monotonic() - self.origin)

    @property
    def origin(self) -> float:
        """The moment at which the scenario began; infinite until it does."""
        return self._read().origin

    def since_boot(self) -> float:
        """Seconds on the clock that nobody sets; nothing is suspended in a simulation."""
        return self.monotonic()

    def wall_ns(self) -> int:
        """Nanoseconds since 1970 UTC, on the clock on the wall."""
        return round(_NANO * (self.monotonic() + self._read().ahead))

    def _read(self) -> _Passing:
        while True:
            page = self._page[:]
            *passing, checksum = _PAGE.unpack(page)
            # Python has no memory barriers: what was half-written is known by its checksum.
            if checksum == crc32(page[:-_SUM_BYTES]):
                return _Passing(*passing)


class CourseWriter:
    """Says how time passes. Safe for many threads; close it at the end.

    Args:
        path: File to make for the page.
        haste: How many times as fast as real time it passes.
    """

    def __init__(self, path: Path, haste: float) -> None:
        self._haste = haste
        self._holds: set[str] = set()
        self._lock = threading.Lock()
        now = time.monotonic()
        self._passing = _Passing(now, now, haste, time.time() - now, inf)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.ftruncate(descriptor, _PAGE.size)
            self._page = mmap.mmap(descriptor, _PAGE.size)
        finally:
            os.close(descriptor)
        self._write()

    def hold(self, reason: str, *, on: bool) -> None:
        """Let time pass as it does while there is a reason to; safe for many threads."""
        with self._lock:
            if (reason in self._holds) == on:
                return
            (self._holds.add if on else self._holds.discard)(reason)
            self._pass(1.0 if self._holds else self._haste)

    def begin(self) -> None:
        """Let the scenario begin now."""
        with self._lock:
            self._passing = self._passing._replace(origin=self._passing.now())
            self._write()

    def jump(self, seconds: float) -> None:
        """Set the wall clock ahead by so much; back, where it is negative."""
        with self._lock:
            self._passing = self._passing._replace(ahead=self._passing.ahead + seconds)
            self._write()

    def close(self) -> None:
        """Let go of the page; its readers keep theirs."""
        self._page.close()

    def _pass(self, haste: float) -> None:
        was, slower = self._passing, haste < self._passing.haste
        while True:
            now = time.monotonic()
            self._passing = was._replace(real_anchor=now, anchor=was.at(now), haste=haste)
            self._write()
            # Who lost the processor before it was written would set back the clocks of all who
            # went on in haste meanwhile.
            if not slower or time.monotonic() - now < PROMPT_S:
                return

    def _write(self) -> None:
        packed = _PAGE.pack(*self._passing, 0)
        self._page[:] = _PAGE.pack(*self._passing, crc32(packed[:-_SUM_BYTES]))
