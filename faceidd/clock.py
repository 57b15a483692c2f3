"""Clock: where the time is learned, so that tests can tell their own."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from faceidd.units import Instant

Clock = Callable[[], Instant]
"""Gives the present moment; never runs backward."""

WallClock = Callable[[], datetime]
"""Gives the present moment in UTC, as far as this machine knows it; may be set."""


def monotonic() -> Instant:
    """The present moment on this machine's monotonic clock."""
    return Instant(time.monotonic())


def wall() -> datetime:
    """The present moment on this machine's wall clock, in UTC."""
    return datetime.now(UTC)


def right_time(clock_file: Path | None) -> datetime | None:
    """The present moment by the wall clock; None while the file that vouches for it is missing."""
    return wall() if clock_file is None or clock_file.exists() else None
