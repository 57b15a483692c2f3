"""The report on an enrollment, read again and joined with a newer one."""

from pathlib import Path

from faceidd.enroll.report_file import EnrollmentReport, PhotoEntry, TemplateEntry


def report(person: str, *photos: tuple[str, str, str], look: str = "") -> EnrollmentReport:
    """Of a person's photos: path, digest, outcome."""
    entries = tuple(
        PhotoEntry(path=path, sha256=sha256, outcome=outcome) for path, sha256, outcome in photos
    )
    template = TemplateEntry(person=person, look=look, photos=entries)
    return EnrollmentReport(schema_version=1, templates=(template,))


def outcomes(of: EnrollmentReport) -> dict[str, str]:
    return {photo.path: photo.outcome for one in of.templates for photo in one.photos}


def test_photos_that_others_replace_stay_known(tmp_path: Path) -> None:
    copied = str(tmp_path / "copied")
    Path(copied).touch()
    old = report(
        "Kim", ("/1", "a", "used"), ("/2", "b", "no_face"), ("/3", "c", "used"), (copied, "c", "x")
    )
    both = old.joined(report("Kim", ("/4", "c", "used"), ("/1", "d", "used")))
    assert [(one.earlier, [(photo.path, photo.sha256) for photo in one.photos])
            for one in both.templates] == [
        (True, [("/1", "a"), ("/2", "b"), (copied, "c")]),
        (False, [("/4", "c"), ("/1", "d")]),
    ]  # fmt: skip
    assert both.digests("Kim") == {"a", "b", "c", "d"}
    assert {str(one.path) for one in both.photos_of("Kim")} == {"/1", "/2", "/4", copied}
    assert {str(one.path) for one in both.photos()} == {"/4", "/1"}
    again = both.joined(report("Kim", ("/1", "a", "used")))
    assert again.digests("Kim") == both.digests("Kim")
    assert [str(one.path) for one in again.photos()] == ["/1"]


def test_a_photo_whose_content_is_unknown_is_known_by_its_path() -> None:
    both = report("Kim", ("/1", "", "unreadable"), ("/2", "", "unreadable")).joined(
        report("Kim", ("/1", "a", "used"))
    )
    assert outcomes(both) == {"/1": "used", "/2": "unreadable"}


def test_everybody_else_stays_as_they_are() -> None:
    both = report("Kim", ("/1", "a", "used")).joined(report("Lee", ("/2", "a", "used")))
    assert outcomes(both) == {"/1": "used", "/2": "used"}


def test_some_photos_of_a_forgotten_person_may_stay() -> None:
    old = report("Kim", ("/1", "a", "used"), ("/2", "b", "used"))
    assert outcomes(old.without("Kim", {Path("/2")})) == {"/2": "used"}
    assert outcomes(old.without("Kim")) == {}
    assert outcomes(old.without("Lee")) == outcomes(old)
