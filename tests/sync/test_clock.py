from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from support.signed_repository import YESTERDAY, in_
from support.synced_door import SyncedDoor

from faceidd.sync.refused import Reason, RefusedError


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


def test_the_next_signed_timestamp_mends_it(good_door: SyncedDoor) -> None:
    good_door.sync(off(timedelta(hours=20)))
    good_door.repository.publish("timestamp")
    good_door.sync()
    assert good_door.status.seen_at is not None
    assert good_door.status.seen_at <= datetime.now(UTC)
    good_door.sync()
