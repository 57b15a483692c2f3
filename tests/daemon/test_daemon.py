"""The daemon starts as a list and stops in reverse, with the real models."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from support import daemon_process
from support.gpio_chip import Line, seen_in
from support.mjpeg_camera import MjpegCamera
from support.running import PATIENCE_S, Run
from support.small_door import FRAMES, Settings, jpeg, visit, write
from support.subscriber import Subscriber

from faceidd.access.decision import Verdict
from faceidd.camera.health import PictureHealth
from faceidd.daemon.attention import Attention
from faceidd.daemon.config import Config
from faceidd.daemon.daemon import Daemon
from faceidd.daemon.metrics import Metrics
from faceidd.daemon.watch import Look
from faceidd.door.relay import Relay, RelaySettings
from faceidd.door.simulated import SimulatedRelay
from faceidd.errors import CameraError, DoorError, FaceiddError, GalleryError
from faceidd.events.embedded import EmbeddedBroker
from faceidd.events.mqtt import MqttSettings

NOBODY = jpeg(np.full((480, 640, 3), 127, np.uint8))


class StickingRelay(SimulatedRelay):
    """A relay that cannot be released once it was energized."""

    def release(self) -> None:
        if self.energized:
            raise DoorError("the pin cannot be driven", do="check the wiring")
        super().release()


@pytest.fixture
def relays(monkeypatch: pytest.MonkeyPatch) -> list[Relay]:
    """The relays that a daemon has claimed."""
    claimed: list[Relay] = []

    def claim(settings: RelaySettings) -> Relay:
        claimed.append(SimulatedRelay(settings))
        return claimed[-1]

    monkeypatch.setattr("faceidd.daemon.daemon.open_relay", claim)
    return claimed


@pytest.fixture
def camera() -> Iterator[MjpegCamera]:
    """A camera before which nobody stands."""
    with MjpegCamera([NOBODY]) as camera:
        yield camera


@contextmanager
def heard(word: str) -> Iterator[threading.Event]:
    """Set once a line with that word is logged."""
    event = threading.Event()

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if word in record.getMessage():
                event.set()

    ear = Ear()
    logging.getLogger("faceidd").addHandler(ear)
    try:
        yield event
    finally:
        logging.getLogger("faceidd").removeHandler(ear)


def openings(relay: Relay) -> int:
    assert isinstance(relay, SimulatedRelay)
    return sum(level.high and level.driven for level in relay.history)


def is_grant(look: Look) -> bool:
    return any(outcome.decision.verdict is Verdict.GRANT for outcome in look.outcomes)


def test_a_recording_is_watched_to_its_end(settings: Settings) -> None:
    looks: list[Look] = []
    with Daemon(Config.model_validate(settings)) as daemon:
        daemon.run(threading.Event(), looks.append)
    assert [look.frame.sequence for look in looks] == list(range(FRAMES))
    assert is_grant(looks[-1])
    assert openings(daemon.relay) == 1
    assert isinstance(daemon.relay, SimulatedRelay)
    assert not daemon.relay.history[-1].driven


def test_what_surrounds_a_look_may_fail_and_the_door_still_opens(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ArithmeticError

    for owner, name in (
        (Metrics, "frame"), (Metrics, "look"), (PictureHealth, "judge"),
        (Attention, "wants"), (Attention, "note"),
    ):  # fmt: skip
        monkeypatch.setattr(owner, name, fail)
    looks: list[Look] = []
    with Daemon(Config.model_validate(settings)) as daemon:
        daemon.run(threading.Event(), looks.append)
    assert [look.frame.sequence for look in looks] == list(range(FRAMES))
    assert openings(daemon.relay) == 1
    assert caplog.text.count("is passed over") == 5


def test_a_daemon_that_is_to_stop_looks_at_nothing(settings: Settings) -> None:
    stop = threading.Event()
    stop.set()
    looks: list[Look] = []
    with Daemon(Config.model_validate(settings)) as daemon:
        daemon.run(stop, looks.append)
    assert looks == []


@pytest.mark.parametrize(
    ("section", "changes", "fault"),
    [
        ("camera", {"source": __file__}, CameraError),  # the last to fail
        ("gallery", {"file": "/nowhere.safetensors"}, GalleryError),
    ],
)
def test_what_was_started_is_stopped_when_a_later_part_fails(
    settings: Settings,
    relays: list[Relay],
    section: str,
    changes: dict[str, object],
    fault: type[FaceiddError],
) -> None:
    before = set(threading.enumerate())
    settings["mqtt"] = {"host": "127.0.0.1", "port": 9}
    settings[section].update(changes)
    with pytest.raises(fault):
        Daemon(Config.model_validate(settings))
    (relay,) = relays
    assert isinstance(relay, SimulatedRelay)
    assert openings(relay) == 0
    assert not relay.history[-1].driven
    assert set(threading.enumerate()) == before


def test_a_door_that_cannot_shut_ends_the_daemon(
    settings: Settings, camera: MjpegCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("faceidd.daemon.daemon.open_relay", StickingRelay)
    settings["camera"]["source"] = camera.url
    camera.show([jpeg(visit())])
    with Run(settings) as run:
        fault = run.ended.exception(PATIENCE_S)
        assert isinstance(fault, DoorError)
        assert "not released in 5 tries" in fault.what
    assert isinstance(run.daemon.relay, SimulatedRelay)
    assert not run.daemon.relay.history[-1].driven


def test_a_camera_that_was_lost_is_watched_again(settings: Settings, camera: MjpegCamera) -> None:
    settings["camera"]["source"] = camera.url
    with Run(settings) as run:
        run.wait_look(lambda look: not look.outcomes)
        camera.close()
        with MjpegCamera([jpeg(visit())], port=camera.port):
            run.wait_look(is_grant)
        assert openings(run.daemon.relay) == 1
        assert not run.ended.done()


def test_a_camera_that_comes_after_the_door_is_watched_and_its_absence_told(
    settings: Settings, camera: MjpegCamera, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    settings["camera"].update(source=camera.url, reconnect_max_s=1)
    camera.close()
    with heard("camera_lost") as lost, Run(settings) as run:
        assert lost.wait(PATIENCE_S)
        with MjpegCamera([jpeg(visit())], port=camera.port):
            run.wait_look(is_grant)
        assert openings(run.daemon.relay) == 1
    told = [one.message.split()[0] for one in caplog.records if one.name == "faceidd.events.log"]
    assert told.index("camera_lost") < told.index("camera_back") < told.index("person_recognized")


def test_a_camera_that_freezes_stops_no_door(settings: Settings, camera: MjpegCamera) -> None:
    settings["camera"].update(source=camera.url, read_timeout_s=0.2)
    with Run(settings) as run:
        run.wait_look(lambda look: not look.outcomes)
        camera.freeze()
        for _ in range(2):  # the second process that captures
            assert camera.viewers.acquire(timeout=PATIENCE_S)
        camera.show([jpeg(visit())])
        camera.thaw()
        run.wait_look(is_grant)
        assert openings(run.daemon.relay) == 1
        assert not run.ended.done()


def test_a_broker_that_dies_stops_no_door(settings: Settings, camera: MjpegCamera) -> None:
    settings["camera"]["source"] = camera.url
    with EmbeddedBroker() as broker:
        settings["mqtt"] = {"host": broker.host, "port": broker.port}
        listener = Subscriber(MqttSettings(broker.host, broker.port, "front", "listener"))
        with Run(settings) as run:
            with listener:
                listener.wait_status("online")
            broker.close()
            camera.show([jpeg(visit())])
            run.wait_look(is_grant)
            assert openings(run.daemon.relay) == 1
            assert not run.ended.done()


def test_a_disk_that_takes_nothing_stops_no_door_and_no_event(settings: Settings) -> None:
    settings["policy"]["state_dir"] = "/proc/nowhere"
    with EmbeddedBroker() as broker:
        settings["mqtt"] = {"host": broker.host, "port": broker.port}
        listener = MqttSettings(broker.host, broker.port, "front", "listener")
        with Subscriber(listener) as subscriber:
            with Daemon(Config.model_validate(settings)) as daemon:
                daemon.run(threading.Event())
            assert openings(daemon.relay) == 1
            types = [subscriber.next_news().topic.rsplit("/")[-1] for _ in range(2)]
            subscriber.wait_status("offline")
    assert types == ["person_recognized", "door_opened"]


def test_a_process_that_is_told_to_end_in_a_pulse_shuts_the_door(
    settings: Settings, camera: MjpegCamera, tmp_path: Path
) -> None:
    settings["door"] = {"pin_factory": "lgpio", "pulse_s": 30}
    settings["camera"]["source"] = camera.url
    camera.show([jpeg(visit())])
    with EmbeddedBroker() as broker:
        settings["mqtt"] = {"host": broker.host, "port": broker.port}
        listener = MqttSettings(broker.host, broker.port, "front", "listener")
        log = tmp_path / "log"
        config = write(settings, tmp_path)
        command: list[str | Path] = [sys.executable, daemon_process.__file__, log, config]
        tests = Path(__file__).parents[1]
        environment = {**os.environ, "PYTHONPATH": f"{tests}:{tests.parent}"}
        with (
            Subscriber(listener) as subscriber,
            subprocess.Popen(command, env=environment) as process,
        ):
            try:
                types = [subscriber.next_news().topic.rsplit("/")[-1] for _ in range(2)]
                process.send_signal(signal.SIGTERM)
                assert process.wait(PATIENCE_S) == 0
            finally:
                process.kill()
            closed = subscriber.next_news().text
            subscriber.wait_status("offline")
    assert types == ["person_recognized", "door_opened"]
    assert '"cause":"closed"' in closed
    energized, released, given_back = Line(True, 1), Line(True, 0), Line(False, 0)
    assert seen_in(log)[-3:] == [energized, released, given_back]
