"""What is told of the device behind a door."""

import json
from pathlib import Path

import pytest
from support.evening import gallery
from support.hand_clock import HandClock

from faceidd.camera.health import PictureAlert, PictureFault
from faceidd.camera.latest import CameraState
from faceidd.daemon.config import Config
from faceidd.daemon.showing import Showing
from faceidd.daemon.upkeep import AGAIN_S, Upkeep
from faceidd.errors import GalleryError
from faceidd.events.event import Event
from faceidd.events.health import OutboxHealth
from faceidd.events.state_board import StateBoard
from faceidd.events.upkeep import CameraAlert

ONLINE = CameraState(online=True, losses=0)
OUTBOX = OutboxHealth(durable=True, waiting=2, dropped=0)
GALLERY, ANOTHER = "a" * 64, "b" * 64
POLICY = "b" * 64


class Device:
    """A door's daemon from one start to its end.

    Args:
        folder: What outlives it.
    """

    def __init__(self, folder: Path, **door: object) -> None:
        self.events: list[Event] = []
        self.board = StateBoard()
        self.clock = HandClock()
        self.outbox = OUTBOX
        self.config = Config.model_validate(
            {
                "door": door,
                "gallery": {"file": str(folder / "gallery")},
                "policy": {"state_dir": str(folder / "state")},
            }
        )
        showing = Showing(self.board, self.config)
        self.upkeep = Upkeep(
            self.config, self, showing, lambda: self.outbox, boot="b", clock=self.clock
        )

    def publish(self, event: Event) -> None:
        self.events.append(event)

    def close(self) -> None:
        """Nothing to do."""

    def told(self) -> list[str]:
        """Types of what was told since this was last asked."""
        types: list[str] = [event.type for event in self.events]
        self.events.clear()
        return types


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "gallery").write_bytes(b"a gallery")
    return tmp_path


def fail(_: object) -> None:
    """Stand for whom nothing can be told."""
    raise RuntimeError("out of order")


def test_what_a_door_runs_with_is_told_when_it_changed_since_the_last_time(folder: Path) -> None:
    first = Device(folder)
    first.upkeep.runs_with(gallery(), GALLERY, None)
    assert first.told() == ["gallery_changed", "configuration_changed"]
    first.upkeep.runs_with(gallery(), GALLERY, POLICY)
    assert first.told() == ["policy_changed"]
    same = Device(folder)
    same.upkeep.runs_with(gallery(), GALLERY, POLICY)
    assert same.told() == []
    other = Device(folder, id="front", pulse_s=5.0)
    other.upkeep.runs_with(gallery(), ANOTHER, None)
    changed = [
        event.model_dump(mode="json", include={"type", "was", "now"}) for event in other.events
    ]
    old, new = ({"version": 0, "sha256": digest, "people": 2} for digest in (GALLERY, ANOTHER))
    assert changed[0] == {"type": "gallery_changed", "was": old, "now": new}
    assert changed[1] == {"type": "policy_changed", "was": POLICY, "now": None}
    assert changed[2]["type"] == "configuration_changed"


def test_notes_that_cannot_be_read_or_written_stop_nothing(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "state").write_text("no folder")
    device = Device(folder)
    device.upkeep.runs_with(gallery(), GALLERY, None)
    device.upkeep.runs_with(gallery(), GALLERY, None)
    assert device.told() == ["gallery_changed", "configuration_changed"]
    assert "cannot be noted" in caplog.text


def test_a_gallery_that_was_refused_is_told_with_the_reason(folder: Path) -> None:
    device = Device(folder)
    device.upkeep.refused(GalleryError("it is damaged", do="copy it again"))
    (event,) = device.events
    assert json.loads(event.model_dump_json())["reason"] == "it is damaged. Copy it again."


def test_a_camera_that_was_lost_is_told_once_and_when_it_is_back(folder: Path) -> None:
    device = Device(folder)
    device.upkeep.poll(ONLINE)
    device.told()
    lost = CameraState(online=False, losses=1, reason="no such device")
    device.upkeep.poll(lost)
    device.clock.sleep(2.5)
    device.upkeep.poll(CameraState(online=False, losses=1, reason="still none"))
    back = CameraState(online=True, losses=1)
    device.upkeep.poll(back)
    device.upkeep.poll(back)
    gone, returned = device.events
    assert (gone.type, returned.type) == ("camera_lost", "camera_back")
    assert returned.model_dump()["lost_ms"] == 2500


def test_a_camera_that_was_lost_for_a_moment_between_two_looks_is_told(folder: Path) -> None:
    device = Device(folder)
    device.upkeep.poll(ONLINE)
    device.told()
    device.upkeep.poll(CameraState(online=True, losses=1))
    assert device.told() == ["camera_lost", "camera_back"]


