"""Copies of people's photos, filed as photos are."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from faceidd.enroll.augmentation import RANGES, Change, Mix
from faceidd.enroll.copies import make_copies
from faceidd.enroll.faults import Fault
from faceidd.enroll.reading import decode
from faceidd.errors import EnrollmentError

LIGHTER = Mix({Change.BRIGHTNESS: (20, 20)}, 1)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    (folder / "Lee").mkdir(parents=True)
    for name, gray in (("Kim1.png", 50), ("Kim2.png", 100), ("Lee/a.png", 150)):
        cv2.imwrite(str(folder / name), np.full((8, 8, 3), gray, np.uint8))
    return folder


def grays(folder: Path) -> list[int]:
    images = [decode(file.read_bytes()) for file in folder.iterdir()]
    return sorted(round(float(image.mean())) for image in images if not isinstance(image, Fault))


def test_everybody_gets_so_many_copies_of_all_their_photos(photos: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    made = make_copies(
        photos,
        tmp_path / "copies",
        LIGHTER,
        count=4,
        progress=lambda done, total: told.append((done, total)),
    )
    assert (made.people, made.copies, made.unread) == (2, 8, ())
    assert grays(tmp_path / "copies" / "Kim") == [70, 70, 120, 120]
    assert grays(tmp_path / "copies" / "Lee") == [170] * 4
    assert told == [(done, 8) for done in range(1, 9)]


def test_numbers_start_where_asked_and_replace_nothing(photos: Path, tmp_path: Path) -> None:
    for _ in range(2):
        make_copies(photos, tmp_path / "copies", LIGHTER, count=2, start=101)
    names = sorted(file.name for file in (tmp_path / "copies" / "Kim").iterdir())
    assert names == [f"Kim{number}.jpg" for number in range(101, 105)]


def test_a_seed_makes_the_same_copies_whoever_else_is_there(photos: Path, tmp_path: Path) -> None:
    def kims(into: str, seed: int) -> list[bytes]:
        make_copies(photos, tmp_path / into, Mix(RANGES, 3), count=3, seed=seed)
        return [file.read_bytes() for file in sorted((tmp_path / into / "Kim").iterdir())]

    first, other = kims("a", 7), kims("b", 8)
    (photos / "Lee" / "a.png").rename(photos / "Ada1.png")
    (photos / "Lee").rmdir()
    assert kims("c", 7) == first
    assert other != first


def test_photos_that_cannot_be_read_are_told(photos: Path, tmp_path: Path) -> None:
    (photos / "Kim3.jpg").write_text("no picture")
    made = make_copies(photos, tmp_path / "copies", LIGHTER, count=9)
    assert [(photo.path.name, fault) for photo, fault in made.unread] == [
        ("Kim3.jpg", Fault.UNREADABLE)
    ]
    assert made.copies == 18
    (photos / "Lee" / "a.png").write_text("no picture")
    with pytest.raises(EnrollmentError, match=r"no photo of Lee can be read: .*a\.png is no"):
        make_copies(photos, tmp_path / "more", LIGHTER, count=1)
