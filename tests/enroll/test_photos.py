"""Which photo shows whom, by folders and names."""

import os
import unicodedata
from pathlib import Path

import pytest

from faceidd.enroll.photos import SUFFIXES, find_photos
from faceidd.errors import EnrollmentError


def filed(folder: Path, *names: str) -> list[tuple[str, str]]:
    """Make files of these names; tell how those that are photos are filed."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return [(str(photo.path.relative_to(folder)), photo.name) for photo in find_photos(folder)]


def test_a_folder_is_a_person(tmp_path: Path) -> None:
    assert filed(tmp_path, "Kim/Kim1.jpg", "Kim/IMG_0007.jpg", "Lee 2/x.jpg") == [
        ("Kim/IMG_0007.jpg", "Kim"),
        ("Kim/Kim1.jpg", "Kim"),
        ("Lee 2/x.jpg", "Lee 2"),
    ]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("Kim.jpg", "Kim"),
        ("Kim1.jpg", "Kim"),
        ("Kim_12.jpg", "Kim"),
        ("Kim-1.jpg", "Kim"),
        ("Kim (3).jpg", "Kim"),
        ("01 Kim.jpg", "Kim"),
        ("Kim.1.jpg", "Kim"),
        ("Kim\u0661.jpg", "Kim"),  # an Arabic digit
        ("Kim Min-jun 2.jpg", "Kim Min-jun"),
        ("김민준3.jpg", "김민준"),
    ],
)
def test_side_by_side_the_name_is_what_the_digits_leave(
    tmp_path: Path, file: str, name: str
) -> None:
    assert filed(tmp_path, file) == [(file, name)]


def test_layouts_mix_and_one_name_is_one_person(tmp_path: Path) -> None:
    found = filed(tmp_path, "Kim/1.jpg", "Kim2.jpg", "Kim3.png", "Lee1.jpg")
    assert [name for _, name in found] == ["Kim", "Kim", "Kim", "Lee"]


def test_folders_in_a_persons_folder_are_that_persons(tmp_path: Path) -> None:
    assert filed(tmp_path, "Kim/2024/summer/a.jpg", "Kim/b.jpg") == [
        ("Kim/2024/summer/a.jpg", "Kim"),
        ("Kim/b.jpg", "Kim"),
    ]


def looks(folder: Path) -> list[tuple[str, str, str]]:
    found = find_photos(folder, looks=True)
    return [(str(photo.path.relative_to(folder)), photo.name, photo.look) for photo in found]


def test_folders_in_a_persons_folder_are_looks_where_asked_for(tmp_path: Path) -> None:
    filed(tmp_path, "Kim/1.jpg", "Kim/glasses/1.jpg", "Kim/mask/2024/2.jpg", "Lee1.jpg")
    assert looks(tmp_path) == [
        ("Kim/1.jpg", "Kim", ""),
        ("Kim/glasses/1.jpg", "Kim", "glasses"),
        ("Kim/mask/2024/2.jpg", "Kim", "mask"),
        ("Lee1.jpg", "Lee", ""),
    ]
    assert [photo.of for photo in find_photos(tmp_path, looks=True)] == [
        "Kim", "Kim (glasses)", "Kim (mask)", "Lee"
    ]  # fmt: skip
    assert {photo.look for photo in find_photos(tmp_path)} == {""}


def test_a_look_that_no_report_can_name_is_refused(tmp_path: Path) -> None:
    filed(tmp_path, f"Kim/{'m' * 201}/1.jpg")
    with pytest.raises(EnrollmentError, match="longer than 200"):
        find_photos(tmp_path, looks=True)


def test_both_spellings_of_one_look_are_one_look(tmp_path: Path) -> None:
    composed, parted = (unicodedata.normalize(form, "안경") for form in ("NFC", "NFD"))
    filed(tmp_path, f"Kim/{composed}/1.jpg", f"Kim/{parted}/2.jpg")
    assert {look for _, _, look in looks(tmp_path)} == {composed}


@pytest.mark.parametrize("name", ["김민준", "Zoë"])
def test_both_spellings_of_one_name_are_one_person(tmp_path: Path, name: str) -> None:
    composed, parted = (unicodedata.normalize(form, name) for form in ("NFC", "NFD"))
    assert composed != parted
    found = filed(tmp_path, f"{composed}/1.jpg", f"{parted}2.jpg")
    assert {name for _, name in found} == {composed}
    assert len(found) == 2


def test_only_photos_count(tmp_path: Path) -> None:
    names = [f"Kim{suffix}" for suffix in SUFFIXES] + ["Kim/1.JPG", "Kim/2.Png"]
    others = ["notes.txt", "Kim/Thumbs.db", "Kim/clip.mp4", "jpg"]
    hidden = [".Kim.jpg", "._Kim1.jpg", ".trash/Lee.jpg", "Kim/.thumbnails/1.jpg"]
    (tmp_path / "Kim" / "folder.jpg").mkdir(parents=True)
    assert {file for file, _ in filed(tmp_path, *names, *others, *hidden)} == set(names)


def test_a_hidden_folder_may_hold_the_photos(tmp_path: Path) -> None:
    assert filed(tmp_path / ".photos", "Kim.jpg") == [("Kim.jpg", "Kim")]


def test_no_photo_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnrollmentError, match="there is no folder"):
        find_photos(tmp_path / "none")
    (tmp_path / "notes.txt").touch()
    with pytest.raises(EnrollmentError, match="holds no photos"):
        find_photos(tmp_path)
    with pytest.raises(EnrollmentError, match="there is no folder"):
        find_photos(tmp_path / "notes.txt")


@pytest.mark.parametrize("missed", ["Lee", "Lee/sub", "Lee/.hidden"])
def test_a_person_without_a_photo_is_not_left_out_silently(tmp_path: Path, missed: str) -> None:
    (tmp_path / missed).mkdir(parents=True)
    (tmp_path / missed / "IMG_1.CR2").touch()
    with pytest.raises(EnrollmentError, match=r"no photo \(.*\.jpg.*\) .* folders .*: Lee\."):
        filed(tmp_path, "Kim/1.jpg")


@pytest.mark.parametrize("file", ["12.jpg", "(1).jpg", "2024-05-01.jpg"])
def test_a_photo_named_by_digits_is_refused(tmp_path: Path, file: str) -> None:
    with pytest.raises(EnrollmentError, match="digits alone"):
        filed(tmp_path, "Kim.jpg", file)


def test_a_name_that_no_gallery_can_keep_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnrollmentError, match="longer than 200"):
        filed(tmp_path / "long", f"{'K' * 201}/1.jpg")
    folder = tmp_path / "bytes"
    folder.mkdir()
    (folder / os.fsdecode(b"Kim\xff.jpg")).touch()
    with pytest.raises(EnrollmentError, match=r"Kim\\udcff\.jpg.*not in UTF-8"):
        find_photos(folder)


def test_deeper_folders_are_people_where_asked_for(tmp_path: Path) -> None:
    filed(tmp_path, "office/Kim/1.jpg", "lab/annex/Lee/2.jpg", "lab/annex/Lee/3.jpg", "Choi1.jpg")
    assert [photo.name for photo in find_photos(tmp_path, nested=True)] == [
        "Choi", "Lee", "Lee", "Kim"
    ]  # fmt: skip


def test_one_name_in_two_deep_folders_may_be_two_people(tmp_path: Path) -> None:
    filed(tmp_path, "office/Kim/1.jpg", "lab/Kim/1.jpg")
    with pytest.raises(EnrollmentError, match=r"folders are named Kim: .*lab/Kim, .*office"):
        find_photos(tmp_path, nested=True)


def test_what_is_passed_over_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    filed(tmp_path, "Kim/1.jpg", "Kim/clip.mp4", "Kim/clip2.mp4", "ds_model_facenet_v2.pkl")
    assert "passed over, for they are no photos: .mp4 (2), .pkl (1)" in caplog.text
