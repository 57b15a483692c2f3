"""DoorChange: that a door opened or closed, and the thread that tells it.

Who listens may be slow or broken; the door is neither delayed nor stopped by it.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from queue import Full, Queue

from faceidd.gallery.gallery import Person
from faceidd.units import Instant, Seconds

MOST_UNTOLD = 64
"""Changes that can wait for a slow listener; what comes then is told to nobody."""

_log = logging.getLogger(__name__)


class Cause(StrEnum):
    """Why a door changed."""

    GRANT = "grant"
    PULSE_OVER = "pulse_over"
    CLOSED = "closed"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class DoorChange:
    """A door opened or closed.

    Attributes:
        open: Whether its relay is energized now.
        at: Since when.
        cause: Why.
        visit: Key of the visit that the opening was granted to.
        person: Whom it was granted to.
        open_for: How long it was open; None when it opened.
    """

    open: bool
    at: Instant
    cause: Cause
    visit: str
    person: Person | None
    open_for: Seconds | None = None


class Teller:
    """Tells changes to a listener, in their order, on a thread of its own.

    Args:
        listener: Is told; what it raises is logged.
    """

    def __init__(self, listener: Callable[[DoorChange], None]) -> None:
        self._listener = listener
        self._untold: Queue[DoorChange | None] = Queue(MOST_UNTOLD)
        self._thread = threading.Thread(target=self._run, name="door-teller", daemon=True)
        self._thread.start()

    def tell(self, change: DoorChange) -> None:
        """Pass a change on; never waits."""
        try:
            self._untold.put_nowait(change)
        except Full:
            _log.error("nobody listens to the door: untold %s", change)

    def close(self, timeout: Seconds) -> None:
        """Let the listener hear what is left, for no longer than this."""
        try:
            self._untold.put(None, timeout=timeout)
        except Full:
            return
        self._thread.join(timeout)

    def _run(self) -> None:
        while (change := self._untold.get()) is not None:
            try:
                self._listener(change)
            except Exception:
                _log.exception("the listener of the door failed at %s", change)
