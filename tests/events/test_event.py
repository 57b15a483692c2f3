"""Events as they are written and read."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from support.forms import faults

from faceidd.access.decision import Reason
from faceidd.access.ruling import Ground
from faceidd.camera.health import PictureFault
from faceidd.door.change import Cause
from faceidd.door.signal import InputName
from faceidd.door.situation import Alert
from faceidd.door.state import State
from faceidd.events.command_check import Refusal
from faceidd.events.envelope import Stamp, Worth, envelope
from faceidd.events.event import (
    TYPES,
    AccessDenied,
    CommandObeyed,
    CommandRefused,
    DoorAlert,
    DoorClosed,
    DoorIdentified,
    DoorOpened,
    DoorStateChanged,
    DuressSignaled,
    Event,
    FaceRejected,
    PersonRecognized,
    StrangerSeen,
    parse,
)
from faceidd.events.health import Health, OutboxHealth
from faceidd.events.upkeep import (
    CameraAlert,
    CameraBack,
    CameraLost,
    ConfigurationChanged,
    ConfigurationRefused,
    DaemonStarted,
    EventsDropped,
    GalleryChanged,
    GalleryRefused,
    GalleryVersion,
    HealthReported,
    Loss,
    Lost,
    PolicyChanged,
)
from faceidd.face.quality import Rejection
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Normalization
from faceidd.units import Seconds

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
STAMP = Stamp(door="front", time=NOON, expires_at=NOON + timedelta(seconds=60))
GALLERY = GalleryVersion(version=7, sha256="a" * 64, people=3)
EVENTS: list[Event] = [
    PersonRecognized(
        **STAMP,
        visit="v1",
        person="p-mina",
        name="Mina",
        metric=Metric.COSINE,
        normalization=Normalization.NONE,
        value=0.75,
        frames=3,
        latency_ms=250,
    ),
    StrangerSeen(
        **STAMP,
        visit="v2",
        reason=Reason.AMBIGUOUS,
        metric=Metric.EUCLIDEAN_L2,
        normalization=Normalization.NONE,
        value=1.25,
        frames=5,
    ),
    StrangerSeen(
        **STAMP,
        visit="v2",
        reason=Reason.STRANGER,
        metric=None,
        normalization=None,
        value=None,
        frames=5,
    ),
    FaceRejected(**STAMP, reason=Rejection.COVERED, frames=10, total=12),
    AccessDenied(**STAMP, visit="v1", person="p-mina", ground=Ground.LOCKDOWN, rule="lockdown"),
    CommandObeyed(**STAMP, command="unlock", key="desk", nonce="0" * 32),
    CommandRefused(
        **STAMP, reason=Refusal.REPLAYED, command="unlock", key="desk", nonce="0" * 32, untold=3
    ),
    DoorIdentified(
        **STAMP, version="1", boot="b", up_s=5, people=3, policy="0" * 64, lockdown=False
    ),
    DuressSignaled(**STAMP, visit="v1", person="p-mina", sign="pin"),
    DoorOpened(**STAMP, visit="v1"),
    DoorOpened(**STAMP, visit=None, cause=Cause.EXIT),
    DoorClosed(**STAMP, visit="v1", open_ms=3000, cause=Cause.PULSE_OVER),
    DoorStateChanged(**STAMP, state=State.HELD, was=State.OPEN),
    DoorAlert(
        **STAMP, alert=Alert.LINE_FAULT, active=True, state=State.LOCKED, line=InputName.FIRE
    ),
    CameraLost(**STAMP, reason="no such device", losses=1),
    CameraBack(**STAMP, lost_ms=1500),
    CameraAlert(**STAMP, alert=PictureFault.COVERED, active=True, detail="no detail"),
    GalleryChanged(**STAMP, was=None, now=GALLERY),
    GalleryRefused(**STAMP, reason="it is damaged. Copy it again."),
    PolicyChanged(**STAMP, was=None, now="1" * 64),
    ConfigurationChanged(**STAMP, was="0" * 64, now="1" * 64),
    ConfigurationRefused(**STAMP, reason="needs a restart: door.pin"),
    DaemonStarted(**STAMP, version="1", boot="b"),
    HealthReported(
        **STAMP,
        health=Health(
            version="1",
            boot="b",
            up_s=5,
            camera_online=True,
            outbox=OutboxHealth(durable=True, waiting=0, dropped=0),
        ),
    ),
    EventsDropped(**STAMP, lost=(Lost(reader="mqtt", loss=Loss.TOO_OLD, events=3),)),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_an_event_has_the_form_that_is_published(event: Event) -> None:
    stream = "alarm" if event.worth is Worth.ALARM else "event"
    assert faults(f"faceidd/front/{stream}/{event.type}", event.model_dump_json()) == []


def test_every_type_is_here() -> None:
    assert {type(event) for event in EVENTS} == set(TYPES)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_an_event_survives_the_wire(event: Event) -> None:
    assert parse(event.model_dump_json()) == event


def test_the_wire_form_is_what_was_promised() -> None:
    event = EVENTS[0]
    assert json.loads(event.model_dump_json()) == {
        "schema": "faceidd.event/1",
        "type": "person_recognized",
        "id": event.id,
        "time": "2026-05-04T12:00:00Z",
        "expires_at": "2026-05-04T12:01:00Z",
        "age_ms": 0,
        "door": "front",
        "site": None,
        "trace": None,
        "visit": "v1",
        "person": "p-mina",
        "name": "Mina",
        "metric": "cosine",
        "normalization": "none",
        "value": 0.75,
        "frames": 3,
        "latency_ms": 250,
    }


def test_every_event_has_an_id_of_its_own() -> None:
    assert len({DoorOpened(**STAMP, visit="v1").id for _ in range(100)}) == 100


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        EVENTS[0].door = "back"  # type: ignore[misc]  # what is tested


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "faceidd.event/2"},
        {"schema": None},
        {"type": "door_exploded"},
        {"type": None},
        {"id": None},
        {"embedding": [0.5, 0.5]},
        {"id": "17"},
        {"id": "f47ac10b-58cc-4372-a567-0e02b2c3d479"},  # of version 4
        {"value": "NaN"},
        {"value": float("inf")},
        {"time": "2026-05-04T12:00:00"},
        {"expires_at": "2026-05-04T12:00:00Z"},
        {"frames": -1},
    ],
    ids=str,
)
def test_what_is_no_event_of_this_version_is_refused(change: dict[str, object]) -> None:
    fields = json.loads(EVENTS[0].model_dump_json()) | change
    with pytest.raises(ValueError, match=r"validation error|says its (schema|id)"):
        parse(json.dumps({key: value for key, value in fields.items() if value is not None}))


@given(st.one_of(st.binary(), st.text()))
def test_nonsense_is_refused(payload: str | bytes) -> None:
    with pytest.raises(ValueError, match="validation error"):
        parse(payload)


def test_times_are_told_in_utc() -> None:
    seoul = timezone(timedelta(hours=9))
    event = DoorOpened(
        door="front",
        time=NOON.astimezone(seoul),
        expires_at=NOON.astimezone(seoul) + timedelta(seconds=1),
        visit="v1",
    )
    assert '"time":"2026-05-04T12:00:00Z"' in event.model_dump_json()


def test_an_envelope_counts_from_when_it_happened() -> None:
    before = datetime.now(UTC)
    stamp = envelope("front", Seconds(60), age=Seconds(2.5))
    after = datetime.now(UTC)
    assert before <= stamp["time"] + timedelta(seconds=2.5) <= after
    assert stamp["age_ms"] == 2500
    assert stamp["expires_at"] - stamp["time"] == timedelta(seconds=60)
