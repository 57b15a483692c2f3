"""`faceidd status`: what it says of a running daemon, and its exit codes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.measured import seen

from faceidd.camera.latest import CameraState
from faceidd.cli.main import main
from faceidd.cli.status import LOOK_AFTER
from faceidd.clock import monotonic
from faceidd.daemon.metrics_server import MetricsServer
from faceidd.daemon.metrics_state import MetricsState, Probes
from faceidd.door.situation import Situation
from faceidd.errors import ConfigError


class Camera:
    """A camera that can be unplugged."""

    def __init__(self) -> None:
        self.online = True

    def __call__(self) -> CameraState:
        return CameraState(online=self.online, losses=0)


@pytest.fixture
def camera() -> Camera:
    return Camera()


@pytest.fixture
def config(tmp_path: Path, camera: Camera, runtime_directory: Path) -> Iterator[Path]:
    """The configuration of a door whose metrics are served where they are by default."""
    (tmp_path / "gallery").write_bytes(b"")
    metrics = seen()
    probes = Probes(
        newest_frame=lambda: None if not camera.online else monotonic(),
        camera=camera,
        picture=tuple,
        door=Situation,
        broker=None,
        outbox=None,
        audit=None,
        gallery=tmp_path / "gallery",
        sync=tmp_path,
    )
    metrics.registry.register(MetricsState(probes))
    file = tmp_path / "faceidd.yaml"
    file.write_text("door:\n  id: back\n")
    server = MetricsServer(f"unix:{runtime_directory}/back.metrics.sock", metrics.text)
    yield file
    server.close()


def test_a_door_that_is_well_says_so(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--config", str(config)]) == 0
    first, *parts = capsys.readouterr().out.splitlines()
    assert first == "door back: ok"
    words = [part.split()[:2] for part in parts]
    assert words[:4] == [["camera", "ok"], ["door", "ok"], ["gallery", "ok"], ["broker", "off"]]


def test_what_is_to_be_looked_after_has_its_exit_code(
    config: Path, camera: Camera, capsys: pytest.CaptureFixture[str]
) -> None:
    camera.online = False
    assert main(["status", "--config", str(config), "--json"]) == LOOK_AFTER
    told = json.loads(capsys.readouterr().out)
    assert (told["door"], told["health"]) == ("back", "warn")
    assert told["parts"][0] == {"name": "camera", "health": "warn", "text": "lost"}
    assert {"name": "gallery_people", "labels": {}, "value": 1.0} in told["metrics"]


@pytest.mark.parametrize(
    ("listen", "code", "words"),
    [
        ("null", ConfigError.exit_code, "serves no metrics"),
        ("unix", 1, "no daemon answers"),
        ("127.0.0.1:9", 1, "no daemon answers"),
    ],
)
def test_a_daemon_that_does_not_answer_is_told(
    tmp_path: Path,
    runtime_directory: Path,
    capsys: pytest.CaptureFixture[str],
    listen: str,
    code: int,
    words: str,
) -> None:
    file = tmp_path / "faceidd.yaml"
    file.write_text(
        f"metrics: {{listen: '{listen}'}}" if listen != "null" else "metrics: {listen: null}"
    )
    assert not runtime_directory.exists()
    assert main(["status", "--config", str(file)]) == code
    assert words in capsys.readouterr().err
