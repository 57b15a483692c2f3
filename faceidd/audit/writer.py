"""AuditWriter: takes records from the door at once, and writes them on a thread that may wait.

What waits is bounded. A record is handed to the kernel as soon as the thread runs, and brought to
the disk within `SYNC_AFTER`: killing the daemon loses what is in the queue, a power cut what is
younger than that. When the disk refuses, records wait and the log is tried again; what finds no
room is counted, and the gap is itself a record.
"""

import logging
import threading
from collections import deque
from datetime import datetime

from faceidd.audit.log import AuditLog
from faceidd.audit.record import Draft, Kind, Said
from faceidd.clock import Clock, WallClock, monotonic, real_s, wall
from faceidd.errors import AuditError
from faceidd.units import Instant, Seconds

MOST_WAITING = 4096
SYNC_AFTER = Seconds(1.0)
"""A record is on the disk no later than this after it was written, where the disk does not err."""
SIGN_AFTER = Seconds(60.0)
"""A record is signed no later than this after it was written."""
RETRY_AFTER = Seconds(5.0)
CLOSE_WITHIN = Seconds(3.0)

_log = logging.getLogger(__name__)


class AuditWriter:
    """The audit log, for whoever must not wait. Close it at the end.

    Args:
        log: The files.
        wall_clock: What records are dated by.
        clock: What pauses are measured by.
        most_waiting: Records that wait while the disk refuses.
        retry_after: Pause before a log that failed is tried again.
    """

    def __init__(
        self,
        log: AuditLog,
        *,
        wall_clock: WallClock = wall,
        clock: Clock = monotonic,
        most_waiting: int = MOST_WAITING,
        retry_after: Seconds = RETRY_AFTER,
    ) -> None:
        self._audit = log
        self._wall_clock = wall_clock
        self._clock = clock
        self._most_waiting = most_waiting
        self._retry_after = retry_after
        self._changed = threading.Condition()
        self._waiting: deque[Draft] = deque()
        self._gap: tuple[int, datetime] | None = None
        self._lost = 0
        self._fault = ""
        self._closing = False
        self._unsynced: Instant | None = None
        self._unsigned: Instant | None = None
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._thread.start()

    @property
    def lost(self) -> int:
        """Records that found no room since the start."""
        return self._lost

    @property
    def waiting(self) -> int:
        """Records that are not written yet."""
        return len(self._waiting)

    @property
    def fault(self) -> str:
        """Why nothing can be written now; empty where it can."""
        return self._fault

    @property
    def written(self) -> int:
        """Number of the newest record that was written."""
        return self._audit.last.seq

    def record(self, kind: Kind, said: Said, time: datetime | None = None) -> None:
        """Take a record; returns at once and raises nothing.

        Args:
            kind: What it is about.
            said: What it says.
            time: When it happened, by the wall clock; None is now.
        """
        now = self._wall_clock()
        with self._changed:
            room = self._most_waiting - len(self._waiting)
            if room < (1 if self._gap is None else 2):
                self._lose(now)
                return
            self._tell_gap()
            self._waiting.append(Draft(kind, time or now, said))
            self._changed.notify()

    def close(self) -> None:
        """Write and sign what waits, within `CLOSE_WITHIN`. May be called again."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(CLOSE_WITHIN)
        if self._waiting:
            _log.error("%d records of the audit log were not kept", len(self._waiting))

    def _lose(self, now: datetime) -> None:
        lost, since = self._gap or (0, now)
        self._gap = (lost + 1, since)
        self._lost += 1

    def _tell_gap(self) -> None:
        """Let a record say what was lost, in its place."""
        if self._gap is not None:
            (lost, since), self._gap = self._gap, None
            said: Said = {"lost": lost, "since": since.isoformat()}
            self._waiting.append(Draft(Kind.GAP, self._wall_clock(), said))

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._closing and not self._waiting:
                    self._changed.wait(self._pause())
                closing = self._closing
            try:
                self._turn(closing=closing)
            except Exception as error:  # whatever it is, the door goes on
                self._fail(error)
                if closing:
                    return
                with self._changed:
                    self._changed.wait_for(lambda: self._closing, real_s(self._retry_after))
            else:
                if closing and not self._waiting:
                    _log.info("the audit log ends at %s", self._audit.last)
                    self._audit.abandon()
                    return

    def _turn(self, *, closing: bool) -> None:
        """Write what waits; sync and sign what is due."""
        if not self._audit.is_open:
            self._audit.open()
        while self._is_something_left():
            self._write_first()
            now = self._clock()
            self._unsynced = now if self._unsynced is None else self._unsynced
            self._unsigned = now if self._unsigned is None else self._unsigned
            if self._is_due(self._unsynced, SYNC_AFTER):
                break
        at_once = closing or bool(self._fault)
        if self._unsynced is not None and (at_once or self._is_due(self._unsynced, SYNC_AFTER)):
            self._audit.sync()
            self._unsynced = None
        signable = self._unsynced is None and self._unsigned is not None
        if signable and (closing or self._is_due(self._unsigned, SIGN_AFTER)):
            self._audit.sign_head()
            self._unsigned = None
        if self._fault:  # only what was brought to the disk shows that it takes records again
            _log.warning("the audit log is written again")
            self._fault = ""

    def _is_something_left(self) -> bool:
        with self._changed:
            if len(self._waiting) < self._most_waiting:
                self._tell_gap()
            return bool(self._waiting)

    def _write_first(self) -> None:
        try:
            self._audit.append(self._waiting[0])
        except ValueError:  # so that others can be written
            # Not which: the log of the daemon must not tell that there was a silent alarm.
            _log.error("a record of the audit log was not kept: it is too long, or no record")
            with self._changed:
                self._lose(self._wall_clock())
        self._waiting.popleft()

    def _is_due(self, since: Instant | None, after: Seconds) -> bool:
        return since is not None and self._clock() - since >= after

    def _pause(self) -> Seconds | None:
        """Until something is due; None is until something comes."""
        if not self._audit.is_open:
            return Seconds(0.0)
        dues = [
            Seconds(since + after - self._clock())
            for since, after in ((self._unsynced, SYNC_AFTER), (self._unsigned, SIGN_AFTER))
            if since is not None
        ]
        return Seconds(real_s(max(0.0, min(dues)))) if dues else None

    def _fail(self, error: Exception) -> None:
        # Of a fault of ours no more than its kind: its text may tell of what was to be written.
        fault = str(error) if isinstance(error, OSError | AuditError) else type(error).__name__
        if fault != self._fault:  # a disk that is full for a week is told once
            self._fault = fault
            _log.error("the audit log cannot be written, the door goes on: %s", fault)
