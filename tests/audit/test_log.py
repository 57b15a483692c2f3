"""The log on the disk: days, seals, what a power cut leaves, and what is dropped."""

import json
import resource
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.audited import KEY, NOON, WallClock, audit_log, grant, write_log

from faceidd.audit.finding import Fault
from faceidd.audit.keeping import Keeping
from faceidd.audit.record import Draft, Kind, read_record
from faceidd.audit.seal import Seal, sign
from faceidd.audit.segment import HEAD
from faceidd.audit.source import Folder
from faceidd.audit.verification import Report, verify
from faceidd.errors import AuditError
from faceidd.events.command import PrivateKey


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "audit"


def checked(folder: Path) -> Report:
    return verify(Folder(folder), {KEY.public_key})


def files(folder: Path, pattern: str = "*.jsonl") -> list[Path]:
    return sorted(folder.glob(pattern))


def kinds(file: Path) -> list[str]:
    records = (read_record(raw) for raw in file.read_bytes().split(b"\n"))
    return [record.fields["kind"] for record in records if record is not None]


def write_days(folder: Path, clock: WallClock, days: int, keeping: Keeping | None = None) -> None:
    """Three records a day, one boot a day."""
    for _ in range(days):
        log = audit_log(folder, clock, keeping or Keeping(365, 1 << 30))
        log.open()
        for number in range(3):
            log.append(grant(clock, number))
        log.sync()
        log.sign_head()
        log.abandon()
        clock.pass_by(days=1)


def test_each_day_has_a_file_and_all_but_the_last_a_seal(folder: Path, clock: WallClock) -> None:
    write_days(folder, clock, 3)
    assert [file.name for file in files(folder)] == [
        "000000000001-2026-11-25.jsonl",
        "000000000004-2026-11-26.jsonl",
        "000000000007-2026-11-27.jsonl",
    ]
    assert len(files(folder, "*.seal.json")) == 2
    report = checked(folder)
    assert (report.findings, report.notes, report.records) == ([], [], 9)
    assert (report.first, report.last.seq, report.signed.seq) == (1, 9, 9)


def test_only_the_owner_can_read_it(folder: Path) -> None:
    write_log(folder, 2)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_a_record_says_what_happened_and_where_it_stands(folder: Path) -> None:
    write_log(folder, 2)
    first, second = files(folder)[0].read_text().splitlines()
    said = json.loads(second)
    assert said["prev"] == json.loads(first)["hash"]
    assert list(said)[:6] == ["seq", "prev", "time", "boot", "door", "kind"]
    assert (said["seq"], said["door"], said["boot"], said["kind"]) == (2, "front", "b1", "grant")
    assert datetime.fromisoformat(said["time"]).tzinfo is not None


@pytest.mark.parametrize("torn", [b'{"seq":4,"prev":"77', b"\0" * 512, b"\0\n\n{}\n"])
def test_what_a_power_cut_left_is_told_as_that_and_the_chain_goes_on(
    folder: Path, clock: WallClock, torn: bytes
) -> None:
    write_log(folder, 3, clock)
    (file,) = files(folder)
    file.write_bytes(file.read_bytes() + torn)
    write_days(folder, clock, 1)
    assert kinds(file) == ["grant"] * 3 + ["torn"] + ["grant"] * 3
    report = checked(folder)
    assert report.findings == []
    assert "torn by a power cut" in report.notes[0]
    # The torn bytes are part of the chain: a change to them is no power cut.
    file.write_bytes(file.read_bytes().replace(torn, bytes([torn[0] ^ 4]) + torn[1:]))
    (finding,) = checked(folder).findings
    assert (finding.fault, finding.line, finding.seq) == (Fault.EDITED, 4, 4)


def test_a_tail_that_is_being_written_is_no_fault(folder: Path) -> None:
    write_log(folder, 3)
    (file,) = files(folder)
    file.write_bytes(file.read_bytes() + b'{"seq":4')
    report = checked(folder)
    assert report.findings == []
    assert "being written, or torn" in report.notes[0]


def test_a_record_that_lacks_only_its_line_end_is_kept(folder: Path, clock: WallClock) -> None:
    write_log(folder, 3, clock)
    (file,) = files(folder)
    file.write_bytes(file.read_bytes()[:-1])
    write_days(folder, clock, 1)
    assert kinds(file) == ["grant"] * 6
    assert checked(folder).findings == []


