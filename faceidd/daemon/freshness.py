"""Freshness: the daemon's look at how old its gallery is, and what that does to the gate."""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from faceidd.access.stale import Age, Synced, WhenStale, is_stale
from faceidd.clock import Clock, monotonic
from faceidd.sync.status import FILE, Status, load_status
from faceidd.units import Instant, Seconds

LOOK_EVERY = Seconds(10.0)
"""Between two looks at what the last sync wrote."""
TELL_EVERY = Seconds(86400.0)
"""Between two lines in the log that tell the age."""

_log = logging.getLogger(__name__)


class Freshness:
    """Watches the sync's status. For one thread.

    Args:
        folder: The sync's state; where it has no status, the door does not sync, and nothing is
            ever stale unless a limit is set.
        after: How old a gallery may be; None is as old as it likes.
        when: What a stale one does.
        tighten: Is told what holds now: `when`, or None.
        on_status: Is told how syncs went, now and when that has changed.
        running: Says which gallery runs: SHA-256 of its plain file, in hexadecimal. A sync counts
            only while that is what it left, for a gallery that the door refused lets those pass
            who were removed since.
        wall_clock: The clock on the wall; None where it cannot be right.
        clock: The clock that nobody sets.
    """

    def __init__(
        self,
        folder: Path,
        *,
        after: Seconds | None,
        when: WhenStale,
        tighten: Callable[[WhenStale | None], None],
        on_status: Callable[[Status], None],
        running: Callable[[], str],
        wall_clock: Callable[[], datetime | None],
        clock: Clock = monotonic,
    ) -> None:
        self._folder = folder
        self._after = after
        self._when = when
        self._tighten = tighten
        self._on_status = on_status
        self._running = running
        self._wall_clock = wall_clock
        self._clock = clock
        self._looked: Instant | None = None
        self._told: Instant | None = None
        self._changed = 0
        self._status = self._read()
        self._age = Age(Synced(None, None), None, clock())
        self._count()
        self._holds: WhenStale | None = None

    def renew(self, *, after: Seconds | None, when: WhenStale) -> None:
        """Go on by another limit, from now on; the gallery stays as old as it was counted."""
        self._after, self._when = after, when
        self._judge(self._clock())

    def poll(self) -> None:
        """Look again, if it is time to; tell what has changed, and the age once a day."""
        at = self._clock()
        if self._looked is not None and at - self._looked < LOOK_EVERY:
            return
        self._looked = at
        if self._stamp() != self._changed:
            self._status = self._read()
        self._count()
        self._judge(at)

    def _stamp(self) -> int:
        try:
            return (self._folder / FILE).stat().st_mtime_ns
        except OSError:
            return 0

    def _read(self) -> Status:
        self._changed = self._stamp()
        status = load_status(self._folder)
        self._on_status(status)
        return status

    def _count(self) -> None:
        """Count from the newest sync whose gallery runs; until there is one, from the last."""
        held, synced = self._status.held, Synced(self._status.good_at, self._status.seen_at)
        if synced != self._age.synced and (held is None or held.sha256 == self._running()):
            self._age = self._age.renewed(synced, self._wall_clock(), self._clock())

    def _judge(self, at: Instant) -> None:
        """Find what holds at the age it has."""
        age = self._age.at(self._wall_clock(), at)
        holds = self._when if is_stale(age, self._after) else None
        if holds is not self._holds:
            self._tighten(holds)
            self._holds = holds
            self._told = None
        if (self._changed or holds) and (self._told is None or at - self._told >= TELL_EVERY):
            self._told = at
            _tell(age, holds)


def _tell(age: Seconds | None, when: WhenStale | None) -> None:
    old = "of unknown age" if age is None else f"{age / 3600:.1f} hours old"
    if when is None:
        _log.info("the gallery is %s", old)
    else:
        _log.warning("the gallery is %s, that is stale: %s", old, when)
