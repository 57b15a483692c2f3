"""Nudge: a message that there may be news becomes a file that systemd starts a sync for.

The message has no authority and its content is not looked at: whoever sends a thousand makes the
door look at its repository once a minute, as it does every quarter of an hour anyway.
"""

import logging
from pathlib import Path

from faceidd.clock import Clock, monotonic
from faceidd.events.received import Received
from faceidd.units import Instant, Seconds

FILE = "sync-requested"
EVERY = Seconds(60.0)
"""Between two syncs that are asked for."""

_log = logging.getLogger(__name__)


class Nudge:
    """Asks for a sync, now and then.

    Args:
        folder: Where the file lies that `faceidd-sync.path` watches.
        clock: What the pauses are counted by.
    """

    def __init__(self, folder: Path, clock: Clock = monotonic) -> None:
        self._file = folder / FILE
        self._clock = clock
        self._asked = False
        self._newest: Instant | None = None

    def receive(self, _message: Received) -> None:
        """Note that there may be news, on any thread; returns at once."""
        self._asked = True

    def poll(self) -> None:
        """Ask for a sync if there may be news and the last one was asked for long enough ago."""
        now = self._clock()
        if not self._asked or (self._newest is not None and now - self._newest < EVERY):
            return
        self._asked, self._newest = False, now
        try:
            self._file.touch(mode=0o600)
            _log.info("a message says that there may be news: a sync is asked for")
        except OSError as error:
            _log.warning("a sync cannot be asked for: %s", error)