def test_numbers_that_were_signed_are_not_given_again(folder: Path, clock: WallClock) -> None:
    write_log(folder, 5, clock)
    (file,) = files(folder)
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:3]))
    write_days(folder, clock, 1)
    (finding,) = checked(folder).findings
    assert (finding.fault, finding.line) == (Fault.REMOVED, 4)
    assert (finding.seq, finding.through) == (4, 5)


@pytest.mark.parametrize("spoil", ["remove", "edit"])
def test_a_head_that_was_spoiled_stays_known(folder: Path, clock: WallClock, spoil: str) -> None:
    write_log(folder, 3, clock)
    head = folder / HEAD
    if spoil == "remove":
        head.unlink()
    else:
        head.write_bytes(head.read_bytes().replace(b'"last_seq":3', b'"last_seq":2'))
    assert {one.file for one in checked(folder).findings} == {HEAD}
    write_days(folder, clock, 1)
    (finding,) = checked(folder).findings
    assert (finding.fault, finding.seq) == (Fault.UNSIGNED, 4)


def test_a_clock_that_is_set_back_a_year_breaks_nothing(folder: Path, clock: WallClock) -> None:
    write_days(folder, clock, 2)
    clock.now = datetime(2025, 1, 1, tzinfo=UTC)
    write_days(folder, clock, 2)
    assert [file.name[13:23] for file in files(folder)] == [
        "2026-11-25", "2026-11-26", "2025-01-01", "2025-01-02",
    ]  # fmt: skip
    assert checked(folder).findings == []


def test_old_files_are_dropped_and_the_chain_stays_provable(folder: Path, clock: WallClock) -> None:
    write_days(folder, clock, 5, Keeping(days=2, most_bytes=1 << 30))
    assert [file.name[13:23] for file in files(folder)] == [
        "2026-11-27",
        "2026-11-28",
        "2026-11-29",
    ]
    assert len(files(folder, "*.seal.json")) == 4
    assert kinds(files(folder)[-1])[:2] == ["dropped", "grant"]
    report = checked(folder)
    assert report.findings == []
    files(folder)[0].unlink()
    (finding,) = checked(folder).findings
    assert (finding.fault, finding.what) == (Fault.REMOVED, "the file is gone")


def test_what_has_no_room_is_dropped_however_new(folder: Path, clock: WallClock) -> None:
    write_days(folder, clock, 4, Keeping(days=365, most_bytes=(8 << 20) + 2500))
    assert len(files(folder)) == 2
    assert checked(folder).findings == []


def test_no_clock_that_cannot_be_right_drops_anything(folder: Path, clock: WallClock) -> None:
    keeping = Keeping(days=2, most_bytes=1 << 30)
    log = audit_log(folder, clock, keeping, right_time=lambda: None)
    log.open()
    for _ in range(3):
        log.append(grant(clock, 1))
        clock.pass_by(days=300)
    log.abandon()
    assert len(files(folder)) == 3


def test_a_log_has_one_writer_and_one_key(folder: Path, clock: WallClock) -> None:
    log = audit_log(folder, clock)
    log.open()
    with pytest.raises(AuditError, match="another process writes"):
        audit_log(folder, clock).open()
    log.abandon()
    head = folder / HEAD
    other = PrivateKey("other", bytes(32))
    said = Seal.parse(head.read_bytes()).model_dump(
        mode="json", exclude={"schema_", "key", "signature"}
    )
    head.write_bytes(sign(said, other))
    with pytest.raises(AuditError, match="signed with another key"):
        audit_log(folder, clock).open()


def test_what_is_no_record_is_refused(folder: Path, clock: WallClock) -> None:
    log = audit_log(folder, clock)
    log.open()
    with pytest.raises(ValueError, match="not JSON compliant"):
        log.append(Draft(Kind.DENY, NOON, {"value": float("nan")}))
    log.append(Draft(Kind.DENY, NOON, {"reason": "x" * 100_000}))
    log.abandon()
    record = read_record(files(folder)[0].read_bytes().strip())
    assert record is not None
    assert len(record.fields["reason"]) == 500


def test_a_line_that_found_half_the_room_it_needs_is_torn_and_written_again(
    folder: Path, clock: WallClock
) -> None:
    write_log(folder, 3, clock)
    (file,) = files(folder)
    log = audit_log(folder, clock)
    log.open()
    draft = grant(clock, 7)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 100, limits[1]))
    try:
        with pytest.raises(OSError, match=r"No space|too large"):
            log.append(draft)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not log.is_open
    log.open()
    log.append(draft)
    log.abandon()
    assert kinds(file) == ["grant", "grant", "grant", "torn", "grant"]
    assert checked(folder).findings == []
