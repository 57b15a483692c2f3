"""`faceidd enroll folder`: what it writes and what it says."""

import json
from pathlib import Path

import pytest
from support.photo_files import alone, write
from support.portraits import EILEEN, GRACE

from faceidd.cli.main import main
from faceidd.errors import EnrollmentError
from faceidd.gallery.file import load_gallery
from faceidd.models.portraits import PortraitName


class Desk:
    """Where an admin enrolls people."""

    def __init__(self, folder: Path, models: Path) -> None:
        self.photos, self.gallery = folder / "photos", folder / "door.gallery"
        self.report = folder / "door.enrollment.json"
        self._models = models

    def put(self, name: str, who: PortraitName, width: float = 150) -> None:
        write(self.photos / name, alone(who, width))

    def enroll(self, *options: str, verbose: bool = False) -> int:
        command = ["enroll", "folder", str(self.photos), "--models", str(self._models)]
        command += ["--gallery", str(self.gallery), *options]
        return main(["-v", *command] if verbose else command)


@pytest.fixture
def desk(tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, models_dir)


def test_a_gallery_and_its_report_are_written(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.put("Kim1.png", EILEEN, 110)
    desk.put("Kim2.png", EILEEN)
    assert desk.enroll() == 0
    assert load_gallery(desk.gallery).photos.tolist() == [2]
    report = json.loads(desk.report.read_text("utf-8"))
    assert [one["outcome"] for one in report["templates"][0]["photos"]] == ["used", "used"]
    told = capsys.readouterr().out
    assert f"enrolled 1 people from 2 photos into {desk.gallery}" in told
    assert f"what each photo gave is in {desk.report}" in told
    assert "likeness" not in told


def test_all_is_told_on_demand(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.put("Kim1.png", EILEEN)
    assert desk.enroll(verbose=True) == 0
    _, head, line, *_ = ["", *capsys.readouterr().out.splitlines()]
    assert head.split() == ["outcome", "weight", "share", "cosine", "photo"]
    assert line.split()[0] == "used"
    assert line.endswith(str(desk.photos / "Kim1.png"))


def test_nothing_is_written_where_a_photo_is_somebody_elses(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    for index, width in enumerate((110, 150, 190)):
        desk.put(f"Kim/{index}.png", EILEEN, width)
    desk.put("Kim/3.png", GRACE)
    assert desk.enroll() == EnrollmentError.exit_code
    assert "3.png is unlike the person's other photos" in capsys.readouterr().err
    assert not desk.gallery.exists()
    assert not desk.report.exists()

    assert desk.enroll("--skip-bad") == 0
    assert load_gallery(desk.gallery).photos.tolist() == [3]
    told = capsys.readouterr().out
    assert f"left out: {desk.photos / 'Kim' / '3.png'} is unlike" in told


def test_looks_are_kept_apart_on_demand(desk: Desk) -> None:
    desk.put("Kim/1.png", EILEEN)
    desk.put("Kim/mask/1.png", GRACE)
    assert desk.enroll() == EnrollmentError.exit_code
    assert desk.enroll("--looks") == 0
    gallery = load_gallery(desk.gallery)
    assert [person.name for person in gallery.people] == ["Kim"]
    assert gallery.owners.tolist() == [0, 0]
