"""From a camera's frames to photos of poses, and the preview on the way."""

from pathlib import Path

import numpy as np
import pytest
from support.photo_files import alone, nobody, write
from support.portraits import EILEEN
from support.seeing import recognizer

from faceidd.camera.frame import Frame, Image
from faceidd.enroll.faults import Fault
from faceidd.enroll.guide import Advice, Guide
from faceidd.enroll.live import Step, take_poses
from faceidd.enroll.photo_folder import PhotoFolder
from faceidd.enroll.pose import Pose
from faceidd.enroll.preview import Preview
from faceidd.enroll.reading import decode
from faceidd.errors import EnrollmentError
from faceidd.face.detection import Box
from faceidd.units import Instant, Seconds


def frame(image: Image, number: int, at: float | None = None) -> Frame:
    return Frame(image, Instant(float(number) if at is None else at), number)


def test_a_photo_is_saved_as_soon_as_it_is_taken(models_dir: Path, tmp_path: Path) -> None:
    guide = Guide(0.7, Seconds(100), [Pose.FRONT, Pose.LEFT])
    views = [nobody(), alone(EILEEN, 150), alone(EILEEN, 160), alone(EILEEN, 170), nobody()]
    frames = (frame(image, number) for number, image in enumerate(views))
    seeing = recognizer(models_dir)
    saved = []
    for step in take_poses(frames, seeing, guide, PhotoFolder(tmp_path, "Eileen")):
        saved.append(step.saved)
        if step.saved is not None:
            image = decode(step.saved.read_bytes())
            assert not isinstance(image, Fault)
            assert len(seeing.see(image).faces) == 1
    assert saved == [None, None, None, tmp_path / "Eileen" / "Eileen1.jpg", None]
    assert guide.taken == [Pose.FRONT]


def step(at: float) -> Step:
    image = np.full((480, 1280, 3), 120, np.uint8)
    advice = Advice(Pose.LEFT, Pose.LEFT.words)
    return Step(frame(image, 0, at), Box(500, 100, 200, 250), advice, None)


def test_the_preview_is_kept_current_and_removed(tmp_path: Path) -> None:
    file = tmp_path / "preview.jpg"
    preview = Preview(file)
    preview.close()
    preview.show(step(10.0))
    first = file.stat().st_ino
    shown = decode(file.read_bytes())
    assert not isinstance(shown, Fault)
    assert shown.shape == (240, 640, 3)
    preview.show(step(10.1))
    assert file.stat().st_ino == first
    preview.show(step(10.6))
    assert file.stat().st_ino != first
    preview.close()
    assert not file.exists()


def test_a_preview_that_cannot_be_written_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    preview = Preview(tmp_path / "gone" / "preview.jpg")
    for second in range(3):
        preview.show(step(float(second)))
    preview.close()
    assert caplog.text.count("cannot be written") == 1


def test_a_file_that_is_no_preview_is_left(tmp_path: Path) -> None:
    file = tmp_path / "preview.jpg"
    write(file, alone())
    before = file.read_bytes()
    with pytest.raises(EnrollmentError, match="is there already"):
        Preview(file)
    assert file.read_bytes() == before
    with pytest.raises(EnrollmentError, match="is there already"):
        Preview(tmp_path)


def test_a_preview_that_a_power_cut_has_left_is_taken_over(tmp_path: Path) -> None:
    file = tmp_path / "preview.jpg"
    Preview(file).show(step(10.0))
    again = Preview(file)
    again.close()
    assert file.exists(), "what it did not write it does not remove"
    again.show(step(20.0))
    again.close()
    assert not file.exists()


def test_a_preview_is_removed_also_where_a_later_one_failed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "there" / "preview.jpg"
    file.parent.mkdir()
    preview = Preview(file)
    preview.show(step(10.0))
    file.parent.rename(tmp_path / "away")
    preview.show(step(11.0))
    assert "cannot be written" in caplog.text
    (tmp_path / "away").rename(file.parent)
    preview.close()
    assert not file.exists()
