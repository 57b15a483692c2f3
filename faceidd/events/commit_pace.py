"""CommitPace: how soon a commit may follow the one before. Pure: time is an argument.

What a door tells in a day is on the disk at once. Only a flood is held back, so that it takes
neither the card nor the processor from the door: what comes in a pause goes into one commit.
"""

from collections import deque

from faceidd.units import Instant, Seconds

WINDOW = Seconds(1.0)
MOST = 20
"""Commits within `WINDOW` that are made without a pause."""
PAUSE = Seconds(0.05)
"""After each one beyond them, so that a flood makes about `MOST` of them too."""


class CommitPace:
    """Counts commits. For one thread."""

    def __init__(self) -> None:
        self._latest: deque[Instant] = deque(maxlen=MOST)

    def rest(self, now: Instant) -> Seconds:
        """Count a commit, and say how long to wait before the next one.

        Args:
            now: When it was made, on a clock that nobody sets.
        """
        is_flood = len(self._latest) == MOST and now - self._latest[0] < WINDOW
        self._latest.append(now)
        return PAUSE if is_flood else Seconds(0.0)
