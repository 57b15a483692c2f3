"""Whose pictures are taken, how often, and what happens when they cannot be kept."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from support.news import opened
from support.pictured import NOON, denied, frame, outcomes, recognized, stranger

from faceidd.events.event import Event
from faceidd.events.picture_note import Kind
from faceidd.snapshots.album import Album, AlbumLimits, pictures
from faceidd.snapshots.photographer import MOST_WAITING, Keeping, Photographer
from faceidd.snapshots.seal import Opener, Seal, make_key
from faceidd.snapshots.snapshot import Snapshot

PATIENCE_S = 20


class Studio:
    """A photographer, the album, and who is shown the pictures."""

    def __init__(self, folder: Path, kinds: Sequence[Kind], *, keeps: bool = True) -> None:
        self.album, self.key = folder / "album", folder / "key"
        keeping = Keeping(Album(self.album, AlbumLimits(30, 1_000_000)), Seal(make_key(self.key)))
        self.shown: list[tuple[Snapshot, bytes]] = []
        self.looked = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self.photographer = Photographer(kinds, keeping if keeps else None, wall_clock=lambda: NOON)
        self.photographer.show_by(self._show)

    def _show(self, snapshot: Snapshot, jpeg: bytes) -> None:
        self.shown.append((snapshot, jpeg))
        self.looked.set()
        assert self.go_on.wait(PATIENCE_S)

    def tell(self, *events: Event, seen: Sequence[str] = ("v1",)) -> None:
        """Events of one frame, in which the faces of these visits are."""
        for event in events:
            self.photographer.publish(event)
        self.photographer.see(frame(), outcomes(*seen))

    @property
    def kept(self) -> list[tuple[Kind, str]]:
        """What is in the album once all were taken."""
        self.photographer.close()
        return [(one.snapshot.kind, one.snapshot.visit) for one in pictures(self.album)]


@pytest.fixture
def studios() -> Iterator[list[Studio]]:
    made: list[Studio] = []
    yield made
    for studio in made:
        studio.go_on.set()
        studio.photographer.close()


@pytest.fixture
def studio(tmp_path: Path, studios: list[Studio]) -> Studio:
    studios.append(Studio(tmp_path, tuple(Kind)))
    return studios[0]


def test_a_stranger_is_kept_sealed_and_shown_as_it_is(studio: Studio) -> None:
    event = stranger()
    studio.tell(event)
    assert studio.kept == [(Kind.STRANGER, "v1")]
    (picture,) = pictures(studio.album)
    ((shown, jpeg),) = studio.shown
    assert picture.snapshot == shown == Snapshot.of(event)
    assert Opener(studio.key).open(picture.path.read_bytes(), "x") == jpeg


def test_there_is_one_picture_a_visit_of_each_kind(studio: Studio) -> None:
    studio.tell(stranger())
    studio.tell(stranger())
    studio.tell(denied(), denied())
    studio.tell(stranger("v2"), seen=("v1", "v2"))
    assert sorted(studio.kept) == [
        (Kind.DENIED, "v1"), (Kind.STRANGER, "v1"), (Kind.STRANGER, "v2"),
    ]  # fmt: skip


def test_whoever_is_not_of_the_policy_is_not_taken(tmp_path: Path, studios: list[Studio]) -> None:
    studios.append(Studio(tmp_path, (Kind.STRANGER,)))
    studios[0].tell(recognized(), denied(), opened("v1"))
    assert not studios[0].kept
    assert not studios[0].shown


def test_no_face_no_picture(studio: Studio) -> None:
    studio.tell(stranger("v7"), seen=("v1",))
    studio.tell(seen=("v7",))  # another frame is not that of the event
    assert not studio.kept
    assert studio.photographer.missed == 0


def test_without_an_album_pictures_are_only_shown(tmp_path: Path, studios: list[Studio]) -> None:
    studios.append(Studio(tmp_path, tuple(Kind), keeps=False))
    studios[0].tell(stranger())
    assert not studios[0].kept
    assert len(studios[0].shown) == 1


def test_a_disk_that_takes_nothing_is_told_once_and_stops_nothing(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    studio.album.write_text("no folder")  # whoever is root may write into any folder
    for visit in ("v1", "v2"):
        studio.tell(stranger(visit), seen=(visit,))
        assert studio.looked.wait(PATIENCE_S)
    assert_all_tried(studio, 2)
    studio.album.unlink()
    studio.tell(stranger("v3"), seen=("v3",))
    assert studio.kept == [(Kind.STRANGER, "v3")]
    assert studio.photographer.missed == 2
    told = [one.message for one in caplog.records if "snapshots are" in one.message]
    assert told == [
        "snapshots are missing, 1 by now: File exists",
        "snapshots are taken again; 2 are missing",
    ]


def assert_all_tried(studio: Studio, most: int) -> None:
    """Wait until so many are missing."""
    deadline = threading.Event()
    for _ in range(1000):
        if studio.photographer.missed == most:
            return
        deadline.wait(0.01)
    raise AssertionError(f"{studio.photographer.missed} are missing")


def test_the_door_never_waits_for_a_slow_disk(studio: Studio) -> None:
    studio.go_on.clear()
    studio.tell(stranger("v0"), seen=("v0",))
    assert studio.looked.wait(PATIENCE_S)
    visits = [f"v{number}" for number in range(1, MOST_WAITING + 3)]
    for visit in visits:
        studio.tell(stranger(visit), seen=(visit,))  # would hang here
    assert studio.photographer.missed == 2
    studio.go_on.set()
    assert len(studio.kept) == 1 + MOST_WAITING
