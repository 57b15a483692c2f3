"""The daemon as it runs at a door: a live camera, a real broker, real people."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.mjpeg_camera import MjpegCamera
from support.mosquitto import Mosquitto, MosquittoUnavailableError
from support.subscriber import Message, Subscriber

from faceidd.cli.main import main
from faceidd.events.mqtt import MqttSettings, TlsSettings

FPS = 20
EMPTY_S = 3
"""Longer than a visit's gap."""
OTHERS = ("0001", "0002", "0004", "0005")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    folder = tmp_path / "broker"
    folder.mkdir()
    try:
        mosquitto = Mosquitto(folder)
    except MosquittoUnavailableError as error:
        pytest.skip(str(error))
    with mosquitto:
        yield mosquitto


@pytest.fixture
def subscriber(broker: Mosquitto) -> Iterator[Subscriber]:
    login = broker.subscriber_login
    settings = MqttSettings(
        host=broker.host,
        port=broker.port,
        door="front",
        client_id="subscriber",
        username=login.username,
        password=login.password,
        tls=TlsSettings(ca=broker.ca_file),
    )
    with Subscriber(settings) as subscriber:
        yield subscriber


def sequence(faces: Path, person: str) -> list[bytes]:
    """The person's 120 frames of session 3, in the order of time."""
    folder = faces / "video" / "nuaa_live_seq" / f"{person}_s03"
    files = sorted(folder.glob("*.jpg"), key=lambda file: int(file.stem.rpartition("_")[2]))
    assert len(files) == 120
    return [file.read_bytes() for file in files]


def nobody() -> list[bytes]:
    _, jpeg = cv2.imencode(".jpg", np.full((480, 640, 3), 90, np.uint8))
    return [jpeg.tobytes()] * (EMPTY_S * FPS)


def enroll(faces: Path, person: str, folder: Path, models: Path) -> Path:
    """Enroll the person and others from their sessions 1 and 2."""
    photos = folder / "photos"
    for one in (person, *OTHERS):
        (photos / one).mkdir(parents=True)
        for photo in sorted((faces / "nuaa_live" / one).glob("*.jpg")):
            if photo.stem.split("_")[3] != "03":
                shutil.copy(photo, photos / one)
    gallery = folder / "gallery.safetensors"
    command = ["enroll", "folder", str(photos), "--models", str(models), "--skip-bad"]
    command += ["--gallery", str(gallery)]
    assert main(command) == 0
    return gallery


def write_config(folder: Path, broker: Mosquitto, camera: str, models: Path, gallery: Path) -> Path:
    (folder / "password").write_text(broker.door_login.password)
    (folder / "password").chmod(0o600)
    config = {
        "door": {"id": "front", "pin_factory": "simulated", "pulse_s": 1.0},
        "camera": {"source": camera},
        "models": {"dir": str(models)},
        "gallery": {"file": str(gallery)},
        "policy": {"state_dir": "state"},
        "mqtt": {
            "host": broker.host,
            "port": broker.port,
            "username": broker.door_login.username,
            "password_file": "password",
            "tls": {"ca": str(broker.ca_file)},
        },
    }
    file = folder / "faceidd.yaml"
    file.write_text(json.dumps(config))  # JSON is YAML
    return file


def play(
    config: Path, subscriber: Subscriber, last: str
) -> tuple[list[dict[str, object]], list[Message]]:
    """Run the daemon until an event of the type `last`, end it, return what was told."""
    command = [sys.executable, "-m", "faceidd", "run", "--config", str(config)]
    with subprocess.Popen(command) as daemon:
        try:
            subscriber.wait_status("online")
            told = [subscriber.next_news()]
            while not told[-1].topic.endswith(f"/event/{last}"):
                told.append(subscriber.next_news())
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(60) == 0
        finally:
            daemon.kill()
    offline = subscriber.wait_status("offline")
    assert offline.topic == "faceidd/front/status"
    return [json.loads(message.text) for message in told], told


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("person", "stranger", "known_first"), [("0006", "0007", True), ("0007", "0006", False)]
)
def test_the_enrolled_person_opens_the_door_once_and_another_does_not(
    person: str,
    stranger: str,
    known_first: bool,
    faces_dir: Path,
    models_dir: Path,
    tmp_path: Path,
    broker: Mosquitto,
    subscriber: Subscriber,
) -> None:
    gallery = enroll(faces_dir, person, tmp_path, models_dir)
    visits = [sequence(faces_dir, person), sequence(faces_dir, stranger)]
    first, second = visits if known_first else reversed(visits)
    with MjpegCamera([*nobody(), *first, *nobody(), *second], fps=FPS) as camera:
        config = write_config(tmp_path, broker, camera.url, models_dir, gallery)
        last = "stranger_seen" if known_first else "door_closed"
        events, messages = play(config, subscriber, last)

    opening = ["person_recognized", "door_opened", "door_closed"]
    expected = [*opening, "stranger_seen"] if known_first else ["stranger_seen", *opening]
    assert [event["type"] for event in events] == expected
    by_type = {event["type"]: event for event in events}
    recognized, stranger_seen = by_type["person_recognized"], by_type["stranger_seen"]
    assert recognized["person"] == person
    assert by_type["door_opened"]["visit"] == recognized["visit"] != stranger_seen["visit"]
    assert "person" not in stranger_seen
    assert by_type["door_closed"]["cause"] == "pulse_over"
    assert 1000 <= by_type["door_closed"]["open_ms"] < 2000  # type: ignore[operator]  # JSON
    for message in messages:
        assert (message.qos, message.retained) == (1, False)
        assert message.expiry_s is not None
