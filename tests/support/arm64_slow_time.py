"""Lets time pass slowly for an emulated faceidd; imported at the start of its Python, by a `.pth`.

Needs faceidd and nothing else of this repository.
"""

import time

from faceidd.clock import pass_as

SLOWNESS = 1000.0
"""How many times as slowly as it does. The 1.5 s for which evidence counts are 25 minutes then:
longer than the run is waited for, so no other work of the machine can shut the door."""


class SlowTime:
    """A `Course` that is the same in every process: the machine's own clocks, divided."""

    haste = 1 / SLOWNESS

    def __init__(self) -> None:
        self._ahead_ns = time.time_ns() - round(1e9 * self.monotonic())

    def monotonic(self) -> float:
        """Seconds on the clock that nobody sets."""
        return time.monotonic() / SLOWNESS

    def since_boot(self) -> float:
        """Seconds on the clock that nobody sets and that does not stop in suspension."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) / SLOWNESS

    def wall_ns(self) -> int:
        """Nanoseconds since 1970 UTC: right at the start, and slow from there on."""
        return self._ahead_ns + round(1e9 * self.monotonic())


pass_as(SlowTime())
