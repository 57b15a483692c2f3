"""Enrolling photos that do not agree: strangers' photos, repeated ones, and looks."""

from pathlib import Path

import pytest
from support.photo_files import alone, nobody, write
from support.portraits import EILEEN, GRACE
from support.seeing import recognizer

from faceidd.enroll.faults import Fault
from faceidd.enroll.folder import enroll_folder
from faceidd.enroll.templates import Use
from faceidd.errors import EnrollmentError
from faceidd.face.recognizer import Recognizer


@pytest.fixture(scope="module")
def seeing(models_dir: Path) -> Recognizer:
    return recognizer(models_dir)


def test_a_strangers_photo_is_named_and_left_out_on_demand(
    tmp_path: Path, seeing: Recognizer
) -> None:
    for index, width in enumerate((110, 150, 200)):
        write(tmp_path / "Eileen" / f"{index}.png", alone(EILEEN, width))
    write(tmp_path / "Grace1.png", alone(GRACE, 150))
    clean = enroll_folder(tmp_path, seeing, "facenet int8").gallery
    write(tmp_path / "Eileen" / "1a.png", alone(GRACE, 170))

    with pytest.raises(EnrollmentError, match=r"1 of the 5 photos") as refused:
        enroll_folder(tmp_path, seeing, "facenet int8")
    assert f"1a.png {Fault.OUTLIER.words} (likeness 0." in refused.value.what
    assert "--skip-bad" in refused.value.do

    enrollment = enroll_folder(tmp_path, seeing, "facenet int8", skip_bad=True)
    assert [(one.photo.path.name, one.fault) for one in enrollment.rejected] == [
        ("1a.png", Fault.OUTLIER)
    ]
    assert (enrollment.gallery.vectors == clean.vectors).all()
    assert enrollment.gallery.photos.tolist() == [3, 1]
    (left_out,) = [one.contribution for one in enrollment.rejected if one.contribution]
    assert left_out.share == 0
    assert left_out.likeness < 0.5


@pytest.mark.parametrize("skip_bad", [False, True])
def test_photos_that_disagree_are_all_named_for_nobody_can_tell(
    tmp_path: Path, seeing: Recognizer, skip_bad: bool
) -> None:
    write(tmp_path / "Eileen1.png", alone(EILEEN))
    write(tmp_path / "Eileen2.png", alone(GRACE))
    write(tmp_path / "Grace1.png", alone(GRACE))
    with pytest.raises(EnrollmentError, match=r"2 of the 3 photos") as refused:
        enroll_folder(tmp_path, seeing, "facenet int8", skip_bad=skip_bad)
    for number in (1, 2):
        assert f"Eileen{number}.png {Fault.DISAGREE.words} (likeness 0." in refused.value.what
    assert "no photo is left of: Eileen" in refused.value.what
    assert "--looks" in refused.value.do
    assert "--skip-bad" not in refused.value.do


def test_one_photo_filed_twice_counts_once(tmp_path: Path, seeing: Recognizer) -> None:
    """Three copies of a stranger's photo do not outvote two of the person."""
    write(tmp_path / "Eileen" / "1.png", alone(EILEEN, 110))
    write(tmp_path / "Eileen" / "2.png", alone(EILEEN, 150))
    clean = enroll_folder(tmp_path, seeing, "facenet int8").gallery
    for name in ("3.png", "4.png", "5.png"):
        write(tmp_path / "Eileen" / name, alone(GRACE, 150))
    write(tmp_path / "Eileen" / "6.png", alone(EILEEN, 150))
    enrollment = enroll_folder(tmp_path, seeing, "facenet int8", skip_bad=True)
    assert [one.photo.path.stem for one in enrollment.rejected] == ["3", "4", "5"]
    assert (enrollment.gallery.vectors == clean.vectors).all()
    assert enrollment.gallery.photos.tolist() == [2]
    assert [one.contribution.use for one in enrollment.records if one.contribution] == [
        Use.USED, Use.USED, Use.OUTLIER, Use.OUTLIER, Use.OUTLIER, Use.REPEATED
    ]  # fmt: skip


def test_a_look_has_a_template_of_its_own_where_asked_for(
    tmp_path: Path, seeing: Recognizer
) -> None:
    """As told apart as two faces can be: without looks these photos disagree."""
    write(tmp_path / "Kim" / "1.png", alone(EILEEN, 110))
    write(tmp_path / "Kim" / "2.png", alone(EILEEN, 150))
    write(tmp_path / "Kim" / "mask" / "1.png", alone(GRACE, 110))
    write(tmp_path / "Kim" / "mask" / "2.png", alone(GRACE, 150))
    write(tmp_path / "Ada1.png", alone(GRACE, 180))
    with pytest.raises(EnrollmentError, match="disagree"):
        enroll_folder(tmp_path, seeing, "facenet int8")

    enrollment = enroll_folder(tmp_path, seeing, "facenet int8", looks=True)

    gallery = enrollment.gallery
    assert enrollment.looks == (("Ada", ""), ("Kim", ""), ("Kim", "mask"))
    assert [person.name for person in gallery.people] == ["Ada", "Kim"]
    assert gallery.owners.tolist() == [0, 1, 1]
    assert gallery.photos.tolist() == [1, 2, 2]
    for name, row in ((EILEEN, 1), (GRACE, 2)):
        (seen,) = seeing.see(alone(name, 130)).faces
        assert seen.embedding.vector @ gallery.vectors[row] > 0.85


def test_a_look_without_a_usable_photo_is_missed(tmp_path: Path, seeing: Recognizer) -> None:
    write(tmp_path / "Kim" / "1.png", alone(EILEEN))
    write(tmp_path / "Kim" / "mask" / "1.png", nobody())
    with pytest.raises(EnrollmentError, match=r"no photo is left of: Kim \(mask\)"):
        enroll_folder(tmp_path, seeing, "facenet int8", skip_bad=True, looks=True)
