"""The door never waits for its audit log, and what could not be kept is known."""

import threading
from pathlib import Path

import pytest
from support.audited import KEY, WallClock, audit_log

from faceidd.audit.log import AuditLog
from faceidd.audit.record import Draft, Kind, read_record
from faceidd.audit.source import Folder
from faceidd.audit.verification import Report, verify
from faceidd.audit.writer import AuditWriter
from faceidd.units import Seconds

NEVER = Seconds(3600.0)


def checked(folder: Path) -> Report:
    return verify(Folder(folder), {KEY.public_key})


def said(folder: Path) -> list[tuple[str, object]]:
    content = next(folder.glob("*.jsonl")).read_bytes()
    records = [one for raw in content.split(b"\n") if (one := read_record(raw))]
    return [(one.fields["kind"], one.fields.get("n", one.fields.get("lost"))) for one in records]


def test_records_are_kept_in_their_order_and_signed_at_the_end(tmp_path: Path) -> None:
    writer = AuditWriter(audit_log(tmp_path / "audit", WallClock()))
    for number in range(500):
        writer.record(Kind.DENY, {"n": number})
    writer.close()
    writer.close()
    assert said(tmp_path / "audit") == [("deny", number) for number in range(500)]
    report = checked(tmp_path / "audit")
    assert report.findings == []
    assert report.signed == report.last
    assert (writer.written, writer.waiting, writer.lost, writer.fault) == (500, 0, 0, "")


def test_while_the_disk_refuses_records_wait_and_a_gap_says_what_found_no_room(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "audit"
    folder.write_text("in the place of the folder")
    writer = AuditWriter(audit_log(folder, WallClock()), most_waiting=5, retry_after=NEVER)
    for number in range(12):
        writer.record(Kind.DENY, {"n": number})
    assert (writer.waiting, writer.lost) == (5, 7)
    folder.unlink()
    writer.close()
    assert said(folder) == [*(("deny", number) for number in range(5)), ("gap", 7)]
    report = checked(folder)
    assert report.findings == []
    assert "7 records could not be kept" in report.notes[0]
    assert caplog.text.count("cannot be written") <= 1


def test_a_disk_that_refuses_to_the_end_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "audit"
    folder.write_text("in the place of the folder")
    writer = AuditWriter(audit_log(folder, WallClock()), retry_after=NEVER)
    writer.record(Kind.DENY, {})
    writer.close()
    assert "the door goes on" in caplog.text
    assert "1 records of the audit log were not kept" in caplog.text
    assert "exists" in writer.fault


def test_what_is_no_record_is_counted_and_stops_no_other(tmp_path: Path) -> None:
    writer = AuditWriter(audit_log(tmp_path / "audit", WallClock()))
    writer.record(Kind.DENY, {"value": float("inf")})
    writer.record(Kind.DENY, {"n": 1})
    writer.close()
    assert said(tmp_path / "audit") == [("deny", 1), ("gap", 1)]
    assert writer.lost == 1


def test_the_log_does_not_say_what_was_to_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(log: AuditLog, draft: Draft) -> None:
        raise RuntimeError(f"{log} does not take {draft}")

    with monkeypatch.context() as patched:
        patched.setattr(AuditLog, "append", fail)
        writer = AuditWriter(audit_log(tmp_path / "one", WallClock()), retry_after=NEVER)
        writer.record(Kind.DURESS, {"person": "p-mina"})
        writer.close()
    writer = AuditWriter(audit_log(tmp_path / "another", WallClock()))
    writer.record(Kind.DURESS, {"value": float("inf")})
    writer.close()
    assert "cannot be written" in caplog.text
    assert "was not kept" in caplog.text
    assert "duress" not in caplog.text
    assert "p-mina" not in caplog.text


class SlowLog(AuditLog):
    """A log on a disk that hangs until it is let go."""

    def __init__(self, log: AuditLog) -> None:
        self.__dict__.update(log.__dict__)
        self.writing, self.may_go_on = threading.Event(), threading.Event()

    def append(self, draft: Draft) -> None:
        self.writing.set()
        self.may_go_on.wait()
        super().append(draft)


def test_a_disk_that_hangs_holds_nobody_up(tmp_path: Path) -> None:
    log = SlowLog(audit_log(tmp_path / "audit", WallClock()))
    writer = AuditWriter(log, most_waiting=3)
    writer.record(Kind.DENY, {"n": 0})
    log.writing.wait()
    for number in range(1, 5):
        writer.record(Kind.DENY, {"n": number})  # comes back, or this test does not end
    assert writer.lost == 2
    log.may_go_on.set()
    writer.close()
    assert said(tmp_path / "audit") == [("deny", 0), ("deny", 1), ("deny", 2), ("gap", 2)]
