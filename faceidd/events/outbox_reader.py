"""Reader: one who is told of all events in their order, each until they have it."""

from collections.abc import Callable
from typing import Protocol

from faceidd.events.entry import Entry, Moment, Outgoing


class Source(Protocol):
    """Where a reader's events are."""

    def now(self) -> Moment:
        """The present."""

    def next(self, bit: int, after: int, *, alarms: bool) -> Entry | None:
        """The next event after a number that a reader has not heard; None if there is none."""

    def told(self, entry: str, bit: int) -> None:
        """A reader has it."""

    def refused(self, entry: str, bit: int, kind: str) -> None:
        """A reader does not take it, and never will."""

    def settle(self, timeout: float) -> None:
        """Wait until all that was told can be read."""


class Reader:
    """Hands events to one thread. A silent alarm comes before all others.

    Args:
        source: The outbox.
        bit: Whom it is for.
    """

    def __init__(self, source: Source, bit: int) -> None:
        self._source = source
        self._bit = bit
        self._on_its_way: dict[str, str] = {}
        self._after = {True: 0, False: 0}
        self._stale = False
        self._rouse: Callable[[], None] = lambda: None

    def watch(self, rouse: Callable[[], None]) -> None:
        """Call this whenever there may be something to take; it must return at once."""
        self._rouse = rouse

    def take(self) -> Outgoing | None:
        """Take the next event; None if there is none. It comes again until it was told."""
        if self._stale:
            self._stale = False
            self._after = {True: 0, False: 0}
        now = self._source.now()
        for alarms in (True, False):
            entry = self._next(now, alarms=alarms)
            if entry is not None:
                outgoing = entry.outgoing(now)
                self._on_its_way[entry.id] = outgoing.type
                return outgoing
        return None

    def told(self, event: str) -> None:
        """Whoever reads has this event for good."""
        if self._on_its_way.pop(event, None) is not None:
            self._source.told(event, self._bit)

    def refused(self, event: str) -> None:
        """Whoever reads does not take this event, and never will."""
        kind = self._on_its_way.pop(event, None)
        if kind is not None:
            self._source.refused(event, self._bit, kind)

    def put_back(self) -> None:
        """Take all anew that is on its way: nobody said that it arrived."""
        self._on_its_way.clear()
        self._stale = True

    def settle(self, timeout: float) -> None:
        """Wait until all that was told can be taken."""
        self._source.settle(timeout)

    def rouse(self) -> None:
        """There may be something to take."""
        self._rouse()

    def renumbered(self) -> None:
        """Numbers have changed; from any thread."""
        self._stale = True

    def _next(self, now: Moment, *, alarms: bool) -> Entry | None:
        while True:
            entry = self._source.next(self._bit, self._after[alarms], alarms=alarms)
            if entry is None:
                return None
            self._after[alarms] = entry.number
            if entry.has_lapsed(now):
                self._source.told(entry.id, self._bit)
            elif entry.id not in self._on_its_way:
                return entry
