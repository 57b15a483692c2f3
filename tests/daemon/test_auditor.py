"""What happens at a door stands in its audit log, with reason, rule, person and scores."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from support.audited import KEY, WallClock, audit_log
from support.hand_clock import HandClock
from support.outcomes import MINA, grant, outcome
from support.people import embedding, gallery

from faceidd.access.decision import Reason, Verdict
from faceidd.access.ruling import Ground, Ruling
from faceidd.audit.query import Query, records
from faceidd.audit.source import Folder
from faceidd.audit.verification import verify
from faceidd.audit.writer import AuditWriter
from faceidd.daemon.auditor import Auditor
from faceidd.daemon.config import Config
from faceidd.daemon.metrics import Metrics
from faceidd.daemon.operating_point import OperatingPoint
from faceidd.daemon.recorded_telling import RecordedTelling
from faceidd.door.change import Cause, DoorChange, DoorNews
from faceidd.door.pulse import Answer, Pulse
from faceidd.door.situation import Situation
from faceidd.events.command_check import Refusal
from faceidd.events.log import LogSink
from faceidd.gallery.scale import Scale
from faceidd.units import Instant, Seconds

ALLOWED = Ruling(MINA.id, Ground.ALLOWED, "doors.front.allow", ())
LATE = Ruling(MINA.id, Ground.OUTSIDE_SCHEDULE, "doors.front.allow[0]", ())
KNOWN = gallery({MINA.id: [embedding(1.0, 0.0, 0.0)]})
POINT = OperatingPoint(Scale(), 0.5, None)
CHAIN = {"seq", "prev", "hash", "time", "boot", "door"}
SCORES = {
    "reason": "recognized",
    "frames": 3,
    "metric": "cosine",
    "normalization": "none",
    "value": 0.75,
    "threshold": 0.5,
    "margin": 0.5,
}


class Written:
    """An auditor at work, and what it wrote once it was closed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        clock = WallClock()
        self.auditor = Auditor(
            AuditWriter(audit_log(folder, clock), wall_clock=clock),
            "b1",
            clock=HandClock(1000.0),
            wall_clock=clock,
        )
        self.auditor.loaded(KNOWN, "e" * 64, None, POINT)
        self.telling = RecordedTelling(
            LogSink(),
            "front",
            Seconds(60.0),
            auditor=self.auditor,
            metrics=Metrics(),
            clock=HandClock(1000.0),
        )

    def all(self) -> list[dict[str, object]]:
        self.auditor.close()
        report = verify(Folder(self._folder), {KEY.public_key})
        assert report.findings == []
        return list(records(Folder(self._folder), Query()))

    def said(self) -> list[dict[str, object]]:
        """Without what was loaded, and the end."""
        return [
            {key: value for key, value in one.items() if key not in CHAIN}
            for one in self.all()
            if one["kind"] not in {"policy", "gallery", "stop"}
        ]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return Written(tmp_path / "audit")


def test_a_grant_says_who_by_which_rule_and_with_which_scores(written: Written) -> None:
    someone = grant(998.0)
    written.telling.outcome(someone)
    written.auditor.admitted(someone, ALLOWED, Answer.OPENED)
    written.auditor.admitted(someone, ALLOWED, Answer.OPENED)
    written.auditor.admitted(someone, ALLOWED, Answer.ALREADY_OPEN)
    granted = {
        "kind": "grant",
        "visit": "v1",
        "person": MINA.id,
        "answer": "opened",
        "ground": "allowed",
        "rule": "doors.front.allow",
        **SCORES,
    }
    assert written.said() == [granted, granted | {"kind": "deny", "answer": "already_open"}]


def test_a_record_is_dated_by_the_frame_it_rests_on(written: Written) -> None:
    written.auditor.admitted(grant(998.0), ALLOWED, Answer.OPENED)
    times = {one["kind"]: one["time"] for one in written.all()}
    assert times["grant"] == "2026-11-25T11:59:58.000000+00:00"
    assert times["stop"] == "2026-11-25T12:00:00.000000+00:00"


def test_a_stranger_is_a_denial_that_names_nobody(written: Written) -> None:
    written.telling.outcome(outcome(Verdict.DENY, 1000.0))
    (denied,) = written.said()
    assert denied == {"kind": "deny", "visit": "v1"} | SCORES | {
        "reason": "stranger",
        "value": 0.25,
    }


def test_somebody_who_has_expired_is_a_denial_that_names_them(written: Written) -> None:
    late = outcome(Verdict.DENY, 1000.0)
    expired = replace(late.decision, reason=Reason.EXPIRED)
    written.telling.outcome(replace(late, decision=expired))
    (denied,) = written.said()
    assert (denied["person"], denied["reason"]) == (MINA.id, "expired")


def test_a_denial_by_the_policy_has_the_scores_of_who_was_recognized(written: Written) -> None:
    written.telling.outcome(grant(1000.0))
    written.telling.denied("v1", LATE, Instant(1000.0))
    (denied,) = written.said()
    assert denied == {
        "kind": "deny",
        "visit": "v1",
        "person": MINA.id,
        "ground": "outside_schedule",
        "rule": "doors.front.allow[0]",
        **SCORES,
    }


