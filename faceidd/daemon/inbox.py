"""Inbox: messages from the broker's thread to the daemon's, bounded, each with when it came."""

from queue import Empty, Full, Queue

from faceidd.clock import Clock, monotonic
from faceidd.events.received import Received
from faceidd.units import Instant

MOST_WAITING = 16
"""Messages that wait for the daemon's loop; what comes then is dropped and counted."""


class Inbox:
    """Holds messages until the next turn of the daemon's loop.

    Args:
        clock: What the age of a message counts by.
    """

    def __init__(self, clock: Clock = monotonic) -> None:
        self._clock = clock
        self._waiting: Queue[tuple[Received, Instant]] = Queue(MOST_WAITING)
        self._dropped = self._told = 0

    def receive(self, received: Received) -> None:
        """Take a message, on the broker's thread; returns at once.

        Those that were dropped on the way here are counted like those that are dropped here.
        """
        self._dropped += received.dropped
        try:
            self._waiting.put_nowait((received, self._clock()))
        except Full:
            self._dropped += 1

    def take(self) -> tuple[list[tuple[Received, Instant]], int]:
        """Messages that wait with when they came, and how many were dropped since the last call."""
        waiting = []
        for _ in range(MOST_WAITING):
            try:
                waiting.append(self._waiting.get_nowait())
            except Empty:
                break
        dropped = self._dropped - self._told
        self._told += dropped
        return waiting, dropped
