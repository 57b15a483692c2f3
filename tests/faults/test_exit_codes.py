"""Every fault a person can cause has its message, its exit code, and a door that stays shut."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from ruamel.yaml import YAML
from support.held_port import HeldPort
from support.portraits import EILEEN, Visitor, picture, scene

from faceidd.cli.main import main
from faceidd.events.envelope import Worth
from faceidd.events.event import TYPES
from faceidd.gallery.file import load_gallery, save_gallery

Doctor = Callable[[dict[str, dict[str, object]]], None]
"""Changes the sound configuration into a faulty one."""


@pytest.fixture(scope="session")
def sound(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with photos, a gallery, a video of the enrolled person, and a configuration."""
    folder = tmp_path_factory.mktemp("door")
    (folder / "photos").mkdir()
    cv2.imwrite(str(folder / "photos" / "Eileen1.png"), picture(EILEEN))
    gallery = folder / "gallery.safetensors"
    enroll = ["enroll", "folder", str(folder / "photos"), "--min-face-px", "90"]
    assert main([*enroll, "--models", str(models_dir), "--gallery", str(gallery)]) == 0
    frame = scene(Visitor(EILEEN, 180, (320, 240)))
    video = cv2.VideoWriter(
        str(folder / "visit.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 20, (640, 480)
    )
    for _ in range(10):
        video.write(frame)
    video.release()
    write(
        folder,
        {
            "door": {"pin_factory": "simulated", "pulse_s": 0.2},
            "camera": {"source": "visit.avi", "pace": "as_fast_as_possible"},
            "models": {"dir": str(models_dir)},
            "gallery": {"file": "gallery.safetensors"},
        },
    )
    return folder


@pytest.fixture
def door(sound: Path, tmp_path: Path) -> Path:
    """The sound folder, for one test to spoil."""
    shutil.copytree(sound, tmp_path / "door")
    return tmp_path / "door"


def write(folder: Path, config: dict[str, dict[str, object]]) -> None:
    with (folder / "faceidd.yaml").open("w") as file:
        YAML(typ="safe").dump(config, file)


NEWS = {one.model_fields["type"].default for one in TYPES if one.worth is Worth.NEWS}


def change(folder: Path, doctor: Doctor) -> None:
    config = YAML(typ="safe").load(folder / "faceidd.yaml")
    doctor(config)
    write(folder, config)


def run(folder: Path) -> int:
    return main(["run", "--config", str(folder / "faceidd.yaml")])


def told(log: pytest.LogCaptureFixture) -> list[str]:
    """Types of the news in the log, in their order."""
    lines = [record.message for record in log.records if record.name == "faceidd.events.log"]
    types = [line.split()[0] for line in lines]
    return [one for one in types if one in NEWS]


@pytest.fixture
def log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> pytest.LogCaptureFixture:
    """The log, which the command line would otherwise take away from the test."""
    monkeypatch.setattr("faceidd.cli.main.set_up_log", lambda **_: None)
    caplog.set_level("INFO")
    return caplog


def test_without_a_fault_the_door_opens(door: Path, log: pytest.LogCaptureFixture) -> None:
    assert run(door) == 0
    assert told(log) == ["person_recognized", "door_opened", "door_closed"]


@pytest.mark.parametrize(
    ("doctor", "code", "says"),
    [
        pytest.param(
            lambda c: c["camera"].update(sorce=1), 3, "did you mean 'source'", id="unknown key"
        ),
        pytest.param(
            lambda c: c["door"].update(pulse_s=99), 3, "door.pulse_s", id="value out of range"
        ),
        pytest.param(
            lambda c: c["camera"].update(source="faceidd.yaml"), 4, "faceidd.yaml", id="not a video"
        ),
        pytest.param(
            lambda c: c["camera"].update(source="rtmp://door/"), 4, "scheme", id="no such stream"
        ),
        pytest.param(
            lambda c: c["camera"].update(source="gone.mp4"), 4, "does not exist", id="no video"
        ),
        pytest.param(
            lambda c: c["models"].update(dir="nowhere"), 5, "faceidd model build", id="no model"
        ),
        pytest.param(
            lambda c: c["models"].update(variant="int4"), 5, "no variant int4", id="no variant"
        ),
        pytest.param(
            lambda c: c["gallery"].update(file="gone"), 6, "faceidd enroll", id="no gallery"
        ),
        pytest.param(
            lambda c: c["models"].update(variant="float16"),
            6,
            "enrolled with facenet int8",
            id="gallery of another model",
        ),
        pytest.param(lambda c: c["door"].update(pin="GPIO99"), 8, "GPIO99", id="no such pin"),
    ],
)
def test_what_is_missing_or_wrong_is_told(
    doctor: Doctor,
    code: int,
    says: str,
    door: Path,
    capsys: pytest.CaptureFixture[str],
    log: pytest.LogCaptureFixture,
) -> None:
    change(door, doctor)
    assert run(door) == code
    message = capsys.readouterr().err
    assert message.startswith("faceidd: ")
    assert says in message
    assert told(log) == []


def test_a_changed_byte_in_the_model_refuses_to_start(
    door: Path, models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(models_dir, door / "models")
    (weights,) = (door / "models" / "facenet").glob("int8-*.tflite")
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    change(door, lambda c: c["models"].update(dir="models"))
    assert run(door) == 5
    assert weights.name in capsys.readouterr().err


def test_a_damaged_gallery_refuses_to_start(door: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = door / "gallery.safetensors"
    content = bytearray(file.read_bytes())
    content[-10] ^= 1
    file.write_bytes(content)
    assert run(door) == 6
    assert "damaged" in capsys.readouterr().err


def test_a_board_without_gpio_refuses_to_start(
    door: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if any(Path("/dev").glob("gpiochip*")):
        pytest.skip("this machine is a board with GPIO")
    change(door, lambda c: c["door"].update(pin_factory="lgpio"))
    assert run(door) == 8
    assert "pin_factory: simulated" in capsys.readouterr().err


def test_a_corrupt_photo_stops_the_enrollment(
    door: Path, models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (door / "photos" / "Grace1.jpg").write_bytes(b"\xff\xd8 this is no picture")
    before = (door / "gallery.safetensors").read_bytes()
    command = ["enroll", "folder", str(door / "photos"), "--models", str(models_dir)]
    assert main([*command, "--gallery", str(door / "gallery.safetensors")]) == 7
    message = capsys.readouterr().err
    assert "Grace1.jpg is no readable image" in message
    assert (door / "gallery.safetensors").read_bytes() == before


def test_enrolling_does_not_lock_anybody_out_unasked(
    door: Path, models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gallery = door / "gallery.safetensors"
    (door / "photos" / "Eileen1.png").rename(door / "photos" / "Lee1.png")
    command = ["enroll", "folder", str(door / "photos"), "--min-face-px", "90"]
    command += ["--models", str(models_dir), "--gallery", str(gallery)]
    assert main(command) == 7
    assert "not in these photos: Eileen" in capsys.readouterr().err
    assert [person.name for person in load_gallery(gallery).people] == ["Eileen"]
    assert main([*command, "--replace"]) == 0
    assert [person.name for person in load_gallery(gallery).people] == ["Lee"]


def test_an_absent_broker_is_told_by_its_own_check_and_stops_no_door(
    door: Path, capsys: pytest.CaptureFixture[str], log: pytest.LogCaptureFixture
) -> None:
    held = HeldPort()
    port = held.number
    change(door, lambda c: c.update(mqtt={"host": "127.0.0.1", "port": port}))
    assert main(["events", "check", "--config", str(door / "faceidd.yaml")]) == 9
    assert f"127.0.0.1:{port}" in capsys.readouterr().err
    assert run(door) == 0
    assert told(log) == ["person_recognized", "door_opened", "door_closed"]


@pytest.mark.parametrize(
    "mqtt",
    [{"tls": {"ca": "gone.pem"}}, {"username": "door", "password_file": "gone"}],
    ids=["no certificate", "no password"],
)
def test_a_wrong_way_to_the_broker_is_told_and_stops_no_door(
    mqtt: dict[str, object], door: Path, log: pytest.LogCaptureFixture
) -> None:
    change(door, lambda c: c.update(mqtt={"host": "127.0.0.1", **mqtt}))
    assert run(door) == 0
    assert "nothing is told over MQTT" in log.text
    assert told(log) == ["person_recognized", "door_opened", "door_closed"]


def test_a_looser_threshold_than_the_packs_is_told(
    door: Path, log: pytest.LogCaptureFixture
) -> None:
    change(door, lambda c: c.update(access={"threshold": 0.3}))
    assert run(door) == 0
    assert "looser than the model pack's 0.740" in log.text


def test_a_stranger_opens_nothing(door: Path, log: pytest.LogCaptureFixture) -> None:
    gallery = load_gallery(door / "gallery.safetensors")
    somebody_else = np.roll(gallery.vectors, 7, axis=1)
    save_gallery(replace(gallery, vectors=somebody_else), door / "gallery.safetensors")
    assert run(door) == 0
    assert told(log) == ["stranger_seen"]
