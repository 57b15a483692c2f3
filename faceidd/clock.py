"""Clock: where the time is learned, so that tests can tell their own."""

import time
from collections.abc import Callable

from faceidd.units import Instant

Clock = Callable[[], Instant]
"""Gives the present moment; never runs backward."""


def monotonic() -> Instant:
    """The present moment on this machine's monotonic clock."""
    return Instant(time.monotonic())
