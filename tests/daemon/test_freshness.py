import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.hand_clock import HandClock

from faceidd.access.stale import WhenStale
from faceidd.daemon.freshness import Freshness
from faceidd.sync.status import FILE, Held, Status, save_status
from faceidd.units import Seconds

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = 3600.0


class Watched:
    """A door's state, two clocks, and what the gate was told."""

    def __init__(self, folder: Path, after_h: float | None = 24.0) -> None:
        self.folder = folder
        self.clock = HandClock()
        self.now: datetime | None = NOON
        self.running = "a" * 64
        self.told: list[WhenStale | None] = []
        self.statuses: list[Status] = []
        self.freshness = Freshness(
            folder,
            after=None if after_h is None else Seconds(after_h * HOUR),
            when=WhenStale.REFUSE,
            tighten=self.told.append,
            on_status=self.statuses.append,
            running=lambda: self.running,
            wall_clock=lambda: self.now,
            clock=self.clock,
        )

    def pass_(self, hours: float) -> None:
        self.clock.now += hours * HOUR
        if self.now is not None:
            self.now += timedelta(hours=hours)
        self.freshness.poll()


def synced(folder: Path, at: datetime, *, left: str | None = None) -> None:
    save_status(Status(good_at=at, seen_at=at, held=None if left is None else held(left)), folder)


def held(sha256: str) -> Held:
    return Held(
        edition="0" * 16,
        version=1,
        published_at=NOON,
        model_id="b" * 64,
        model_name="facenet int8",
        sha256=sha256,
        stamp=(1, 2, 3),
    )


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    synced(tmp_path, NOON)
    return Watched(tmp_path)


def test_a_gallery_becomes_stale_and_a_sync_makes_it_good_again(watched: Watched) -> None:
    watched.pass_(23)
    assert watched.told == []
    watched.pass_(2)
    assert watched.told == [WhenStale.REFUSE]
    synced(watched.folder, NOON + timedelta(hours=25))
    watched.pass_(1)
    assert watched.told == [WhenStale.REFUSE, None]
    assert [one.good_at for one in watched.statuses] == [NOON, NOON + timedelta(hours=25)]


def test_setting_the_clock_back_does_not_make_it_good_again(watched: Watched) -> None:
    watched.pass_(25)
    watched.now = NOON - timedelta(days=3)
    watched.pass_(1)
    watched.now = NOON
    watched.pass_(1)
    assert watched.told == [WhenStale.REFUSE]


def test_a_restart_with_the_clock_set_back_does_not_either(tmp_path: Path) -> None:
    seen = NOON + timedelta(hours=30)
    save_status(Status(good_at=NOON, seen_at=seen), tmp_path)
    watched = Watched(tmp_path)
    watched.pass_(0.1)
    assert watched.told == [WhenStale.REFUSE]


def test_the_age_is_told_once_a_day(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        for _ in range(12):
            watched.pass_(1)
    assert caplog.text.count("the gallery is") == 1
    with caplog.at_level("INFO"):
        for _ in range(40):
            watched.pass_(1)
    assert "the gallery is 25.0 hours old, that is stale: refuse" in caplog.text
    assert caplog.text.count("the gallery is") == 3


def test_a_door_that_does_not_sync_is_told_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    watched = Watched(tmp_path, after_h=None)
    with caplog.at_level("INFO"):
        watched.pass_(1000)
    assert watched.told == []
    assert not caplog.records


def test_a_door_that_should_sync_and_never_did_is_stale(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.pass_(0.01)
    assert watched.told == [WhenStale.REFUSE]


def test_a_sync_whose_gallery_the_door_refused_does_not_count(tmp_path: Path) -> None:
    synced(tmp_path, NOON, left="a" * 64)
    watched = Watched(tmp_path)
    for hours in range(1, 24):
        synced(tmp_path, NOON + timedelta(hours=hours), left="b" * 64)
        watched.pass_(1)
    assert watched.told == []
    watched.pass_(2)
    assert watched.told == [WhenStale.REFUSE]
    watched.running = "b" * 64  # it is taken in after all
    watched.pass_(0.01)
    assert watched.told == [WhenStale.REFUSE, None]


def test_another_limit_leaves_the_gallery_as_old_as_it_was_counted(tmp_path: Path) -> None:
    synced(tmp_path, NOON, left="a" * 64)
    watched = Watched(tmp_path)
    watched.pass_(1)
    synced(tmp_path, NOON + timedelta(hours=1), left="b" * 64)  # which the door refused
    watched.pass_(1)
    watched.freshness.renew(after=Seconds(3 * HOUR), when=WhenStale.REFUSE)
    assert watched.told == []
    watched.now = NOON  # set back
    watched.pass_(1.5)
    assert watched.told == [WhenStale.REFUSE]


def test_another_limit_and_what_it_does_hold_at_once(watched: Watched) -> None:
    watched.pass_(25)
    watched.freshness.renew(after=Seconds(24 * HOUR), when=WhenStale.SECOND_FACTOR)
    watched.freshness.renew(after=Seconds(48 * HOUR), when=WhenStale.SECOND_FACTOR)
    watched.freshness.renew(after=None, when=WhenStale.REFUSE)
    assert watched.told == [WhenStale.REFUSE, WhenStale.SECOND_FACTOR, None]


def test_a_door_that_never_ran_what_was_synced_is_stale(tmp_path: Path) -> None:
    synced(tmp_path, NOON, left="b" * 64)
    watched = Watched(tmp_path)
    watched.pass_(0.01)
    assert watched.told == [WhenStale.REFUSE]


def test_syncs_that_fail_make_nothing_younger_while_the_clock_is_set_back(
    watched: Watched,
) -> None:
    for _ in range(50):
        assert watched.now is not None
        watched.now -= timedelta(minutes=29)
        status = Status(good_at=NOON, seen_at=watched.now, checked_at=watched.now)
        save_status(status, watched.folder)
        os.utime(watched.folder / FILE, ns=(0, int(watched.clock.now * 1e9) + 1))
        watched.pass_(0.5)
    assert watched.told == [WhenStale.REFUSE]
