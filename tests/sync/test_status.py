from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.synced_door import SyncedDoor

from faceidd.sync.refused import Reason, RefusedError
from faceidd.sync.status import (
    FILE,
    MOST_FLOORS,
    BootTime,
    Held,
    Status,
    load_status,
    save_status,
)
from faceidd.units import Instant

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def held(edition: str, version: int = 1) -> Held:
    return Held(
        edition=edition,
        version=version,
        published_at=NOON,
        model_id="b" * 64,
        model_name="facenet int8",
        sha256="a" * 64,
        stamp=(1, 2, 3),
    )


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    status = Status(door="front").succeeded(NOON, timestamp=(3, NOON), held=held("0" * 16))
    save_status(status, tmp_path)
    assert load_status(tmp_path) == status
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"{", b'{"schema": "other"}', b"[" * 9999, b"x" * 70000])
def test_one_that_is_damaged_is_taken_for_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert load_status(tmp_path) == Status()


def test_failures_in_a_row_are_counted_from_the_first() -> None:
    status = Status()
    error = RefusedError(Reason.UNREACHABLE, "no", do="look")
    for hours in range(3):
        status = status.failed(error, NOON + timedelta(hours=hours))
    assert status.failure is not None
    assert (status.failure.count, status.failure.since) == (3, NOON)
    assert status.seen_at is None, "an unverified clock has shown nothing"
    assert status.succeeded(NOON, timestamp=(1, NOON), held=held("0" * 16)).failure is None


def test_what_the_clock_that_nobody_sets_counts_is_kept_across_syncs_and_starts() -> None:
    status = Status(seen_at=NOON).counting(BootTime(boot="one", at=Instant(100.0)))
    assert status.seen_at == NOON
    for at in (3700.0, 7300.0, 7200.0):
        status = status.counting(BootTime(boot="one", at=Instant(at)))
    assert status.seen_at == NOON + timedelta(hours=2)
    status = status.counting(BootTime(boot="two", at=Instant(9000.0)))
    assert status.seen_at == NOON + timedelta(hours=2)
    assert status.verified(NOON).seen_at == NOON + timedelta(hours=2)
    assert status.verified(NOON + timedelta(days=1)).seen_at == NOON + timedelta(days=1)


def test_a_bounded_number_of_editions_is_remembered() -> None:
    status = Status()
    for number in range(MOST_FLOORS + 5):
        status = status.succeeded(NOON, timestamp=(1, NOON), held=held(f"{number:016x}"))
    assert len(status.floors) == MOST_FLOORS
    assert f"{MOST_FLOORS + 4:016x}" in status.floors


def test_the_daemon_finds_what_it_needs(good_door: SyncedDoor) -> None:
    status = good_door.status
    assert status.held is not None
    assert (status.door, status.held.version, status.held.model_name) == (
        "front", 1, "facenet int8",
    )  # fmt: skip
    assert status.good_at == status.checked_at
    assert status.fresh_until is not None
    assert status.failure is None
