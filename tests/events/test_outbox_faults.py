"""Disks that are full, read-only or damaged stop no event."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support.desk import Desk, hear, take, take_next, tell, visits, wait
from support.news import opened

from faceidd.events.event import parse
from faceidd.events.outbox_file import OutboxFile
from faceidd.events.upkeep import EventsDropped, Loss, Lost


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
