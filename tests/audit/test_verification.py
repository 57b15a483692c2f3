"""What is done to whole files, to seals and to signatures is found too."""

import hashlib
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.audited import KEY, WallClock, audit_log, grant

from faceidd.audit.finding import Fault, Finding
from faceidd.audit.query import Query, records
from faceidd.audit.record import START, Link, read_record, write_record
from faceidd.audit.segment import HEAD, Segment
from faceidd.audit.source import Folder
from faceidd.audit.verification import verify
from faceidd.audit.witness import Witness
from faceidd.events.command import PrivateKey

TRUSTED = {KEY.public_key}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days of five records."""
    folder, clock = tmp_path_factory.mktemp("log") / "audit", WallClock()
    log = audit_log(folder, clock)
    log.open()
    for _ in range(3):
        for number in range(5):
            log.append(grant(clock, number))
        clock.pass_by(days=1)
    log.sync()
    log.sign_head()
    log.abandon()
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    shutil.copytree(sound, tmp_path / "audit")
    return tmp_path / "audit"


def files(folder: Path, pattern: str = "*.jsonl") -> list[Path]:
    return sorted(folder.glob(pattern))


def found(folder: Path, witness: Witness | None = None) -> list[Finding]:
    return verify(Folder(folder), TRUSTED, witness).findings


def said(findings: list[Finding]) -> list[tuple[str, str, int]]:
    return [(str(one.fault), one.file, one.seq) for one in findings]


def rewrite(file: Path, begin: Link, numbers: range) -> Link:
    """Write a file anew as somebody would who can do all but sign."""
    lines, clock = [], WallClock()
    for number in numbers:
        record = write_record(grant(clock, number), begin, door="front", boot="b1")
        begin = record.link
        lines.append(record.raw + b"\n")
    file.write_bytes(b"".join(lines))
    return begin


def test_a_file_that_was_rewritten_with_all_its_digests_is_found(folder: Path) -> None:
    rewrite(files(folder)[0], START, range(100, 105))
    assert said(found(folder)) == [("rewritten", "000000000001-2026-11-25.jsonl", 5),
                                   ("rewritten", "000000000006-2026-11-26.jsonl", 6)]  # fmt: skip


def test_a_record_behind_the_seal_of_a_day_is_found(folder: Path) -> None:
    first = files(folder)[0]
    content = first.read_bytes()
    last = content.splitlines()[-1]
    begin = Link(5, last.decode()[-66:-2])
    extra = write_record(grant(WallClock(), 9), begin, door="front", boot="b1")
    first.write_bytes(content + extra.raw + b"\n")
    faults = said(found(folder))
    assert ("rewritten", first.name, 6) in faults


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_missing_file_is_found(folder: Path, index: int) -> None:
    gone = files(folder)[index]
    gone.unlink()
    assert ("removed", gone.name, 5 * index + 1) in said(found(folder))


def test_a_day_that_is_gone_with_its_seal_is_found(folder: Path) -> None:
    files(folder)[1].unlink()
    files(folder, "*.seal.json")[1].unlink()
    assert said(found(folder))[0] == ("removed", HEAD, 0)


def test_a_missing_seal_is_found(folder: Path) -> None:
    files(folder, "*.seal.json")[0].unlink()
    faults = said(found(folder))
    assert ("unsigned", "000000000001-2026-11-25.jsonl", 0) in faults
    assert ("removed", "000000000006-2026-11-26.seal.json", 0) in faults


def test_each_bit_of_a_seal_and_of_the_head_counts(folder: Path) -> None:
    for file in (files(folder, "*.seal.json")[1], folder / HEAD):
        content = file.read_bytes()
        for byte in range(0, len(content), 7):
            spoiled = bytearray(content)
            spoiled[byte] ^= 1 << byte % 8
            file.write_bytes(spoiled)
            assert ("bad_signature", file.name, 0) in said(found(folder)), byte
        file.write_bytes(content)
    assert found(folder) == []


def test_another_keys_signature_is_none(folder: Path) -> None:
    other = PrivateKey("other", bytes(32))
    findings = verify(Folder(folder), {other.public_key}).findings
    assert [one.what for one in findings[:3]] == ["another key signed it"] * 3


def test_a_seal_is_not_taken_for_another_files(folder: Path) -> None:
    first, second = files(folder, "*.seal.json")
    first.write_bytes(second.read_bytes())
    assert "it is the seal of another file" in [one.what for one in found(folder)]


def test_an_older_copy_of_the_whole_log_is_found_by_a_witness_only(
    sound: Path, tmp_path: Path
) -> None:
    older, clock = tmp_path / "older", WallClock()
    log = audit_log(older, clock)
    log.open()
    log.append(grant(clock, 0))
    log.sign_head()
    log.abandon()
    assert found(older) == []
    report = verify(Folder(sound), TRUSTED)
    witness = Witness.parse(str(report.last))
    assert found(sound, witness) == []
    assert [one.fault for one in found(older, witness)] == [Fault.NO_WITNESS]
    assert found(sound, Witness.parse(witness.hash)) == []


def test_a_witness_of_a_dropped_day_is_known_by_its_seal(folder: Path) -> None:
    last = files(folder)[0].read_bytes().splitlines()[-1].decode()[-66:-2]
    files(folder)[0].unlink()
    findings = found(folder, Witness(last, 5))
    assert Fault.NO_WITNESS not in {one.fault for one in findings}


def test_names_tell_the_order_of_the_chain() -> None:
    assert Segment.parse("000000000006-2026-11-26.jsonl") == Segment.parse(
        "000000000006-2026-11-26.seal.json"
    )
    for other in ("head.json", "000000000006-2026-13-26.jsonl", "6-2026-11-26.jsonl", ".x.jsonl"):
        assert Segment.parse(other) is None


@pytest.mark.parametrize("inside", ["no JSON", "[" * 20_000, '"kind":"torn"', '"kind":"gap"}'])
def test_lines_of_a_forger_who_can_count_digests_crash_nothing(folder: Path, inside: str) -> None:
    body = f'{{"seq":16,"prev":"{"0" * 64}",{inside}'.encode()
    line = body + f',"hash":"{hashlib.sha256(body).hexdigest()}"}}\n'.encode()
    assert read_record(line[:-1]) is not None
    newest = files(folder)[-1]
    newest.write_bytes(newest.read_bytes() + b"{}\n" + line)
    assert Fault.EDITED in {one.fault for one in found(folder)}
    since = Query(since=datetime(2026, 1, 1, tzinfo=UTC))
    assert len(list(records(Folder(folder), since))) == 15
