from datetime import UTC, datetime

import pytest
from support.evening import gallery

from faceidd import __version__
from faceidd.camera.latest import CameraState
from faceidd.daemon.config import Config
from faceidd.daemon.showing import Showing
from faceidd.door.pulse import Pulse
from faceidd.door.situation import Situation
from faceidd.door.state import State
from faceidd.events.retained import RetainedDoor, RetainedState
from faceidd.events.state_board import StateBoard
from faceidd.sync.refused import Reason
from faceidd.sync.status import Failure, Held, Status
from faceidd.units import Instant

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
EDITION = "0f3a9c51d2e4b687"
PULSE = Pulse(Instant(1.0), Instant(4.0))


@pytest.fixture
def held() -> Held:
    """What a sync left: version 7."""
    return Held(
        edition=EDITION,
        version=7,
        published_at=NOON,
        model_id="told model",
        model_name="told",
        sha256="e" * 64,
        stamp=(1, 2, 3),
    )


def showing(**door: object) -> tuple[Showing, StateBoard]:
    board = StateBoard()
    return Showing(board, Config.model_validate({"door": {"site": "seoul", **door}})), board


def said(state: RetainedState) -> dict[str, object]:
    return state.model_dump(mode="json", exclude={"at", "schema_"})


def test_a_door_is_shown_with_its_leaf_and_its_alerts() -> None:
    shown, board = showing(contact={"pin": "GPIO27"})
    shown.door(Situation(pulse=PULSE, leaf_open=True, overdue=True, tampered=True))
    assert said(board.states["door"]) == {
        "door": "front",
        "site": "seoul",
        "state": "held",
        "unlocked": True,
        "open": True,
        "alerts": ["held", "tamper"],
    }


def test_a_door_without_a_contact_does_not_know_its_leaf() -> None:
    shown, board = showing()
    shown.door(Situation())
    door = board.states["door"]
    assert isinstance(door, RetainedDoor)
    assert door.open is None


@pytest.mark.parametrize(
    ("situation", "state"),
    [
        (Situation(pulse=PULSE), State.LOCKED),
        (Situation(pulse=PULSE, lockdown=True), State.LOCKDOWN),
    ],
)
def test_a_daemon_that_ends_in_a_pulse_leaves_no_door_shown_unlocked(
    situation: Situation, state: State
) -> None:
    shown, board = showing()
    shown.door(situation)
    shown.door_at_rest()
    door = board.states["door"]
    assert isinstance(door, RetainedDoor)
    assert (door.unlocked, door.state) == (False, state)


def test_a_gallery_is_shown_with_its_model_and_nobodys_name() -> None:
    shown, board = showing()
    shown.gallery(gallery(), "0" * 64, Status())
    assert said(board.states["gallery"]) == {
        "door": "front",
        "site": "seoul",
        "edition": None,
        "version": 0,
        "sha256": "0" * 64,
        "people": 2,
        "model_id": "told model",
        "model_name": "told",
        "published_at": None,
        "software": __version__,
        "sync": None,
    }


def test_a_gallery_that_was_synced_is_shown_as_what_it_was_published(held: Held) -> None:
    shown, board = showing()
    failure = Failure(reason=Reason.UNREACHABLE, text="no answer", since=NOON, count=2)
    status = Status(checked_at=NOON, good_at=NOON, held=held, failure=failure)
    shown.gallery(gallery(), held.sha256, status)
    shown_gallery = said(board.states["gallery"])
    assert (shown_gallery["edition"], shown_gallery["published_at"]) == (
        EDITION,
        "2026-11-25T12:00:00Z",
    )
    assert shown_gallery["sync"] == {
        "result": "unreachable",
        "checked_at": "2026-11-25T12:00:00Z",
        "latest": 7,
        "detail": "no answer",
    }


def test_a_gallery_that_runs_beside_the_synced_one_is_no_edition(held: Held) -> None:
    shown, board = showing()
    shown.gallery(gallery(), "f" * 64, Status(checked_at=NOON, good_at=NOON, held=held))
    shown_gallery = said(board.states["gallery"])
    assert (shown_gallery["edition"], shown_gallery["published_at"]) == (None, None)
    assert shown_gallery["sync"] == {
        "result": "good",
        "checked_at": "2026-11-25T12:00:00Z",
        "latest": 7,
        "detail": None,
    }


def test_a_lost_camera_is_shown_with_the_reason() -> None:
    shown, board = showing()
    shown.camera(CameraState(online=True, losses=0))
    shown.camera(CameraState(online=False, losses=1, reason="no such device"))
    state = board.states["camera"].model_dump(include={"online", "losses", "reason"})
    assert state == {"online": False, "losses": 1, "reason": "no such device"}
