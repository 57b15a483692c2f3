"""What is said of a camera, by looking through it and by asking the daemon that has it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.installations import found, installation, verdicts
from support.mjpeg_camera import MjpegCamera

from faceidd.camera.frame import Frame, Image
from faceidd.camera.latest import CameraState
from faceidd.checkup.camera import check_camera
from faceidd.clock import monotonic
from faceidd.daemon.metrics import Metrics
from faceidd.daemon.metrics_server import MetricsServer
from faceidd.daemon.metrics_state import MetricsState, Probes
from faceidd.daemon.status import read_metrics
from faceidd.door.situation import Situation
from faceidd.units import Seconds

BRIEF, LONG_ENOUGH = Seconds(1.6), Seconds(3.2)


def jpeg(image: Image) -> bytes:
    return cv2.imencode(".jpg", image)[1].tobytes()


@pytest.fixture
def place() -> list[bytes]:
    """Pictures of a place, with a sensor's noise."""
    chance = np.random.default_rng(1)
    squares = np.repeat(np.repeat(chance.integers(40, 200, (12, 16, 1)), 20, 0), 20, 1)
    grain = chance.normal(0, 3, (4, 240, 320, 3))
    return [jpeg(np.clip(squares + one, 0, 255).astype(np.uint8)) for one in grain]


def test_a_camera_that_is_well_is_measured(tmp_path: Path, place: list[bytes]) -> None:
    with MjpegCamera(place, fps=20) as camera:
        settings = {"camera": {"source": camera.url, "view_deg": 90}}
        checks = found(check_camera(installation(tmp_path, settings), BRIEF))
    assert [check.verdict for check in checks.values()] == ["ok", "skipped", "ok", "warn"]
    figures = checks["camera"].figures
    assert (figures["width_px"], figures["height_px"]) == (320, 240)
    assert isinstance(figures["fps"], float)
    assert 1 < figures["fps"] < 40
    # 320 pixels and 90 degrees are a focal length of 160 pixels: 0.15 m at 1 m are 24 of them.
    assert checks["camera.view"].figures["face_px_at_1_m"] == 24
    assert checks["camera.view"].figures["reach_m"] == 0.18
    assert checks["camera.view"].mend.startswith("lower detector.min_face_px")


def test_a_slow_camera_with_a_covered_lens_is_told(tmp_path: Path) -> None:
    dark = [jpeg(np.full((240, 320, 3), 60 + one, np.uint8)) for one in range(2)]
    with MjpegCamera(dark, fps=8) as camera:
        settings = {"camera": {"source": camera.url, "fps": 30, "width": 640, "height": 480}}
        checks = found(check_camera(installation(tmp_path, settings), LONG_ENOUGH))
    assert checks["camera"].verdict == "warn"
    assert "30 are asked for" in checks["camera"].reason
    picture = checks["camera.picture"]
    assert picture.verdict == "fail"
    assert picture.figures["covered"] is True
    assert "wrong_size: 320x240, not 640x480" in picture.reason
    assert "take away what is before the lens" in picture.mend


def test_a_camera_that_is_not_there_is_told_in_the_daemons_words(tmp_path: Path) -> None:
    settings = {"camera": {"source": "http://user:secret@127.0.0.1:9/video"}}
    checks = found(check_camera(installation(tmp_path, settings), BRIEF))
    assert checks["camera"].verdict == "fail"
    assert checks["camera"].mend
    assert "secret" not in str(checks["camera"])


class Running:
    """A daemon that has a camera, as far as its metrics tell."""

    def __init__(self, folder: Path, address: str) -> None:
        self.metrics, self.online, self.number = Metrics(), True, -1
        self.see()
        probes = Probes(
            newest_frame=lambda: self.metrics.newest_frame,
            camera=lambda: CameraState(online=self.online, losses=0),
            picture=tuple,
            door=Situation,
            broker=None,
            outbox=None,
            audit=None,
            gallery=folder / "gallery.safetensors",
            sync=folder,
        )
        self.metrics.registry.register(MetricsState(probes))
        self.server = MetricsServer(address, self.metrics.text)

    def see(self) -> None:
        """Take a frame, and lose one."""
        self.number += 2
        image = np.zeros((480, 640, 3), np.uint8)
        self.metrics.frame(Frame(image, monotonic(), self.number))


@contextmanager
def watching(daemon: Running) -> Iterator[None]:
    """Let a daemon see a frame each twentieth of a second."""
    over = threading.Event()

    def see() -> None:
        while not over.wait(0.05):
            daemon.see()

    thread = threading.Thread(target=see)
    thread.start()
    yield
    over.set()
    thread.join()


@pytest.fixture
def daemon(tmp_path: Path, runtime_directory: Path) -> Iterator[Running]:
    running = Running(tmp_path, f"unix:{runtime_directory}/front.metrics.sock")
    yield running
    running.server.close()


def test_a_running_daemon_says_what_its_camera_gives(tmp_path: Path, daemon: Running) -> None:
    settings = {"camera": {"source": "http://127.0.0.1:9/nobody-asks-there"}}
    one = installation(tmp_path, settings, samples=read_metrics(daemon.server.address))
    with watching(daemon):
        checks = found(check_camera(one, BRIEF))
    assert checks["camera"].verdict == "ok"
    assert "by the running daemon" in checks["camera"].reason
    fps = checks["camera"].figures["fps"]
    assert isinstance(fps, float)
    assert 5 < fps <= 80  # also the frames that nobody took
    assert checks["camera.view"].figures["face_px_at_1_m"] == pytest.approx(83.14)


def test_a_camera_that_the_daemon_has_lost_is_told(tmp_path: Path, daemon: Running) -> None:
    daemon.online = False
    one = installation(tmp_path, samples=read_metrics(daemon.server.address))
    assert verdicts(check_camera(one, BRIEF))["camera"] == "fail"


def test_the_camera_of_a_silent_daemon_is_left_alone(tmp_path: Path) -> None:
    one = installation(tmp_path, {"camera": {"source": "/dev/video9"}}, holder=77)
    assert verdicts(check_camera(one)) == {"camera": "skipped", "camera.formats": "skipped"}
