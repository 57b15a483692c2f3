"""What is told is kept until it is heard, in its order, and what is dropped is told."""

import pytest
from support.desk import SMALL, Desk, hear, take, take_next, tell, visits, wait
from support.news import forced, opened
from support.posting import everything

from faceidd.events.event import DuressSignaled, parse
from faceidd.events.limits import Limits
from faceidd.events.upkeep import EventsDropped, Loss, Lost


def test_what_was_not_heard_is_told_again_after_a_restart_in_its_order(desk: Desk) -> None:
    outbox = desk.open()
    tell(outbox, opened("v1"), opened("v2"), opened("v3"))
    assert hear(outbox.reader("mqtt"), 1) == ["v1"]
    desk.close()
    again = desk.open()
    tell(again, opened("v4"))
    assert hear(again.reader("mqtt")) == ["v2", "v3", "v4"]
    assert take(again.reader("mqtt")) == []


def test_an_event_is_on_the_disk_before_it_can_be_read(desk: Desk) -> None:
    outbox = desk.open()
    tell(outbox, opened("v1"))
    assert outbox.health.durable
    assert desk.path.stat().st_mode & 0o777 == 0o600
    (event,) = take(outbox.reader("mqtt"))
    content = desk.path.read_bytes() + desk.path.with_name("front.outbox-wal").read_bytes()
    assert event.id.encode() in content


def test_what_is_on_its_way_comes_again_only_when_it_is_put_back(desk: Desk) -> None:
    outbox = desk.open()
    reader = outbox.reader("mqtt")
    tell(outbox, *(opened(f"v{number}") for number in range(5)))
    first = take(reader, 3)
    reader.told(first[1].id)  # the second was answered, the first was not
    assert visits(take(reader)) == ["v3", "v4"]
    reader.put_back()
    assert hear(reader) == ["v0", "v2", "v3", "v4"]


def test_a_silent_alarm_comes_before_all_that_waits(desk: Desk) -> None:
    outbox = desk.open()
    tell(outbox, opened("v1"), opened("v2"), forced("v3"))
    assert hear(outbox.reader("mqtt")) == ["v3", "v1", "v2"]


def test_each_reader_hears_what_it_wants_at_its_own_pace(desk: Desk) -> None:
    outbox = desk.open(webhook=lambda event: isinstance(event, DuressSignaled))
    tell(outbox, opened("v1"), forced("v2"))
    assert hear(outbox.reader("mqtt")) == ["v2", "v1"]
    wait(lambda: outbox.health.waiting == 1)
    assert hear(outbox.reader("webhook")) == ["v2"]
    wait(lambda: outbox.health.waiting == 0)


def test_a_reader_that_is_no_more_is_owed_nothing(desk: Desk) -> None:
    outbox = desk.open(webhook=everything)
    tell(outbox, opened("v1"))
    hear(outbox.reader("mqtt"))
    desk.close()
    assert desk.open().health.waiting == 0


def test_the_same_event_told_twice_is_one(desk: Desk) -> None:
    outbox = desk.open()
    event = opened("v1")
    tell(outbox, event)
    tell(outbox, event, opened("v2"))
    assert outbox.health.waiting == 2
    assert hear(outbox.reader("mqtt")) == ["v1", "v2"]


@pytest.mark.parametrize("on_disk", [True, False])
def test_the_oldest_make_room_and_that_is_told_when_somebody_listens(
    desk: Desk, *, on_disk: bool
) -> None:
    limits = SMALL if on_disk else Limits(most_in_memory=3)
    outbox = desk.open(limits, on_disk=on_disk)
    tell(outbox, forced("alarm"), *(opened(f"v{number}") for number in range(4)))
    assert outbox.health.dropped == 2
    reader = outbox.reader("mqtt")
    assert hear(reader) == ["alarm", "v2", "v3"]
    dropped = take_next(reader)
    event = parse(dropped.body)
    assert isinstance(event, EventsDropped)
    loss = Loss.TOO_MANY if on_disk else Loss.UNWRITTEN
    assert event.lost == (Lost(reader="mqtt", loss=loss, events=2),)


def test_what_was_dropped_is_known_after_a_restart(desk: Desk) -> None:
    tell(desk.open(SMALL), *(opened(f"v{number}") for number in range(5)))
    desk.close()
    outbox = desk.open(SMALL)
    reader = outbox.reader("mqtt")
    assert hear(reader) == ["v2", "v3", "v4"]
    assert take_next(reader).type == "events_dropped"


def test_what_waited_too_long_is_dropped(desk: Desk) -> None:
    outbox = desk.open()
    tell(outbox, opened("v1"))
    desk.close()
    desk.clock.sleep(8 * 86400)
    again = desk.open()
    tell(again, opened("v2"))
    assert hear(again.reader("mqtt")) == ["v2"]
    assert again.health.dropped == 1


def test_what_nobody_takes_is_dropped_and_counted(desk: Desk) -> None:
    outbox = desk.open()
    reader = outbox.reader("mqtt")
    tell(outbox, opened("v1"))
    (event,) = take(reader)
    reader.refused(event.id)
    assert outbox.health.dropped == 1
    reader.put_back()
    assert take(reader) == []


def test_nothing_of_an_earlier_boot_is_news(desk: Desk) -> None:
    tell(desk.open(), opened("v1"), forced("v2"))
    desk.close()
    desk.boot, desk.clock.now = "second", 1.0
    desk.wall.now -= 365 * 86400  # and the clock on the wall was set back a year
    alarm, event = take(desk.open().reader("mqtt"))
    assert (event.stream, event.fields["age_ms"]) == ("history", 0)
    assert alarm.stream == "alarm"


def test_ages_do_not_follow_the_wall_clock(desk: Desk) -> None:
    outbox = desk.open()
    tell(outbox, opened("v1", lifetime_s=60))
    desk.clock.sleep(59.0)
    desk.wall.now -= 365 * 86400
    (event,) = take(outbox.reader("mqtt"))
    assert (event.stream, event.fields["age_ms"]) == ("event", 59_000)
    outbox.reader("mqtt").put_back()
    desk.clock.sleep(2.0)
    desk.wall.now += 730 * 86400
    (event,) = take(outbox.reader("mqtt"))
    assert (event.stream, event.fields["age_ms"]) == ("history", 61_000)
