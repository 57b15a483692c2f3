"""Audit logs to be spoiled: written by the real code, quickly, on a clock that is set."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from faceidd.audit.keeping import Keeping
from faceidd.audit.log import AuditLog
from faceidd.audit.record import Draft, Kind, Said
from faceidd.events.command import PrivateKey

KEY = PrivateKey("front", bytes(range(32)))
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
KEEPING = Keeping(days=365, most_bytes=1 << 30)


class WallClock:
    """A clock on the wall that is set by hand."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **delta: float) -> None:
        self.now += timedelta(**delta)


def audit_log(
    folder: Path,
    clock: WallClock,
    keeping: Keeping = KEEPING,
    right_time: Callable[[], datetime | None] | None = None,
) -> AuditLog:
    """A door's log, not opened."""
    return AuditLog(
        folder,
        KEY,
        door="front",
        boot="b1",
        keeping=keeping,
        wall_clock=clock,
        right_time=right_time or clock,
    )


def grant(clock: WallClock, number: int) -> Draft:
    """A record as of a visitor who was let in."""
    said: Said = {
        "visit": f"{number:012x}",
        "person": f"p{number % 37}",
        "reason": "recognized",
        "rule": "doors.front.allow",
        "metric": "cosine",
        "normalization": "none",
        "value": round(0.6 + number % 100 / 1000, 4),
        "threshold": 0.55,
        "margin": 0.2,
        "frames": 3,
        "answer": "opened",
    }
    return Draft(Kind.GRANT, clock(), said)


def write_log(folder: Path, records: int, clock: WallClock | None = None) -> AuditLog:
    """Write grants a second apart, sign them, and let go of the log."""
    clock = clock or WallClock()
    log = audit_log(folder, clock)
    log.open()
    for number in range(records):
        log.append(grant(clock, number))
        clock.pass_by(seconds=1)
    log.sync()
    log.sign_head()
    log.abandon()
    return log
