"""Pace: how fast recorded images are played, and the metronome that keeps it."""

import math
from collections.abc import Callable
from enum import StrEnum

from faceidd.clock import Clock, sleep
from faceidd.units import Instant, Seconds

Sleep = Callable[[float], None]
"""Waits for a number of seconds."""


class Pace(StrEnum):
    """How a recording is played."""

    REAL_TIME = "real_time"
    """As a camera would see it: frames come when they are due, late ones are skipped."""
    AS_FAST_AS_POSSIBLE = "as_fast_as_possible"
    """Every frame, as soon as the reader asks for it."""


class Metronome:
    """Beats at a fixed rate: beat k is due at start + k / rate.

    Args:
        clock: Tells the time.
        sleep: Waits for a number of seconds.
    """

    def __init__(self, clock: Clock, sleep: Sleep = sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._start = Instant(0.0)
        self._period = Seconds(1.0)

    def start(self, beats_per_second: float) -> None:
        """Let beat 0 be now.

        Args:
            beats_per_second: The rate, above 0.
        """
        self._start = self._clock()
        self._period = Seconds(1 / beats_per_second)

    @property
    def beat(self) -> int:
        """The last beat that is due by now."""
        return math.floor((self._clock() - self._start) / self._period)

    def wait_for(self, beat: int) -> None:
        """Return when the beat is due, at once if it is past."""
        due = self._start + beat * self._period
        while (remaining := due - self._clock()) > 0:
            self._sleep(remaining)
