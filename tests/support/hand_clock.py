"""A clock that is moved by hand: nobody waits in a test."""

from faceidd.units import Instant


class HandClock:
    """Tells the time it was set to; sleeping moves it on at once."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> Instant:
        return Instant(self.now)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
