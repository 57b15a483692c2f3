"""Supervisor: what the service manager is told of a running daemon.

Ready, the watchdog's food, a reload's begin and end, and a line for `systemctl status`. Whether all
goes well is for `vitals` and the daemon to say.
"""

import logging
import os
import time
from dataclasses import dataclass

from faceidd.clock import Clock, monotonic
from faceidd.daemon.systemd import READY_PATIENCE, notify
from faceidd.daemon.vitals import Stage
from faceidd.door.state import State
from faceidd.units import Instant, Seconds

FEED_EVERY = Seconds(1.0)
"""How often the watchdog is fed, or four times in its own time where that is shorter."""
STATUS_EVERY = Seconds(1.0)
"""Least time between two status lines."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Doing:
    """How a door is doing, for `systemctl status`.

    Attributes:
        door: Which one.
        state: What its lock is in.
        lost: Why the camera is lost; None while it is there.
        watching: Whether a frame was decided on since the start.
        note: What is to be said of the last reload; may be empty.
    """

    door: str
    state: State
    lost: str | None
    watching: bool
    note: str

    def __str__(self) -> str:
        """In one line."""
        seen = "watching" if self.watching else "waiting for the first frame"
        if self.lost is not None:
            seen = f"without its camera: {self.lost}"
        return "; ".join(filter(None, (f"door {self.door} {self.state}", seen, self.note)))


class Supervisor:
    """Tells the service manager. For one thread.

    Args:
        clock: What the pauses count by.
    """

    def __init__(self, clock: Clock = monotonic) -> None:
        self._clock = clock
        self._pause = min(FEED_EVERY, Seconds(_watchdog_s() / 4))
        self._fed_at: Instant | None = None
        self._hung: Stage | None = None
        self._status = ""
        self._status_at: Instant | None = None

    def starting(self, step: str) -> None:
        """Tell which step of the start is being taken."""
        notify(f"STATUS=starting: {step}")

    def ready(self, status: str) -> None:
        """Tell that the daemon is ready."""
        self._status = status
        notify(f"READY=1\nSTATUS={status}", READY_PATIENCE)

    def alive(self, hung: Stage | None) -> None:
        """Feed the watchdog, if it is time to; a hung stage lets it starve.

        Args:
            hung: What does not move; None while all does.
        """
        if hung is not self._hung:
            self._hung = hung
            if hung is None:
                _log.warning("all moves again; the watchdog is fed")
            else:
                _log.critical("%s do not move; the watchdog is fed no more", hung)
                self._status = f"hung: {hung} do not move"
                notify(f"STATUS={self._status}")
        now = self._clock()
        if hung is None and (self._fed_at is None or now - self._fed_at >= self._pause):
            self._fed_at = now
            notify("WATCHDOG=1")

    def status(self, text: str) -> None:
        """Say how the daemon is doing, if that is new and the last time is a moment ago."""
        now = self._clock()
        soon = self._status_at is not None and now - self._status_at < STATUS_EVERY
        if self._hung is None and text != self._status and not soon:
            self._status, self._status_at = text, now
            notify(f"STATUS={text}")

    def reloading(self) -> None:
        """Tell that a reload begins; `ready` tells its end."""
        # Until READY=1 comes systemd calls the service reloading. The time tells it which signal
        # this answers: sd_notify(3), of CLOCK_MONOTONIC.
        notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """Tell that the daemon ends."""
        notify("STOPPING=1\nSTATUS=stopping")


def _watchdog_s() -> float:
    """The time after which systemd misses its food; far off where it wants none."""
    text = os.environ.get("WATCHDOG_USEC", "")
    return int(text) / 1e6 if text.isdecimal() and int(text) > 0 else 3600.0
