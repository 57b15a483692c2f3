"""The record beside a gallery: of which file it speaks, and what lets it pass."""

import os
import pwd
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.digests import digest_of
from support.people import embedding, gallery

from faceidd.doctor.finding import Finding, Kind
from faceidd.doctor.record import (
    MOST_REPORTS,
    load_record,
    make_record,
    record_path,
    save_record,
)
from faceidd.errors import GalleryError
from faceidd.gallery.file import save_gallery

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ALIKE = Finding(Kind.TOO_ALIKE, "Kim and Lee are too alike", "add photos", ("Kim", "Lee"))
POOR = Finding(Kind.POOR_PHOTO, "Kim: 1.jpg is blurred", "replace it", ("Kim",))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "door.safetensors"
    save_gallery(gallery({"Kim": [embedding(1, 0, 0)]}), path)
    return path


def test_what_was_found_comes_back_and_names_nobody(file: Path) -> None:
    record = make_record(digest_of(file), [ALIKE, POOR, POOR], 7, NOW, None)
    path = save_record(record, file)
    assert path == record_path(file) == file.with_name("door.doctor.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "Kim" not in path.read_text()
    assert load_record(file) == record
    assert (record.findings, record.photos) == ({Kind.TOO_ALIKE: 1, Kind.POOR_PHOTO: 2}, 7)


@pytest.mark.parametrize(
    ("findings", "reason", "passes"),
    [
        ([], None, True),
        ([POOR], None, True),
        ([ALIKE, POOR], None, False),
        ([ALIKE], "They are twins", True),
    ],
)
def test_what_blocks_passes_for_a_reason_only(
    file: Path, findings: list[Finding], reason: str | None, passes: bool
) -> None:
    record = make_record(digest_of(file), findings, 1, NOW, reason)
    assert record.lets_pass(digest_of(file)) is passes
    assert not record.lets_pass("0" * 64)
    if reason:
        assert record.override is not None
        assert (record.override.reason, record.override.at) == (reason, NOW)


def test_who_let_it_pass_stays_on_record_when_it_is_examined_again(file: Path) -> None:
    digest = digest_of(file)
    forced = make_record(digest, [ALIKE, POOR], 1, NOW, "They are twins")
    again = make_record(digest, [ALIKE], 1, NOW, None).following(forced)
    assert again.overrides == forced.overrides
    assert again.lets_pass(digest)
    worse = make_record(digest, [ALIKE, ALIKE], 1, NOW, None).following(again)
    assert worse.overrides == forced.overrides
    assert not worse.lets_pass(digest)  # more than was let pass
    twice = make_record(digest, [ALIKE, ALIKE], 1, NOW, "Triplets").following(worse)
    assert [one.reason for one in twice.overrides] == ["They are twins", "Triplets"]
    assert twice.lets_pass(digest)


def test_an_override_is_of_one_file(file: Path) -> None:
    forced = make_record(digest_of(file), [ALIKE], 1, NOW, "They are twins")
    save_gallery(gallery({"Lee": [embedding(1, 0, 0)]}), file)
    other = make_record(digest_of(file), [ALIKE], 1, NOW, None).following(forced)
    assert other.overrides == forced.overrides
    assert not other.lets_pass(digest_of(file))


def test_who_let_it_pass_is_whom_the_system_knows(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "somebody else")
    record = make_record(digest_of(file), [ALIKE], 1, NOW, "They are twins")
    assert record.overrides[0].by == pwd.getpwuid(os.getuid()).pw_name
    monkeypatch.setattr(os, "getuid", lambda: 3_999_999_999)
    record = make_record(digest_of(file), [ALIKE], 1, NOW, "They are twins")
    assert record.overrides[0].by == "3999999999"


def test_another_gallery_does_not_pass(file: Path) -> None:
    record = make_record(digest_of(file), [], 1, NOW, None)
    save_gallery(gallery({"Lee": [embedding(1, 0, 0)]}), file)
    assert not record.lets_pass(digest_of(file))


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_a_reason_says_something(file: Path, reason: str) -> None:
    with pytest.raises(GalleryError, match="a reason has 1 to 1000 letters"):
        make_record(digest_of(file), [ALIKE], 1, NOW, reason)


def test_the_newest_reports_are_remembered(file: Path) -> None:
    record = make_record(digest_of(file), [], 1, NOW, None)
    many = record.with_reports([str(number) for number in range(MOST_REPORTS + 3)])
    assert len(many.reports) == MOST_REPORTS
    assert record.with_reports(["9", "new"]).following(many).reports[-2:] == ("9", "new")
    assert many.reports[-1] == str(MOST_REPORTS + 2)
    save_record(many, file)
    assert load_record(file) == many


def test_what_cannot_be_read_or_written_is_told(file: Path) -> None:
    assert load_record(file) is None
    record_path(file).write_text("{}")
    with pytest.raises(GalleryError, match="it is damaged"):
        load_record(file)
    record = make_record(digest_of(file), [], 1, NOW, None)
    with pytest.raises(GalleryError, match="cannot write the doctor's record"):
        save_record(record, file.parent / "gone" / "door")
