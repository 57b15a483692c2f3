"""`faceidd enroll folder`: what it keeps of people who were known before, and what it deletes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.photo_files import alone, nobody, write
from support.portraits import EILEEN, GRACE

from faceidd.cli.main import main
from faceidd.enroll.report_file import load_report
from faceidd.gallery.file import load_gallery

GALLERY = Path("door.gallery")
Enroll = Callable[..., list[str]]


@pytest.fixture
def enroll(
    tmp_path: Path,
    models_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Enroll:
    """Enroll a folder; gives what was said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FACEIDD_MODELS", str(models_dir))

    def enroll(*arguments: str) -> list[str]:
        assert main(["enroll", "folder", *arguments, "--gallery", str(GALLERY)]) == 0
        return capsys.readouterr().out.splitlines()

    for number, width in enumerate((110, 150, 190), 1):
        write(Path("old", "Kim", f"{number}.png"), alone(EILEEN, width))
    write(Path("old", "Lee", "1.png"), alone(GRACE))
    write(Path("new", "Kim", "4.png"), alone(EILEEN, 170))
    return enroll


def photos(*, earlier: bool) -> list[str]:
    report = load_report(GALLERY)
    assert report is not None
    return [
        str(photo.file.relative_to(Path.cwd()))
        for one in report.templates
        if one.earlier == earlier
        for photo in one.photos
    ]


def test_somebody_is_enrolled_anew_and_the_others_stay(enroll: Enroll) -> None:
    enroll("old")
    assert "Kim: 3 photos replaced by 1" in enroll("new", "--add")
    gallery = load_gallery(GALLERY)
    assert {gallery.people[owner].name: photos
            for owner, photos in zip(gallery.owners, gallery.photos, strict=True)
    } == {"Kim": 1, "Lee": 1}  # fmt: skip
    assert photos(earlier=False) == ["old/Lee/1.png", "new/Kim/4.png"]
    assert photos(earlier=True) == [f"old/Kim/{number}.png" for number in (1, 2, 3)]
    told = enroll("new", "--add")
    assert not [line for line in told if "replaced" in line]
    assert main(["forget", "Kim", "--gallery", str(GALLERY), "--cache", "none"]) == 0
    assert [str(file) for file in Path().rglob("*.png")] == ["old/Lee/1.png"]


def test_consent_is_that_of_the_people_of_this_enrollment(enroll: Enroll) -> None:
    enroll("old")
    enroll("new", "--add", "--consent", "2026-1")
    consents = {one.name: one.consent for one in load_gallery(GALLERY).people}
    assert consents["Lee"] is None
    kim = consents["Kim"]
    assert kim is not None
    assert (kim.by, kim.text_version) == ("Kim", "2026-1")
    enroll("new", "--add", "--consent", "2027-1")
    assert {one.name: one.consent for one in load_gallery(GALLERY).people}["Kim"] == kim


def test_photos_of_this_enrollment_that_were_used_are_deleted(enroll: Enroll) -> None:
    write(Path("new", "Kim", "5.png"), nobody())
    told = enroll("old")
    assert "the photos are kept; to delete them: faceidd gallery delete-photos --all" in told
    told = enroll("new", "--add", "--skip-bad", "--delete-photos")
    wall = Path("new", "Kim", "5.png").absolute()
    assert f"kept: {wall}: it gave nothing to the gallery: no_face" in told
    assert "deleted 1 photos" in told
    assert [file.name for file in Path("new").rglob("*.png")] == ["5.png"]
    assert len([*Path("old").rglob("*.png")]) == 4
