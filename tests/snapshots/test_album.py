"""What is kept, and for how long."""

from datetime import timedelta
from pathlib import Path

import pytest
from support.pictured import NOON, snapshot

from faceidd.snapshots.album import Album, AlbumLimits, Kept, pictures, remove

LIMITS = AlbumLimits(days=30, bytes=1000)


def days(folder: Path) -> list[float]:
    """How old the kept pictures are, the oldest first."""
    return [(NOON - one.snapshot.time) / timedelta(days=1) for one in pictures(folder)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "album"


def test_a_picture_is_its_owners_only_and_so_is_the_folder(folder: Path) -> None:
    Album(folder, LIMITS).keep(snapshot(), b"sealed", NOON)
    (kept,) = pictures(folder)
    assert kept == Kept(snapshot(), folder / snapshot().file_name, 6)
    assert kept.path.read_bytes() == b"sealed"
    assert (kept.path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)


def test_older_ones_are_removed(folder: Path) -> None:
    album = Album(folder, LIMITS)
    for ago in (31, 29, 2):
        album.keep(snapshot(ago), b"sealed", NOON - timedelta(days=ago))
    assert days(folder) == [31, 29, 2]
    album.prune(NOON)
    assert days(folder) == [29, 2]
    album.keep(snapshot(), b"sealed", NOON + timedelta(days=20))
    assert days(folder) == [2, 0]


def test_the_oldest_of_too_many_are_removed_before_there_is_one_more(folder: Path) -> None:
    album = Album(folder, LIMITS)
    for ago in (4, 3, 2, 1):
        album.keep(snapshot(ago), bytes(400), NOON)
    assert days(folder) == [2, 1]
    assert sum(one.size for one in pictures(folder)) <= LIMITS.bytes


def test_what_is_no_picture_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    other = folder / "notes.jpg.age"
    other.write_bytes(bytes(5000))
    aside = folder / f".{snapshot().file_name}.x1"
    aside.write_bytes(b"torn")
    album = Album(folder, LIMITS)
    album.prune(NOON)
    assert aside.exists()
    album.clean()
    assert not aside.exists()
    assert other.exists()


def test_a_picture_is_removed_once_and_twice_is_no_fault(folder: Path) -> None:
    Album(folder, LIMITS).keep(snapshot(), b"sealed", NOON)
    (kept,) = pictures(folder)
    remove(kept)
    remove(kept)
    assert not list(pictures(folder))
