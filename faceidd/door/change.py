"""DoorChange and DoorNews: what became of a door, and the thread that tells it.

Who listens may be slow or broken; the door is neither delayed nor stopped by it.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from queue import Full, Queue

from faceidd.door.signal import InputName
from faceidd.door.situation import Alert, Situation
from faceidd.gallery.gallery import Person
from faceidd.units import Instant, Seconds

MOST_UNTOLD = 64
"""Changes that can wait for a slow listener; what comes then is told to nobody."""

_log = logging.getLogger(__name__)


class Cause(StrEnum):
    """Why a door was unlocked, or locked again."""

    GRANT = "grant"
    EXIT = "exit"
    FIRE = "fire"
    PULSE_OVER = "pulse_over"
    PASSED = "passed"
    """The leaf closed behind somebody."""
    LOCKDOWN = "lockdown"
    FIRE_OVER = "fire_over"
    CLOSED = "closed"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class DoorChange:
    """A door opened or closed.

    Attributes:
        open: Whether its relay is energized now.
        at: Since when.
        cause: Why.
        visit: Key of the visit that the opening was granted to; None if it was nobody's.
        person: Whom it was granted to, if known.
        open_for: How long it was open; None when it opened.
    """

    open: bool
    at: Instant
    cause: Cause
    visit: str | None
    person: Person | None
    open_for: Seconds | None = None


@dataclass(frozen=True, slots=True)
class AlertNews:
    """An alert began or ended.

    Attributes:
        alert: Which.
        active: Whether it began.
        line: The faulty line, of a line fault.
    """

    alert: Alert
    active: bool
    line: InputName | None = None


@dataclass(frozen=True, slots=True)
class DoorNews:
    """Something else about a door changed: its state, or what somebody should look after.

    Attributes:
        at: When.
        was: What was known before.
        now: What is known since.
    """

    at: Instant
    was: Situation
    now: Situation

    def __str__(self) -> str:
        return f"{self.was.state} became {self.now.state}, alerts {sorted(self.now.alerts)}"

    @property
    def alerts(self) -> tuple[AlertNews, ...]:
        """The alerts that began or ended; a line fault once for each line."""
        changed = sorted((self.was.alerts ^ self.now.alerts) - {Alert.LINE_FAULT})
        lines = sorted(self.was.faulty ^ self.now.faulty)
        return (
            *(AlertNews(alert, alert in self.now.alerts) for alert in changed),
            *(AlertNews(Alert.LINE_FAULT, line in self.now.faulty, line) for line in lines),
        )

    @property
    def worth_telling(self) -> bool:
        """Whether anybody would notice."""
        was, now = self.was, self.now
        moved = (was.leaf_open, was.energized) != (now.leaf_open, now.energized)
        return moved or was.state is not now.state or bool(self.alerts)


class Teller:
    """Tells changes to a listener, in their order, on a thread of its own.

    Args:
        listener: Is told that the relay moved; what it raises is logged.
        on_news: Is told everything else; None hears nothing of it.
    """

    def __init__(
        self,
        listener: Callable[[DoorChange], None],
        on_news: Callable[[DoorNews], None] | None = None,
    ) -> None:
        self._listener = listener
        self._on_news = on_news
        self._untold: Queue[DoorChange | DoorNews | None] = Queue(MOST_UNTOLD)
        self._thread = threading.Thread(target=self._run, name="door-teller", daemon=True)
        self._thread.start()

    def tell(self, change: DoorChange | DoorNews) -> None:
        """Pass a change on; never waits."""
        if isinstance(change, DoorNews) and self._on_news is None:
            return
        try:
            self._untold.put_nowait(change)
        except Full:
            _log.error("nobody listens to the door: untold %s", change)

    def close(self, timeout: Seconds) -> None:
        """Let the listener hear what is left, for no longer than this."""
        deadline = time.monotonic() + timeout
        try:
            self._untold.put(None, timeout=timeout)
        except Full:
            return
        self._thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        while (change := self._untold.get()) is not None:
            try:
                if isinstance(change, DoorChange):
                    self._listener(change)
                elif self._on_news is not None:
                    self._on_news(change)
            except Exception:
                _log.exception("the listener of the door failed at %s", change)