def test_a_margin_to_nobody_and_a_gallery_of_nobody_have_no_numbers(written: Written) -> None:
    alone = outcome(Verdict.DENY, 1000.0)
    assert alone.decision.match is not None
    endless = replace(alone.decision.match, margin=float("inf"))
    written.telling.outcome(replace(alone, decision=replace(alone.decision, match=endless)))
    nobody = replace(alone.decision, match=None, reason=Reason.STRANGER)
    written.telling.outcome(replace(alone, visit="v2", decision=nobody))
    first, second = written.said()
    assert first["margin"] is None
    assert second == {"kind": "deny", "visit": "v2", "reason": "stranger", "frames": 3}


def test_commands_duress_and_the_door_are_written_down(written: Written) -> None:
    command = KEY.sign("unlock", "front", 1, 1000)
    written.telling.obeyed(command)
    written.telling.refused(None, Refusal.TOO_MANY, 4)
    written.telling.duress("v1", MINA.id, "pin", Instant(1000.0))
    opened = DoorChange(True, Instant(1000.0), Cause.GRANT, "v1", MINA)
    written.telling.change(opened)
    was = Situation(pulse=Pulse(Instant(1.0), Instant(2.0)))
    written.telling.news(DoorNews(Instant(1000.0), was, Situation(lockdown=True)))
    obeyed, refused, duress, door, state, alert = written.said()
    unlock = {"command": "unlock", "key": "front", "nonce": command.nonce}
    assert obeyed == {"kind": "command", "obeyed": True, **unlock}
    assert (refused["obeyed"], refused["reason"], refused["untold"]) == (False, "too_many", 4)
    assert (duress["kind"], duress["person"], duress["sign"]) == ("duress", MINA.id, "pin")
    assert (door["state"], door["cause"], door["visit"]) == ("opened", "grant", "v1")
    assert (state["was"], state["state"]) == ("unlocking", "lockdown")
    assert (alert["alert"], alert["active"]) == ("lockdown", True)


def test_what_was_loaded_is_written_down_when_it_changed(written: Written) -> None:
    written.auditor.started(Config())
    written.auditor.loaded(KNOWN, "e" * 64, "f" * 64, POINT)
    written.auditor.loaded(KNOWN, "e" * 64, "f" * 64, POINT)
    written.auditor.ends(ValueError("broken"))
    told = [(one["kind"], one.get("was"), one.get("people")) for one in written.all()]
    assert told == [
        ("policy", None, None),
        ("gallery", None, 1),
        ("start", None, None),
        ("configuration", None, None),
        ("policy", None, None),
        ("stop", None, None),
    ]
    assert written.all()[-1]["fault"] == "ValueError: broken"


def test_no_fault_of_it_reaches_the_door(
    written: Written, caplog: pytest.LogCaptureFixture
) -> None:
    broken = replace(grant(1000.0), decision=None)  # type: ignore[arg-type]  # a fault of ours
    written.auditor.admitted(broken, ALLOWED, Answer.OPENED)
    assert "the audit log lacks a record" in caplog.text


def test_a_fault_does_not_say_that_there_was_a_silent_alarm(
    written: Written, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(AuditWriter, "record", fail)
    with caplog.at_level(logging.INFO):
        written.auditor.admitted(grant(1000.0), ALLOWED, Answer.OPENED)
        written.auditor.duress("v1", MINA.id, "pin", Instant(1000.0))
    of_another, of_alarm = caplog.records
    assert of_another.getMessage() == of_alarm.getMessage()
    assert of_another.exc_info is of_alarm.exc_info is None
    with caplog.at_level(logging.DEBUG):
        caplog.clear()
        written.auditor.duress("v1", MINA.id, "pin", Instant(1000.0))
    assert "duress" not in caplog.text
    assert MINA.id not in caplog.text


def test_what_cannot_be_counted_is_told_and_written_down_all_the_same(
    written: Written, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("out of order")

    for count in ("outcome", "ruling", "command", "change"):
        monkeypatch.setattr(Metrics, count, fail)
    with caplog.at_level(logging.INFO):
        written.telling.outcome(grant(1000.0))
        written.telling.denied("v1", LATE, Instant(1000.0))
        written.telling.refused(None, Refusal.TOO_MANY, 0)
        written.telling.change(DoorChange(True, Instant(1000.0), Cause.GRANT, "v1", MINA))
    told = ("person_recognized", "access_denied", "command_refused", "door_opened")
    assert all(f"{kind} door=front" in caplog.text for kind in told)
    assert [one["kind"] for one in written.all()][-4:] == ["deny", "command", "door", "stop"]


def test_a_door_that_keeps_no_log_writes_none() -> None:
    auditor = Auditor(None, "b1")
    auditor.started(Config())
    auditor.admitted(grant(1000.0), ALLOWED, Answer.OPENED)
    auditor.close()
