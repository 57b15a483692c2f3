"""What is told is kept until it is heard, whatever the disk, the clocks and the readers do."""

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from support.hand_clock import HandClock
from support.news import forced, opened
from support.posting import everything, stamp

from faceidd.events.entry import Outgoing
from faceidd.events.event import DuressSignaled, Event, parse
from faceidd.events.limits import DEFAULT, Limits
from faceidd.events.outbox import Outbox, Wants
from faceidd.events.outbox_file import OVERHEAD, OutboxFile
from faceidd.events.outbox_reader import Reader
from faceidd.events.upkeep import EventsDropped, Loss, Lost
from faceidd.units import Seconds

SOON_S = 20.0
SMALL = Limits(most_bytes=7 * (len(opened("v1").model_dump_json()) + OVERHEAD) // 2)
"""Room for three events."""


class Wall:
    """A wall clock that is set by hand, in seconds since 1970 UTC."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """Opens and closes the outbox of one door."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = HandClock()
        self.wall = Wall()
        self.boot = "first"
        self._open = ExitStack()

    def open(
        self,
        limits: Limits = DEFAULT,
        *,
        on_disk: bool = True,
        webhook: Wants | None = None,
    ) -> Outbox:
        wants: dict[str, Wants] = {"mqtt": everything}
        if webhook is not None:
            wants["webhook"] = webhook
        outbox = Outbox(
            self.path if on_disk else None,
            wants,
            stamp=stamp,
            limits=limits,
            clock=self.clock,
            wall=self.wall,
            boot=self.boot,
            retry=Seconds(0.02),
        )
        self._open.callback(outbox.close)
        return outbox

    def close(self) -> None:
        self._open.close()


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faceidd.events.outbox.TOLD_PAUSE", 0.01)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "state" / "front.outbox")
    yield desk
    desk.close()


def tell(outbox: Outbox, *events: Event) -> None:
    """Publish events and wait until they can be read."""
    for event in events:
        outbox.publish(event)
    outbox.settle(SOON_S)


def visits(events: list[Outgoing]) -> list[str]:
    return [str(event.fields.get("visit", event.type)) for event in events]


def take(reader: Reader, most: int = 1000) -> list[Outgoing]:
    taken: list[Outgoing] = []
    while len(taken) < most and (event := reader.take()) is not None:
        taken.append(event)
    return taken


def hear(reader: Reader, most: int = 1000) -> list[str]:
    """Take events and say that they were heard."""
    taken = take(reader, most)
    for event in taken:
        reader.told(event.id)
    return visits(taken)


def take_next(reader: Reader) -> Outgoing:
    """Wait for an event that is yet to be told."""
    while not (taken := take(reader)):
        time.sleep(0.005)
    (event,) = taken
    return event


def wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON_S
    while not until():
        assert time.monotonic() < deadline, "it did not come to it"
        time.sleep(0.005)


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


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 3\0" + bytes(900)]
)
def test_a_damaged_outbox_is_set_aside_and_that_is_told(desk: Desk, content: bytes) -> None:
    desk.path.parent.mkdir()
    desk.path.write_bytes(content)
    outbox = desk.open()
    tell(outbox, opened("v1"))
    assert outbox.health.durable
    reader = outbox.reader("mqtt")
    assert hear(reader) == ["v1"]
    dropped = take_next(reader)
    event = parse(dropped.body)
    assert isinstance(event, EventsDropped)
    assert event.lost == (Lost(reader="mqtt", loss=Loss.DAMAGED, events=1),)
    assert desk.path.with_name("front.outbox.damaged").read_bytes() == content


def test_an_outbox_that_is_found_damaged_while_it_is_open_is_set_aside(desk: Desk) -> None:
    tell(desk.open(), opened("v1"))
    desk.close()
    with sqlite3.connect(desk.path) as database:
        database.execute("UPDATE events SET worth = 'nothing that is known'")
    database.close()
    outbox = desk.open()
    assert take(outbox.reader("mqtt")) == []
    wait(lambda: outbox.health.dropped == 1)
    tell(outbox, opened("v2"))
    assert outbox.health.durable
    assert hear(outbox.reader("mqtt")) == ["v2"]


def test_two_daemons_do_not_share_an_outbox(desk: Desk) -> None:
    desk.path.parent.mkdir()
    other = OutboxFile(desk.path)
    try:
        outbox = desk.open()
        tell(outbox, opened("v1"))
        assert not outbox.health.durable
        assert visits(take(outbox.reader("mqtt"))) == ["v1"]
    finally:
        other.close()
    wait(lambda: outbox.health.durable and outbox.health.waiting == 1)


def test_an_outbox_of_a_later_version_is_set_aside(desk: Desk) -> None:
    desk.path.parent.mkdir()
    OutboxFile(desk.path).close()
    with sqlite3.connect(desk.path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    outbox = desk.open()
    assert outbox.health.durable
    assert desk.path.with_name("front.outbox.damaged").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a file system")
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M", "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def small_desk(small_disk: Path) -> Iterator[Desk]:
    """A desk on it."""
    desk = Desk(small_disk / "front.outbox")
    yield desk
    desk.close()


def test_a_full_disk_loses_no_event_that_the_memory_can_hold(small_desk: Desk) -> None:
    outbox = small_desk.open()
    reader = outbox.reader("mqtt")
    told = [f"v{number}" for number in range(400)]
    tell(outbox, *map(opened, told[:100]))
    ballast = small_desk.path.with_name("ballast")
    with suppress(OSError):
        ballast.write_bytes(bytes(1 << 20))
    for visit in told[100:]:
        outbox.publish(opened(visit))
    wait(lambda: not outbox.health.durable)
    assert hear(reader, 300) == told[:300]
    ballast.unlink()
    wait(lambda: outbox.health.durable)
    assert hear(reader) == told[300:]
    tell(outbox, opened("later"))
    assert outbox.health.dropped == 0
    small_desk.close()
    assert hear(small_desk.open().reader("mqtt")) == ["later"]


def test_a_disk_that_becomes_read_only_is_written_to_when_it_is_back(
    small_disk: Path, small_desk: Desk
) -> None:
    desk = small_desk
    tell(desk.open(), opened("v1"))
    desk.close()
    _remount(small_disk, "ro")
    outbox = desk.open()
    reader = outbox.reader("mqtt")
    tell(outbox, opened("v2"), opened("v3"))
    assert not outbox.health.durable
    assert hear(reader, 1) == ["v2"]  # what is on the disk cannot be read now
    _remount(small_disk, "rw")
    wait(lambda: outbox.health.durable)
    assert hear(reader) == ["v1", "v3"]
    assert outbox.health.dropped == 0


def _remount(folder: Path, mode: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{mode}", folder], check=True)
