"""The record beside a gallery: of which file it speaks, and what lets it pass."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.people import embedding, gallery

from faceidd.doctor.finding import Finding, Kind
from faceidd.doctor.record import (
    MOST_REPORTS,
    gallery_digest,
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
    record = make_record(file, [ALIKE, POOR, POOR], 7, NOW, None)
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
    record = make_record(file, findings, 1, NOW, reason)
    assert record.lets_pass(gallery_digest(file)) is passes
    assert not record.lets_pass("0" * 64)
    if reason:
        assert record.override is not None
        assert (record.override.reason, record.override.at) == (reason, NOW)
        assert record.override.by


def test_another_gallery_does_not_pass(file: Path) -> None:
    record = make_record(file, [], 1, NOW, None)
    save_gallery(gallery({"Lee": [embedding(1, 0, 0)]}), file)
    assert not record.lets_pass(gallery_digest(file))


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_a_reason_says_something(file: Path, reason: str) -> None:
    with pytest.raises(GalleryError, match="a reason has 1 to 1000 letters"):
        make_record(file, [ALIKE], 1, NOW, reason)


def test_the_newest_reports_are_remembered(file: Path) -> None:
    record = make_record(file, [], 1, NOW, None)
    many = record.with_reports([str(number) for number in range(MOST_REPORTS + 3)])
    assert len(many.reports) == MOST_REPORTS
    assert many.reports[-1] == str(MOST_REPORTS + 2)
    save_record(many, file)
    assert load_record(file) == many


def test_what_cannot_be_read_or_written_is_told(file: Path) -> None:
    assert load_record(file) is None
    record_path(file).write_text("{}")
    with pytest.raises(GalleryError, match="it is damaged"):
        load_record(file)
    record = make_record(file, [], 1, NOW, None)
    with pytest.raises(GalleryError, match="cannot write the doctor's record"):
        save_record(record, file.parent / "gone" / "door")
    with pytest.raises(GalleryError, match="cannot read the gallery"):
        make_record(file.parent / "gone", [], 1, NOW, None)