@pytest.mark.parametrize("fails", ["publish", "show"])
def test_a_loss_that_could_not_be_told_is_told_later_with_its_age(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    device = Device(folder)
    device.upkeep.poll(ONLINE)
    device.told()

    lost = CameraState(online=False, losses=1, reason="no such device")
    target = device if fails == "publish" else device.board
    with monkeypatch.context() as broken:
        broken.setattr(target, fails, fail)
        device.upkeep.poll(lost)
    device.clock.sleep(AGAIN_S[0])
    device.upkeep.poll(lost)
    assert device.upkeep.loss_told
    device.clock.sleep(0.5)
    for _ in range(2):
        device.upkeep.poll(CameraState(online=True, losses=1))
    gone, returned = device.events
    assert (gone.type, returned.type) == ("camera_lost", "camera_back")
    assert returned.model_dump()["lost_ms"] == 1500
    shown = device.board.states["camera"].model_dump()
    assert (shown["online"], shown["losses"]) == (True, 1)


def test_a_loss_that_could_not_be_told_while_it_lasted_is_told_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = Device(folder)
    device.upkeep.poll(ONLINE)
    device.told()
    with monkeypatch.context() as broken:
        broken.setattr(device, "publish", fail)
        for reason in ("no such device", "still none"):
            device.upkeep.poll(CameraState(online=False, losses=1, reason=reason))
            device.clock.sleep(100)
    back = CameraState(online=True, losses=1)
    device.upkeep.poll(back)
    gone, returned = (event.model_dump() for event in device.events)
    assert (gone["type"], gone["reason"]) == ("camera_lost", "no such device")
    assert (returned["type"], returned["lost_ms"]) == ("camera_back", 200_000)
    assert (gone["age_ms"], returned["age_ms"]) == (200_000, 0)


def test_a_loss_counts_as_told_only_by_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, told = Device(folder), []

    def poll(camera: CameraState) -> None:
        device.upkeep.poll(camera)
        told.append(device.upkeep.loss_told)
        device.clock.sleep(AGAIN_S[0])

    poll(CameraState(online=False, losses=1, reason="no such device"))
    device.told()
    second = CameraState(online=False, losses=2, reason="unplugged")
    with monkeypatch.context() as broken:
        broken.setattr(device, "publish", fail)
        poll(CameraState(online=True, losses=1))
        poll(second)
    poll(second)
    assert told == [True, False, False, True]
    assert device.told() == ["camera_lost"]


def test_what_can_never_be_told_is_tried_ever_less_often(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    device = Device(folder)

    monkeypatch.setattr(device, "publish", fail)
    lost = CameraState(online=False, losses=1, reason="no such device")
    for _ in range(200):
        device.upkeep.poll(lost)
        device.clock.sleep(1.0)
    assert not device.upkeep.loss_told
    assert 5 < len(caplog.records) < 20


def test_a_blind_camera_is_told_with_its_end(folder: Path) -> None:
    device = Device(folder)
    at = device.clock()
    covered = PictureAlert(PictureFault.COVERED, active=True, at=at, detail="no detail")
    device.upkeep.poll(ONLINE)
    device.told()
    device.upkeep.picture(covered)
    shown = [device.board.states["camera"]]
    device.upkeep.poll(CameraState(online=True, losses=0))
    shown.append(device.board.states["camera"])
    device.upkeep.picture(PictureAlert(PictureFault.COVERED, active=False, at=at))
    shown.append(device.board.states["camera"])
    alerts = [one.model_dump(mode="json")["alerts"] for one in shown]
    assert alerts == [["covered"], ["covered"], []]
    begun, ended = device.events
    assert isinstance(begun, CameraAlert)
    assert isinstance(ended, CameraAlert)
    assert (begun.alert, begun.active, begun.detail) == ("covered", True, "no detail")
    assert (ended.alert, ended.active, ended.detail) == ("covered", False, "")


def test_health_is_told_now_and_then_and_when_events_are_no_longer_kept(folder: Path) -> None:
    device = Device(folder)
    device.upkeep.started()
    device.upkeep.poll(ONLINE)
    assert device.told() == ["daemon_started", "health_reported"]
    device.upkeep.poll(ONLINE)
    assert device.told() == []
    device.clock.sleep(301)
    device.upkeep.poll(ONLINE)
    (report,) = device.events
    assert report.model_dump(mode="json")["health"] == {
        "version": report.model_dump()["health"]["version"],
        "boot": device.upkeep.boot,
        "up_s": 301,
        "camera_online": True,
        "outbox": {"durable": True, "waiting": 2, "dropped": 0},
    }
    device.told()
    device.outbox = OUTBOX.model_copy(update={"durable": False})
    device.upkeep.poll(ONLINE)
    assert device.told() == ["health_reported"]
    assert "health" in device.board.states


@pytest.mark.parametrize("wordless", [MemoryError(), OSError()], ids=lambda one: type(one).__name__)
def test_what_says_nothing_of_itself_is_told_by_its_kind(folder: Path, wordless: Exception) -> None:
    device = Device(folder)
    device.upkeep.refused(wordless)
    assert device.told() == ["gallery_refused"]


def test_a_sink_that_fails_is_logged_and_fails_nobody(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    device = Device(folder)

    monkeypatch.setattr(device, "publish", fail)
    device.upkeep.started()
    device.upkeep.refused(GalleryError("it is damaged", do="copy it again"))
    assert len(caplog.records) == 2
