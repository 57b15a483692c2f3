from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from support.signed_repository import YESTERDAY, in_
from support.synced_door import SyncedDoor

from faceidd.sync.refused import Reason, RefusedError
from faceidd.sync.status import BootTime
from faceidd.units import Instant


def off(span: timedelta) -> Callable[[], datetime]:
    """A clock that is wrong by so much."""
    return lambda: datetime.now(UTC) + span


def refused(door: SyncedDoor, clock: Callable[[], datetime]) -> str:
    with pytest.raises(RefusedError) as caught:
        door.sync(clock)
    assert caught.value.reason is Reason.CLOCK
    return str(caught.value)


def test_a_clock_behind_what_was_published_is_told(door: SyncedDoor) -> None:
    door.publish(5, 1)
    assert "the clock is behind" in refused(door, off(timedelta(days=-400)))


def test_a_clock_ahead_is_told_beside_what_seems_to_have_expired(door: SyncedDoor) -> None:
    door.publish(5, 1)
    door.repository.roles["timestamp"].signed.expires = in_(YESTERDAY)
    door.repository.publish("timestamp")
    door.site.now = datetime.now(UTC) - timedelta(days=30)
    assert "this door's clock says" in refused(door, off(timedelta()))


def test_a_clock_that_was_set_back_believes_no_old_timestamp(good_door: SyncedDoor) -> None:
    good_door.sync(off(timedelta(hours=20)))
    assert "was set back" in refused(good_door, off(timedelta()))
    assert good_door.status.seen_at is not None
    assert good_door.status.seen_at > datetime.now(UTC) + timedelta(hours=19)


def test_a_clock_that_cannot_be_right_yet_is_not_asked(good_door: SyncedDoor) -> None:
    vouches = good_door.folder / "synchronized"
    good_door.settings = replace(good_door.settings, clock_file=vouches)
    seen = good_door.status.seen_at
    assert "cannot be right yet" in refused(good_door, off(timedelta(days=300)))
    assert seen is not None
    assert good_door.status.seen_at is not None
    assert good_door.status.seen_at < seen + timedelta(hours=1)
    assert good_door.site.asked == []
    vouches.touch()
    good_door.sync()


def test_the_next_signed_timestamp_mends_it(good_door: SyncedDoor) -> None:
    good_door.sync(off(timedelta(hours=20)))
    good_door.repository.publish("timestamp")
    good_door.sync()
    assert good_door.status.seen_at is not None
    assert good_door.status.seen_at <= datetime.now(UTC)
    good_door.sync()


@dataclass
class Frozen:
    """A door whose network holds the timestamp back, and whose clock is set back all the time."""

    door: SyncedDoor
    passed_s: float = 0.0
    boot: str = "one"

    def sync(self, hours: float, *, shown: timedelta) -> Reason | None:
        """Let hours go by and sync with a clock that shows so much after now; why not."""
        self.passed_s += 3600 * hours
        moment = BootTime(boot=self.boot, at=Instant(1000.0 + self.passed_s))
        try:
            self.door.sync(off(shown), lambda: moment)
        except RefusedError as error:
            return error.reason
        return None


def test_a_clock_that_is_set_back_a_little_each_time_freezes_nobody(good_door: SyncedDoor) -> None:
    frozen = Frozen(good_door)
    told = [frozen.sync(0.4, shown=timedelta(minutes=1)) for _ in range(5)]
    assert told == [None, None, None, Reason.CLOCK, Reason.CLOCK]
    good = good_door.status.good_at
    frozen.boot = "two"  # nor does it help to cut the power
    assert frozen.sync(0.4, shown=timedelta(minutes=1)) is Reason.CLOCK
    assert good_door.status.good_at == good


def test_a_timestamp_expires_by_the_clock_that_nobody_sets(good_door: SyncedDoor) -> None:
    frozen = Frozen(good_door)
    assert frozen.sync(0, shown=timedelta(hours=23)) is None
    assert frozen.sync(1.5, shown=timedelta(hours=23.9)) is Reason.EXPIRED
    good_door.repository.publish("timestamp")
    assert frozen.sync(1, shown=timedelta()) is None, "what is renewed mends it"


def test_a_clock_ahead_while_nothing_is_verified_pauses_no_syncs(good_door: SyncedDoor) -> None:
    seen = good_door.status.seen_at
    good_door.settings = replace(good_door.settings, url="http://127.0.0.1:1/")
    with pytest.raises(RefusedError) as caught:
        good_door.sync(off(timedelta(days=300)))
    assert caught.value.reason is Reason.UNREACHABLE
    assert seen is not None
    assert good_door.status.seen_at is not None
    assert good_door.status.seen_at < seen + timedelta(minutes=5)
