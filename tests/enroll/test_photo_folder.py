"""Numbered photos of a person: none is replaced, none is left half."""

import errno
import os
import stat
from pathlib import Path

import pytest

from faceidd.enroll.photo_folder import PhotoFolder
from faceidd.errors import EnrollmentError


def test_photos_are_numbered_from_one_for_their_owner_only(tmp_path: Path) -> None:
    folder = PhotoFolder(tmp_path / "photos", "Kim")
    assert not (tmp_path / "photos").exists()
    first, second = folder.save(b"a"), folder.save(b"b")
    assert (first, second) == tuple(tmp_path / "photos" / "Kim" / f"Kim{n}.jpg" for n in (1, 2))
    assert (first.read_bytes(), second.read_bytes()) == (b"a", b"b")
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert stat.S_IMODE(first.parent.stat().st_mode) == 0o700


def test_numbers_go_on_from_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "Kim").mkdir()
    for name in ("Kim3.jpg", "Kim12.png", "Kim.jpg", "Kimono99.jpg", "IMG_50.jpg"):
        (tmp_path / "Kim" / name).touch()
    assert PhotoFolder(tmp_path, "Kim").save(b"a").name == "Kim13.jpg"


def test_a_start_is_kept_and_nothing_replaced(tmp_path: Path) -> None:
    (tmp_path / "Kim").mkdir()
    (tmp_path / "Kim" / "Kim5.jpg").write_bytes(b"old")
    folder = PhotoFolder(tmp_path, "Kim", start=4)
    assert [folder.save(b"new").name for _ in range(2)] == ["Kim4.jpg", "Kim6.jpg"]
    assert (tmp_path / "Kim" / "Kim5.jpg").read_bytes() == b"old"


def test_a_name_with_signs_of_patterns_is_a_name(tmp_path: Path) -> None:
    assert PhotoFolder(tmp_path, "K(i).*m[1]").save(b"a").name == "K(i).*m[1]1.jpg"


def test_a_full_disk_leaves_no_half_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = PhotoFolder(tmp_path, "Kim")
    folder.save(b"a")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnrollmentError, match="No space left"):
        folder.save(b"b")
    assert [file.name for file in (tmp_path / "Kim").iterdir()] == ["Kim1.jpg"]


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "Kim").touch()
    with pytest.raises(EnrollmentError, match="Not a directory"):
        PhotoFolder(tmp_path, "Kim")
