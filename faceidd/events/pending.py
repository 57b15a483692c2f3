"""Pending: events that wait for a broker, bounded in number and in time. Pure: time is an argument.

A broker that comes back after hours must not hear of a visitor as if he stood at the door: what
expired while it waited is dropped here, and never sent. Whoever can make a door tell much, as with
commands that it refuses, must not drive the silent alarm out.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from faceidd.events.event import DuressSignaled, Event
from faceidd.units import Instant, Seconds


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event on its way to the broker.

    Attributes:
        event: The event.
        expires_at: When it must no longer be sent, on a clock that nobody sets.
    """

    event: Event
    expires_at: Instant

    def life(self, now: Instant) -> Seconds:
        """What is left of its life; 0 or less is none."""
        return Seconds(self.expires_at - now)


class Pending:
    """Events in the order they happened, the oldest of too many dropped, silent alarms last.

    Args:
        most: How many can wait.
    """

    def __init__(self, most: int) -> None:
        self._waiting: deque[Waiting] = deque()
        self._most = most
        self.expired = 0
        """How many were dropped because their time was over."""
        self.crowded_out = 0
        """How many were dropped because too many were waiting."""

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, waiting: Waiting) -> None:
        """Let an event wait behind all others."""
        self._waiting.append(waiting)
        self._trim()

    def put_back(self, sent: Iterable[Waiting]) -> None:
        """Let events wait before all others: they were sent, and nobody said they arrived."""
        self._waiting.extendleft(reversed(list(sent)))
        self._trim()

    def take(self, now: Instant) -> Waiting | None:
        """Take the oldest event that is still worth telling; None if there is none."""
        while self._waiting:
            waiting = self._waiting.popleft()
            if waiting.life(now) > 0:
                return waiting
            self.expired += 1
        return None

    def _trim(self) -> None:
        while len(self._waiting) > self._most:
            others = (one for one in self._waiting if not isinstance(one.event, DuressSignaled))
            self._waiting.remove(next(others, self._waiting[0]))
            self.crowded_out += 1
