"""RecordedTelling: what is told of a door is also written down, and counted."""

from collections.abc import Callable
from typing import Literal

from faceidd.access.attendance import Outcome
from faceidd.access.ruling import Ruling
from faceidd.clock import Clock, monotonic
from faceidd.daemon.auditor import Auditor
from faceidd.daemon.beside import Beside
from faceidd.daemon.metrics import Metrics
from faceidd.daemon.telling import Telling
from faceidd.door.change import DoorChange, DoorNews
from faceidd.events.command import Command
from faceidd.events.command_check import Refusal
from faceidd.events.sink import EventSink
from faceidd.units import Instant, Seconds


class RecordedTelling(Telling):
    """Says what happened at one door; writes it down and counts it first.

    Args:
        sink: Whom it is told to.
        door: The door's id.
        lifetime: How long an event is news.
        auditor: Writes it down.
        metrics: Counts it.
        site: Where the door is.
        clock: The monotonic clock that instants are told in.
    """

    def __init__(
        self,
        sink: EventSink,
        door: str,
        lifetime: Seconds,
        *,
        auditor: Auditor,
        metrics: Metrics,
        site: str | None = None,
        clock: Clock = monotonic,
    ) -> None:
        super().__init__(sink, door, lifetime, site=site, clock=clock)
        self._auditor = auditor
        self._metrics = metrics
        self._beside = Beside()

    def outcome(self, outcome: Outcome) -> None:
        """Tell who was recognized, or that somebody was seen whom the door does not know."""
        self._auditor.outcome(outcome)
        self._count(lambda: self._metrics.outcome(outcome))
        super().outcome(outcome)

    def denied(self, visit: str, ruling: Ruling, at: Instant) -> None:
        """Tell that the policy lets somebody not pass who was recognized."""
        self._auditor.denied(visit, ruling, at)
        self._count(lambda: self._metrics.ruling(ruling))
        super().denied(visit, ruling, at)

    def duress(self, visit: str, person: str, sign: Literal["look", "pin"], at: Instant) -> None:
        """Raise the silent alarm; it is in no metric."""
        self._auditor.duress(visit, person, sign, at)
        super().duress(visit, person, sign, at)

    def obeyed(self, command: Command) -> None:
        """Tell that a command was carried out."""
        self._auditor.obeyed(command)
        self._count(lambda: self._metrics.command(None))
        super().obeyed(command)

    def refused(self, command: Command | None, reason: Refusal, untold: int) -> None:
        """Tell that a command was not."""
        self._auditor.refused(command, reason, untold)
        self._count(lambda: self._metrics.command(reason))
        super().refused(command, reason, untold)

    def change(self, change: DoorChange) -> None:
        """Tell that the relay was energized or released."""
        self._auditor.change(change)
        self._count(lambda: self._metrics.change(change))
        super().change(change)

    def news(self, news: DoorNews) -> None:
        """Tell that the door's state changed, and which alerts began or ended."""
        self._auditor.news(news)
        super().news(news)

    def _count(self, count: Callable[[], None]) -> None:
        self._beside.do("counting what is told", count, None)
