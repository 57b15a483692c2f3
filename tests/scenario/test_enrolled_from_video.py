"""From a video to a door that knows the person, by the commands that docs/enrollment.md tells."""

import json
from pathlib import Path

import pytest
from support.evaluation_faces import turning_head

from faceidd.camera.folder import natural_order
from faceidd.cli.main import main
from faceidd.gallery.file import load_gallery

SEQUENCES = {"Six": "0006_s03", "Seven": "0007_s03"}
EARLY, LATE = slice(0, 60, 4), slice(90, 102)


@pytest.fixture
def desk(
    tmp_path: Path, models_dir: Path, faces_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder with the early and the late part of each sequence, as videos of frames."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FACEIDD_MODELS", str(models_dir))
    monkeypatch.setattr("faceidd.cli.main.set_up_log", lambda **_: None)
    for name, sequence in SEQUENCES.items():
        frames = sorted(
            (faces_dir / "video" / "nuaa_live_seq" / sequence).iterdir(),
            key=lambda file: natural_order(file.name),
        )
        for part, rows in (("early", EARLY), ("late", LATE)):
            folder = tmp_path / name / part
            folder.mkdir(parents=True)
            for frame in frames[rows]:
                (folder / frame.name).symlink_to(frame)
    return tmp_path


def test_people_of_two_videos_are_told_apart_at_the_door(
    desk: Path, models_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in SEQUENCES:
        assert main(["enroll", "video", f"{name}/early", "--name", name, "--max", "5"]) == 0
    assert main(["enroll", "folder", "photos", "--gallery", "door.safetensors"]) == 0
    gallery = load_gallery(desk / "door.safetensors")
    assert [person.name for person in gallery.people] == ["Seven", "Six"]
    assert min(gallery.photos) >= 3, "every photo that was saved can be enrolled"

    for name in SEQUENCES:
        recognized, strangers = seen_at_the_door(f"{name}/late", models_dir, caplog)
        assert len(recognized) == 1
        assert f"person={name} " in recognized[0]
        assert not strangers


def test_a_clip_becomes_photos_a_gallery_and_a_known_person(
    desk: Path,
    models_dir: Path,
    faces_dir: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    clip = str(turning_head(faces_dir))
    assert main(["enroll", "video", clip, "--name", "Kim", "--max", "4"]) == 0
    assert "of 62 frames 62 show the subject well, 0 somebody else" in capsys.readouterr().out
    photos = sorted((desk / "photos" / "Kim").iterdir())
    assert [photo.name for photo in photos] == [f"Kim{number}.jpg" for number in (1, 2, 3, 4)]
    assert main(["enroll", "folder", "photos", "--gallery", "door.safetensors"]) == 0
    assert load_gallery(desk / "door.safetensors").photos.tolist() == [4]
    recognized, strangers = seen_at_the_door(clip, models_dir, caplog, min_face_px=60)
    assert len(recognized) == 1
    assert "person=Kim " in recognized[0]
    assert not strangers


def seen_at_the_door(
    source: str, models_dir: Path, caplog: pytest.LogCaptureFixture, min_face_px: int = 130
) -> tuple[list[str], list[str]]:
    """What a door that sees a video tells: who was recognized, and which strangers it saw."""
    config = {
        "door": {"pin_factory": "simulated", "pulse_s": 0.1},
        "camera": {"source": source, "pace": "as_fast_as_possible"},
        "detector": {"min_face_px": min_face_px},
        "models": {"dir": str(models_dir)},
        "gallery": {"file": "door.safetensors"},
    }
    Path("faceidd.yaml").write_text(json.dumps(config))
    caplog.set_level("INFO")
    caplog.clear()
    assert main(["run", "--config", "faceidd.yaml"]) == 0
    told = [one.message for one in caplog.records if one.name == "faceidd.events.log"]
    recognized = [line for line in told if line.startswith("person_recognized")]
    return recognized, [line for line in told if line.startswith("stranger_seen")]
