"""Clock: where the time is learned, so that tests can tell their own.

How it passes is real time's, but in a simulation: `pass_as` gives all clocks of a program another
course, and every wait goes by it that asks `real_s` how long it is. Nothing from outside a program
can: no setting, no variable of its environment.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from faceidd.units import Instant

Clock = Callable[[], Instant]
"""Gives the present moment; never runs backward."""

WallClock = Callable[[], datetime]
"""Gives the present moment in UTC, as far as this machine knows it; may be set."""

_NANO = 1_000_000_000


class Course(Protocol):
    """How time passes."""

    @property
    def haste(self) -> float:
        """How many times as fast as real time it passes at the most."""

    def monotonic(self) -> float:
        """Seconds on the clock that nobody sets."""

    def since_boot(self) -> float:
        """Seconds on the clock that nobody sets and that does not stop in suspension."""

    def wall_ns(self) -> int:
        """Nanoseconds since 1970 UTC, on the clock on the wall."""


class RealTime:
    """Time as it passes. A `Course`."""

    haste = 1.0

    def monotonic(self) -> float:
        """Seconds on the clock that nobody sets."""
        return time.monotonic()

    def since_boot(self) -> float:
        """Seconds on the clock that nobody sets and that does not stop in suspension."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def wall_ns(self) -> int:
        """Nanoseconds since 1970 UTC, on the clock on the wall."""
        return time.time_ns()


_course: list[Course] = [RealTime()]


def pass_as(course: Course) -> None:
    """Let time pass like this for the whole program, before any of its clocks was read."""
    _course[0] = course


def monotonic() -> Instant:
    """The present moment on this machine's monotonic clock."""
    return Instant(_course[0].monotonic())


def since_boot() -> Instant:
    """The present moment on a clock that nobody sets and that does not stop in suspension."""
    return Instant(_course[0].since_boot())


def wall_ns() -> int:
    """The present moment on this machine's wall clock, in nanoseconds since 1970 UTC."""
    return _course[0].wall_ns()


def wall_s() -> float:
    """The present moment on this machine's wall clock, in seconds since 1970 UTC."""
    return wall_ns() / _NANO


def wall() -> datetime:
    """The present moment on this machine's wall clock, in UTC."""
    return datetime.fromtimestamp(wall_s(), UTC)


def right_time(clock_file: Path | None) -> datetime | None:
    """The present moment by the wall clock; None while what vouches for it is not seen."""
    try:
        return wall() if clock_file is None or clock_file.exists() else None
    except OSError:  # a folder that nobody may look into vouches for nothing
        return None


def real_s(seconds: float) -> float:
    """How long to wait for so much time to pass, at the least: whoever wakes looks at the clock."""
    return seconds / _course[0].haste


def sleep(seconds: float) -> None:
    """Let so much time pass, or, where its course may be slower, less."""
    time.sleep(real_s(seconds))
