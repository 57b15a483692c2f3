"""Labeled photos: manifests, folders of people, sessions."""

import sys
from pathlib import Path

import pytest

from faceidd.errors import EnrollmentError
from faceidd.evaluation.errors import EvaluationError
from faceidd.evaluation.labeled import (
    LabeledPhoto,
    read_folder,
    read_manifest,
    read_photos,
    with_sessions,
)


def manifest(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "people.csv"
    file.write_bytes(text.encode(encoding))
    return file


def test_a_manifest_says_who_is_on_which_photo(tmp_path: Path) -> None:
    file = manifest(
        tmp_path,
        "path,set,identity,group,session\n"
        "a/1.png,webcam,Ada,east_asian,monday\n"
        '"b, 2.png",web,Björn,other,\n',
    )
    assert read_manifest(file) == (
        LabeledPhoto(tmp_path / "a/1.png", "webcam", "Ada", "east_asian", "monday"),
        LabeledPhoto(tmp_path / "b, 2.png", "web", "Björn", "other", ""),
    )
    assert read_photos(file) == read_manifest(file)


def test_columns_may_stand_in_any_order_and_some_may_be_missing(tmp_path: Path) -> None:
    file = manifest(tmp_path, "identity,note,path\nAda,x,1.png\n", "utf-8-sig")
    assert read_manifest(file) == (LabeledPhoto(tmp_path / "1.png", "all", "Ada", "all"),)


def test_a_photo_without_an_identity_is_the_only_one_of_its_person(tmp_path: Path) -> None:
    file = manifest(tmp_path, "path,identity,set,group\n1.png,,,\n2.png,,s,g\n")
    assert [photo.identity for photo in read_manifest(file)] == ["1.png", "2.png"]
    assert [photo.set for photo in read_manifest(file)] == ["all", "s"]


def test_who_stands_in_lfw_under_two_names_has_one(tmp_path: Path) -> None:
    file = manifest(
        tmp_path, "path,identity,set\n1,Wang_Nan,lfw\n2,Nan_Wang,LFW-a\n3,Nan_Wang,other\n"
    )
    assert [photo.identity for photo in read_manifest(file)] == ["Nan_Wang"] * 3
    file = manifest(tmp_path, "path,identity,set\n1,Wang_Nan,other\n")
    assert read_manifest(file)[0].identity == "Wang_Nan"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "no column path and no column identity"),
        ("file,identity\n1.png,Ada\n", "no column path; its first line reads: file,identity"),
        ("path,set\n1.png,web\n", "no column identity"),
        ("path,identity\n", "lists no photo"),
        ("path,identity\n1.png\n", "line 2 has not as many fields"),
        ("path,identity\n1.png,Ada,extra\n", "line 2 has not as many fields"),
        ("path,identity\n ,Ada\n", "line 2 names no photo"),
        ("path,identity\n1\0.png,Ada\n", "line"),
        ("path,identity\n1.png,Ada\n2.png,Bo\n1.png,Cy\n", "line 4 lists the photo of line 2"),
        ('path,identity\n"1.png,Ada\n', "cannot be read"),
        ("path,identity\n" + ",Ada\n" * 9, "; and 4 more"),
    ],
)
def test_a_manifest_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(EvaluationError, match=fault) as refusal:
        read_manifest(manifest(tmp_path, text))
    assert refusal.value.exit_code == 10


def test_a_manifest_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="No such file"):
        read_manifest(tmp_path / "none.csv")
    with pytest.raises(EvaluationError, match="cannot be read"):
        read_manifest(manifest(tmp_path, "path,identity\nü.png,Ada\n", "latin-1"))


def test_a_folder_of_people_is_read_as_enrollment_reads_it(tmp_path: Path) -> None:
    for name in ("Ada/1.png", "Ada/2.png", "Bo7.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    photos = read_photos(tmp_path)
    assert photos == read_folder(tmp_path)
    assert [(photo.identity, photo.set, photo.group) for photo in photos] == [
        ("Ada", "all", "all"),
        ("Ada", "all", "all"),
        ("Bo", "all", "all"),
    ]


def test_a_folder_without_photos_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnrollmentError, match="holds no photos"):
        read_photos(tmp_path)


def photos(*names: str) -> list[LabeledPhoto]:
    return [LabeledPhoto(Path("x_01_x") / name, "s", "Ada", "g", "old") for name in names]


def test_sessions_are_found_in_the_names_of_files() -> None:
    found = with_sessions(photos("ada_01_7.jpg", "ada_02_7.jpg", "ada.jpg"), r"_(?P<session>\d+)_")
    assert [photo.session for photo in found] == ["01", "02", "old"]


def test_without_a_pattern_sessions_stay_as_they_were() -> None:
    assert with_sessions(photos("1.jpg"), None) == tuple(photos("1.jpg"))


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("(?P<session>", "no regular expression"),
        (r"_(\d+)_", "no group named session"),
        (r"_(?P<session>\d+)_", "found in no file's name"),
    ],
)
def test_a_pattern_that_gives_no_session_is_refused(pattern: str, fault: str) -> None:
    with pytest.raises(EvaluationError, match=fault):
        with_sessions(photos("ada.jpg"), pattern)


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux only")
def test_a_photo_of_any_name_can_be_listed_by_a_folder(tmp_path: Path) -> None:
    (tmp_path / "Ada").mkdir()
    (tmp_path / "Ada" / "new\nline <b>.png").touch()
    (photo,) = read_folder(tmp_path)
    assert photo.path.name == "new\nline <b>.png"
