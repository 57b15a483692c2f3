"""`faceidd enroll video`, `augment` and `camera`: what they write and what they say."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import pytest
from support.photo_files import alone, nobody, write
from support.portraits import EILEEN, GRACE

from faceidd.camera.frame import Image
from faceidd.cli.main import main


@pytest.fixture(autouse=True)
def _at_a_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models_dir: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FACEIDD_MODELS", str(models_dir))


Record = Callable[[Sequence[Image]], str]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """Write frames as a video file."""

    def record(frames: Sequence[Image]) -> str:
        file = tmp_path / "clip.avi"
        writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 10, (640, 480))
        for frame in frames:
            writer.write(frame)
        writer.release()
        return str(file)

    return record


def files(folder: str) -> list[str]:
    return sorted(str(file) for file in Path(folder).rglob("*") if file.is_file())


def test_a_video_becomes_numbered_photos(
    record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = record([nobody(), *(alone(EILEEN, width) for width in (110, 150, 190))])
    assert main(["enroll", "video", clip, "--name", "Eileen", "--max", "2"]) == 0
    assert main(["enroll", "video", clip, "--name", "Eileen", "--every", "3"]) == 0
    assert files("photos") == [f"photos/Eileen/Eileen{number}.jpg" for number in (1, 2, 3)]
    told = capsys.readouterr().out
    assert "of 4 frames 3 show the subject well, 0 somebody else, no_face 1" in told
    assert "saved 2 photos of Eileen: photos/Eileen/Eileen1.jpg to Eileen2.jpg" in told
    assert "of 2 frames 1 show the subject well" in told


def test_a_video_without_a_usable_face_says_why(
    record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["enroll", "video", record([nobody()] * 2), "--name", "Kim"]) == 7
    assert "of 2 frames 0 show the subject well" in capsys.readouterr().err
    assert not Path("photos").exists()


def test_a_video_of_two_people_is_refused(
    record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    own = [alone(EILEEN, width) for width in (110, 130, 150, 170)]
    clip = record([*own, alone(GRACE, 120), alone(GRACE, 150)])
    assert main(["enroll", "video", clip, "--name", "Eileen"]) == 7
    assert "shows two people about as often, 4 and 2 frames" in capsys.readouterr().err
    assert not Path("photos").exists()
    clip = record([*own, alone(GRACE, 120)])
    assert main(["enroll", "video", clip, "--name", "Eileen"]) == 0


@pytest.mark.parametrize("name", ["a/b", "..", "K" * 300, ".kim"])
@pytest.mark.parametrize("way", ["video", "camera"])
def test_a_name_that_no_folder_can_have_is_told_before_anything_is_done(
    way: str, name: str, record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = record([alone()])
    named = [clip, "--name", name] if way == "video" else [name, "--camera", clip]
    assert main(["enroll", way, *named]) == 7
    assert "nam" in capsys.readouterr().err
    assert files(".") == ["clip.avi"]


def test_what_is_no_video_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("text.mp4").write_text("no video")
    assert main(["enroll", "video", "text.mp4", "--name", "Kim"]) == 4
    assert "cannot be opened as a video" in capsys.readouterr().err
    assert main(["enroll", "video", "gone.mp4", "--name", "Kim"]) == 4
    assert main(["enroll", "video", "rtsp://host/door", "--name", "Kim"]) == 7
    assert "faceidd enroll camera" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--max", "0"], ["--every", "-1"], []])
def test_a_wrong_number_and_no_name_are_usage(options: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["enroll", "video", "clip.avi", *(["--name", "Kim"] if options else []), *options])
    assert ended.value.code == 2


def test_photos_are_copied_as_named(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("photos") / "Kim1.png", alone())
    command = ["enroll", "augment", "photos", "--into", "copies", "--count", "3"]
    assert main([*command, "--start", "7", "--tilt", "-5", "5", "--flip"]) == 0
    assert files("copies") == [f"copies/Kim/Kim{number}.jpg" for number in (7, 8, 9)]
    assert "made 3 copies of photos of 1 people in copies" in capsys.readouterr().out
    assert main([*command, "--contrast", "2", "1"]) == 7
    assert "contrast cannot go from 2 to 1" in capsys.readouterr().err


def test_the_six_changes_are_mixed_where_none_is_named() -> None:
    write(Path("photos") / "Kim1.png", alone())
    assert main(["enroll", "augment", "photos", "--into", "copies", "--mix", "1"]) == 0
    assert len({Path(file).read_bytes() for file in files("copies")}) == 10


def test_a_recording_serves_as_a_camera(record: Record, capsys: pytest.CaptureFixture[str]) -> None:
    clip = record([alone(EILEEN, 160)] * 8)
    assert main(["enroll", "camera", "Eileen", "--camera", clip]) == 0
    assert files("photos") == ["photos/Eileen/Eileen1.jpg"]
    told = capsys.readouterr().out
    assert "front: taken, photos/Eileen/Eileen1.jpg" in told
    assert "took 1 photos of Eileen: front" in told
    assert "not taken: left, right, up, down" in told
    assert not Path("preview.jpg").exists()


def test_a_picture_of_the_admins_is_not_taken_for_the_preview(
    record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    write(Path("preview.jpg"), nobody())
    before = Path("preview.jpg").read_bytes()
    assert main(["enroll", "camera", "Kim", "--camera", record([alone()])]) == 7
    assert "preview.jpg is there already" in capsys.readouterr().err
    assert Path("preview.jpg").read_bytes() == before
    assert not Path("photos").exists()


def test_a_camera_that_shows_nobody_takes_nothing(
    record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["enroll", "camera", "Kim", "--camera", record([nobody()] * 2)]) == 7
    assert "no photo of Kim was taken" in capsys.readouterr().err
    assert main(["enroll", "camera", "Kim", "--camera", "/dev/video97"]) == 4
    assert files(".") == ["clip.avi"]
