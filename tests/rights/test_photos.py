"""Source photos: which are deleted, and which stay."""

from pathlib import Path

import pytest
from support.kept_people import KeptPeople

from faceidd.enroll.report_file import EnrollmentReport, load_report
from faceidd.rights.photos import delete_photos, remove_empty


@pytest.fixture
def kept(tmp_path: Path) -> KeptPeople:
    return KeptPeople(tmp_path)


@pytest.fixture
def report(kept: KeptPeople) -> EnrollmentReport:
    read = load_report(kept.gallery)
    assert read is not None
    return read


def test_photos_that_gave_nothing_stay(kept: KeptPeople, report: EnrollmentReport) -> None:
    done = delete_photos(report, "Kim")
    assert done.removed == [kept.photos["Kim1"], kept.photos["Kim2"]]
    assert done.spared == [(kept.photos["Kim3"], "it gave nothing to the gallery: no_face")]
    assert (done.kept, done.missing) == ([], [])
    assert kept.photos["Kim3"].exists()
    assert kept.photos["Lee1"].exists()


def test_a_file_that_is_another_now_or_cannot_be_read_stays(
    kept: KeptPeople, report: EnrollmentReport
) -> None:
    kept.photos["Kim1"].write_bytes(b"a newer picture")
    kept.photos["Kim2"].unlink()
    kept.photos["Kim2"].symlink_to("/proc/self/mem")  # whose first page cannot be read
    done = delete_photos(report, "Kim")
    assert done.kept == [
        (kept.photos["Kim1"], "it has changed since it was enrolled"),
        (kept.photos["Kim2"], "it cannot be read, so it may be another photo"),
    ]
    assert done.removed == []
    assert kept.photos["Kim1"].exists()
    assert kept.photos["Kim2"].is_symlink()


def test_a_photo_that_was_moved_is_told(kept: KeptPeople, report: EnrollmentReport) -> None:
    kept.photos["Lee1"].rename(kept.photos["Lee1"].with_name("moved.jpg"))
    assert delete_photos(report, "Lee").missing == [kept.photos["Lee1"]]


def test_a_folder_that_is_left_empty_goes_and_one_that_cannot_go_does_no_harm(
    kept: KeptPeople, tmp_path: Path
) -> None:
    kept.photos["Lee1"].unlink()
    remove_empty([kept.photos["Kim1"], kept.photos["Lee1"], tmp_path / "gone" / "1.jpg"])
    assert kept.photos["Kim1"].exists()
    assert not kept.photos["Lee1"].parent.exists()
    remove_empty([Path("/proc/self/fd/1.jpg")])
