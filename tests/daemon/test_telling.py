from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.hand_clock import HandClock
from support.outcomes import MINA, grant, outcome

from faceidd import __version__
from faceidd.access.decision import Reason, Verdict
from faceidd.access.rejections import RejectionNews
from faceidd.access.ruling import Ground, Ruling
from faceidd.daemon.telling import Telling
from faceidd.door.change import Cause, DoorChange, DoorNews
from faceidd.door.pulse import Pulse
from faceidd.door.signal import InputName
from faceidd.door.situation import Situation
from faceidd.events.command import PrivateKey
from faceidd.events.command_check import Refusal
from faceidd.events.event import DoorClosed, DoorOpened, Event, PersonRecognized, StrangerSeen
from faceidd.face.quality import Rejection
from faceidd.gallery.matcher import Match
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Scale
from faceidd.units import Instant, Seconds

LIFETIME = Seconds(20.0)
ENVELOPE = {"id", "time", "expires_at"}


class Listener:
    """A sink that keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, event: Event) -> None:
        self.events.append(event)

    def close(self) -> None:
        """Nothing to do."""


@pytest.fixture
def clock() -> HandClock:
    return HandClock(1000.0)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def telling(listener: Listener, clock: HandClock) -> Telling:
    return Telling(listener, "front", LIFETIME, clock)


def said(event: Event) -> dict[str, object]:
    return event.model_dump(mode="json", exclude=ENVELOPE)


def test_a_grant_says_who_and_how_long_it_took(telling: Telling, listener: Listener) -> None:
    telling.outcome(grant(999.75))  # its first frame was taken half a second before
    (event,) = listener.events
    assert said(event) == {
        "schema": "faceidd.event/1",
        "type": "person_recognized",
        "door": "front",
        "visit": "v1",
        "person": MINA.id,
        "name": MINA.name,
        "metric": "cosine",
        "normalization": "none",
        "value": 0.75,
        "frames": 3,
        "latency_ms": 750,
    }


def test_a_stranger_is_told_without_the_nearest_persons_name(
    telling: Telling, listener: Listener
) -> None:
    telling.outcome(outcome(Verdict.DENY, 1000.0, visit="v2"))
    (event,) = listener.events
    assert said(event) == {
        "schema": "faceidd.event/1",
        "type": "stranger_seen",
        "door": "front",
        "visit": "v2",
        "reason": "stranger",
        "metric": "cosine",
        "normalization": "none",
        "value": 0.25,
        "frames": 3,
    }
    assert MINA.id not in event.model_dump_json()
    assert MINA.name not in event.model_dump_json()


@pytest.mark.parametrize(
    ("reason", "why"),
    [(Reason.EXPIRED, "has expired"), (Reason.NOT_YET_VALID, "is not valid yet")],
)
def test_whom_the_gallery_refuses_is_named_in_the_log_only(
    telling: Telling, listener: Listener, caplog: pytest.LogCaptureFixture, reason: Reason, why: str
) -> None:
    denied = outcome(Verdict.DENY, 1000.0)
    telling.outcome(replace(denied, decision=replace(denied.decision, reason=reason)))
    (event,) = listener.events
    assert (said(event)["type"], said(event)["reason"]) == ("stranger_seen", reason)
    assert MINA.id not in event.model_dump_json()
    assert caplog.messages == [f"visit v1 is of {MINA.id}, who {why}"]


def test_a_stranger_at_a_door_that_knows_nobody_is_near_to_nobody(
    telling: Telling, listener: Listener
) -> None:
    denied = outcome(Verdict.DENY, 1000.0)
    telling.outcome(replace(denied, decision=replace(denied.decision, match=None)))
    (event,) = listener.events
    assert isinstance(event, StrangerSeen)
    assert (event.metric, event.value) == (None, None)


def test_who_may_be_either_of_two_is_told_so(telling: Telling, listener: Listener) -> None:
    denied = outcome(Verdict.DENY, 1000.0)
    telling.outcome(replace(denied, decision=replace(denied.decision, reason=Reason.AMBIGUOUS)))
    (event,) = listener.events
    assert isinstance(event, StrangerSeen)
    assert event.reason is Reason.AMBIGUOUS


def test_faces_that_cannot_be_judged_are_told(telling: Telling, listener: Listener) -> None:
    telling.rejection(RejectionNews(Rejection.COVERED, 10, 12, Instant(1000.0)))
    (event,) = listener.events
    assert said(event) == {
        "schema": "faceidd.event/1",
        "type": "face_rejected",
        "door": "front",
        "reason": "covered",
        "frames": 10,
        "total": 12,
    }


def test_values_are_rounded_to_what_they_are_worth(telling: Telling, listener: Listener) -> None:
    granted = grant(1000.0)
    match = Match(MINA, Scale(Metric.EUCLIDEAN_L2), 0.123456, 0.5)
    telling.outcome(replace(granted, decision=replace(granted.decision, match=match)))
    (event,) = listener.events
    assert isinstance(event, PersonRecognized)
    assert (event.metric, event.value) == (Metric.EUCLIDEAN_L2, 0.1235)


def test_what_is_undecided_is_told_to_nobody(telling: Telling, listener: Listener) -> None:
    telling.outcome(outcome(Verdict.UNDECIDED, 1000.0))
    assert listener.events == []


def test_the_door_tells_that_it_opened_and_closed(telling: Telling, listener: Listener) -> None:
    telling.change(DoorChange(True, Instant(997.0), Cause.GRANT, "v1", MINA))
    closed = DoorChange(False, Instant(1000.0), Cause.PULSE_OVER, "v1", MINA, Seconds(3.0004))
    telling.change(closed)
    about = {"schema": "faceidd.event/1", "door": "front", "visit": "v1"}
    assert list(map(said, listener.events)) == [
        {**about, "type": "door_opened", "cause": "grant"},
        {**about, "type": "door_closed", "open_ms": 3000, "cause": "pulse_over"},
    ]
    assert [type(event) for event in listener.events] == [DoorOpened, DoorClosed]


@pytest.mark.parametrize("cause", [Cause.CLOSED, Cause.FAULT])
def test_the_door_tells_why_it_closed(telling: Telling, listener: Listener, cause: Cause) -> None:
    telling.change(DoorChange(False, Instant(1000.0), cause, "v1", MINA, Seconds(0.0)))
    (event,) = listener.events
    assert isinstance(event, DoorClosed)
    assert (event.cause, event.open_ms) == (cause, 0)


def test_a_door_that_nobodys_face_opened_names_no_visit(
    telling: Telling, listener: Listener
) -> None:
    telling.change(DoorChange(True, Instant(1000.0), Cause.EXIT, None, None))
    (event,) = listener.events
    assert isinstance(event, DoorOpened)
    assert (event.visit, event.cause) == (None, Cause.EXIT)


def test_the_state_and_the_alerts_of_a_door_are_told(telling: Telling, listener: Listener) -> None:
    line = frozenset({InputName.CONTACT})
    forced = Situation(leaf_open=True, breached=True, faulty=line)
    telling.news(DoorNews(Instant(1000.0), Situation(), forced))
    about = {"schema": "faceidd.event/1", "door": "front"}
    alert = {**about, "type": "door_alert", "active": True, "state": "forced"}
    assert [said(event) for event in listener.events] == [
        {**about, "type": "door_state_changed", "state": "forced", "was": "locked"},
        {**alert, "alert": "forced", "line": None},
        {**alert, "alert": "line_fault", "line": "contact"},
    ]
    listener.events.clear()
    telling.news(DoorNews(Instant(1001.0), forced, Situation(faulty=line)))
    assert [said(event) for event in listener.events] == [
        {**about, "type": "door_state_changed", "state": "locked", "was": "forced"},
        {**alert, "alert": "forced", "active": False, "state": "locked", "line": None},
    ]


def test_what_the_relay_tells_is_not_told_twice(telling: Telling, listener: Listener) -> None:
    running = Situation(pulse=Pulse(Instant(1000.0), Instant(1003.0)))
    telling.news(DoorNews(Instant(1000.0), Situation(), running))
    telling.news(DoorNews(Instant(1003.0), running, Situation()))
    assert listener.events == []


@pytest.mark.parametrize("age_s", [0.0, 2.5])
def test_an_event_is_dated_by_what_it_tells_of_not_by_its_telling(
    telling: Telling, listener: Listener, clock: HandClock, age_s: float
) -> None:
    granted, opened = grant(1000.0), DoorChange(True, Instant(1000.0), Cause.GRANT, "v1", MINA)
    clock.sleep(age_s)
    before = datetime.now(UTC)
    telling.outcome(granted)
    telling.change(opened)
    after = datetime.now(UTC)
    age = timedelta(seconds=age_s)
    for event in listener.events:
        assert before - age <= event.time <= after - age
        assert event.expires_at - event.time == timedelta(seconds=LIFETIME)


def test_an_event_of_the_future_happened_now(
    telling: Telling, listener: Listener, clock: HandClock
) -> None:
    before = datetime.now(UTC)
    telling.outcome(grant(clock.now + 5))
    (event,) = listener.events
    assert before <= event.time <= datetime.now(UTC)
    assert isinstance(event, PersonRecognized)
    assert event.latency_ms == 0


def test_who_may_not_pass_is_told_with_the_rule(telling: Telling, listener: Listener) -> None:
    ruling = Ruling(MINA.id, Ground.OUTSIDE_SCHEDULE, "allow staff, office", ())
    telling.denied("v1", ruling, Instant(1000.0))
    (event,) = listener.events
    assert said(event) == {
        "schema": "faceidd.event/1",
        "type": "access_denied",
        "door": "front",
        "visit": "v1",
        "person": MINA.id,
        "ground": "outside_schedule",
        "rule": "allow staff, office",
    }


def test_the_silent_alarm_is_told(telling: Telling, listener: Listener) -> None:
    telling.duress("v1", MINA.id, "look", Instant(1000.0))
    (event,) = listener.events
    assert said(event) == {
        "schema": "faceidd.event/1",
        "type": "duress_signaled",
        "door": "front",
        "visit": "v1",
        "person": MINA.id,
        "sign": "look",
    }


def test_what_came_of_commands_is_told(telling: Telling, listener: Listener) -> None:
    command = PrivateKey.generate("desk").sign("unlock", "front", 1000, 1000)
    telling.obeyed(command)
    telling.refused(command, Refusal.REPLAYED, 0)
    telling.refused(None, Refusal.MALFORMED, 7)
    about = {"command": "unlock", "key": "desk", "nonce": command.nonce}
    nobody = dict.fromkeys(about)
    envelope = {"schema": "faceidd.event/1", "door": "front"}
    assert [said(event) for event in listener.events] == [
        {**envelope, "type": "command_obeyed", **about},
        {**envelope, "type": "command_refused", "reason": "replayed", "untold": 0, **about},
        {**envelope, "type": "command_refused", "reason": "malformed", "untold": 7, **nobody},
    ]


def test_a_door_says_what_it_is(telling: Telling, listener: Listener) -> None:
    telling.identity("a run", Seconds(12.4), 3, None, lockdown=True)
    (event,) = listener.events
    assert said(event) == {
        "schema": "faceidd.event/1",
        "type": "door_identified",
        "door": "front",
        "version": __version__,
        "boot": "a run",
        "up_s": 12,
        "people": 3,
        "policy": None,
        "lockdown": True,
    }
