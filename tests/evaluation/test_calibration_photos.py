"""Which photos a calibration is made of: folders, manifests, both; and two names of one person."""

from pathlib import Path

import pytest

from faceidd.errors import EnrollmentError
from faceidd.evaluation.calibration_photos import cohort_photos, read_same
from faceidd.evaluation.errors import EvaluationError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four photos of three people, and a text."""
    for name in ("ada/1.png", "ada/2.png", "bob/1.jpg", "cyd/1.PNG", "cyd/notes.txt"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return tmp_path / "photos"


def manifest(path: Path, *names: str) -> Path:
    lines = (f"{name},webcam,{Path(name).parent.name},east" for name in names)
    path.write_text("path,set,identity,group\n" + "\n".join(lines) + "\n")
    return path


def test_a_folder_alone_is_one_group(folder: Path) -> None:
    found = cohort_photos(folder, None, {})
    assert [photo.identity for photo in found.photos] == ["ada", "ada", "bob", "cyd"]
    assert {(photo.set, photo.group) for photo in found.photos} == {("all", "all")}
    assert found.unlisted == 0


def test_a_manifest_alone_says_who_is_who(folder: Path) -> None:
    found = cohort_photos(manifest(folder / "who.csv", "ada/1.png", "bob/1.jpg"), None, {})
    assert [photo.path for photo in found.photos] == [folder / "ada/1.png", folder / "bob/1.jpg"]
    assert {(photo.set, photo.group) for photo in found.photos} == {("webcam", "east")}


def test_what_the_manifest_does_not_list_is_left_out_and_counted(folder: Path) -> None:
    listed = manifest(folder / "who.csv", "ada/1.png", "bob/1.jpg")
    found = cohort_photos(folder, listed, {})
    assert [photo.identity for photo in found.photos] == ["ada", "bob"]
    assert found.unlisted == 2


def test_what_lies_outside_the_folder_is_left_out(folder: Path) -> None:
    listed = manifest(folder / "who.csv", "ada/1.png", "bob/1.jpg")
    found = cohort_photos(folder / "ada", listed, {})
    assert [photo.path.name for photo in found.photos] == ["1.png"]
    assert found.unlisted == 1


def test_the_manifest_may_lie_elsewhere_and_start_at_the_folder(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "lists").mkdir()
    listed = manifest(tmp_path / "lists" / "who.csv", "ada/1.png", "bob/1.jpg", "eve/1.png")
    found = cohort_photos(folder, listed, {})
    assert [photo.path for photo in found.photos] == [folder / "ada/1.png", folder / "bob/1.jpg"]
    assert found.unlisted == 2


def test_a_photo_that_is_gone_stays_listed_so_that_it_is_told(folder: Path) -> None:
    found = cohort_photos(folder, manifest(folder / "who.csv", "ada/1.png", "ada/9.png"), {})
    assert [photo.path.name for photo in found.photos] == ["1.png", "9.png"]


def test_a_manifest_of_another_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    listed = manifest(tmp_path / "who.csv", "elsewhere/1.png")
    with pytest.raises(EvaluationError, match="lists no photo of"):
        cohort_photos(folder, listed, {})
    with pytest.raises(EvaluationError, match="there is no folder"):
        cohort_photos(tmp_path / "nothing", listed, {})
    with pytest.raises(EvaluationError, match="cannot be read"):
        cohort_photos(folder, tmp_path / "gone.csv", {})


def test_a_folder_without_photos_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnrollmentError, match="no photos"):
        cohort_photos(tmp_path, None, {})


def test_one_person_under_two_names_becomes_one(folder: Path) -> None:
    found = cohort_photos(folder, None, {"ada": "cyd"})
    assert [photo.identity for photo in found.photos] == ["cyd", "cyd", "bob", "cyd"]
    assert [photo.path.parent.name for photo in found.photos] == ["ada", "ada", "bob", "cyd"]


@pytest.mark.parametrize("same", [{"ada": "nobody"}, {"nobody": "ada"}])
def test_a_name_that_nobody_has_is_refused(folder: Path, same: dict[str, str]) -> None:
    with pytest.raises(EvaluationError, match="nobody of the cohort is called nobody"):
        cohort_photos(folder, None, same)


def test_names_are_read_from_the_command_line() -> None:
    assert read_same([]) == {}
    assert read_same(["A=C", "B=C"]) == {"A": "C", "B": "C"}
    assert read_same(["Jr.=Sr. = x"]) == {"Jr.": "Sr. = x"}


@pytest.mark.parametrize("pair", ["A", "=A", "A=", "=", "", "A=A"])
def test_what_names_no_two_people_is_refused(pair: str) -> None:
    with pytest.raises(EvaluationError, match="names no two people"):
        read_same([pair])


@pytest.mark.parametrize("pairs", [["A=B", "A=C"], ["A=B", "B=C"], ["B=C", "A=B"], ["A=B", "B=A"]])
def test_nobody_is_two_others(pairs: list[str]) -> None:
    with pytest.raises(EvaluationError, match="already has another name"):
        read_same(pairs)
