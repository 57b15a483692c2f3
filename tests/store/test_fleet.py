from dataclasses import replace
from datetime import timedelta

import pytest
from support.stored import MODEL, NOW, door_file

from faceidd.store.door_record import DoorRecord
from faceidd.store.door_report import DoorReport, GalleryReport, SyncReport
from faceidd.store.fleet import Mark, view_fleet
from faceidd.store.publication import Publication


def record(door: str = "front") -> DoorRecord:
    file = door_file(door)
    return DoorRecord(
        id=door,
        site="seoul",
        groups=("staff",),
        recipient=file.recipient,
        model_id=MODEL,
        model_name="facenet int8",
        signing_key=file.signing_key,
        added_at=NOW,
    )


FRONT = record()
WELL = GalleryReport(edition=FRONT.edition, version=7, people=3, model_id=MODEL)
PUBLISHED = Publication(FRONT.edition, 7, "a" * 64, NOW, MODEL, 3)


def marks(
    record: DoorRecord | None, online: bool | None, gallery: GalleryReport
) -> tuple[Mark, ...]:
    records = [] if record is None else [record]
    reports = {"front": DoorReport(online=online, gallery=gallery)}
    (door,) = view_fleet(records, reports, [PUBLISHED])
    return door.marks


def test_a_door_that_is_well_has_no_mark() -> None:
    assert marks(FRONT, True, WELL) == ()


@pytest.mark.parametrize(
    ("online", "change", "mark"),
    [
        (None, {}, Mark.SILENT),
        (False, {}, Mark.OFFLINE),
        (True, {"version": 6}, Mark.OLD_GALLERY),
        (True, {"version": 0, "edition": None}, Mark.NEVER_SYNCED),
        (True, {"edition": "f" * 16}, Mark.OTHER_EDITION),
        (True, {"model_id": "b" * 64}, Mark.OTHER_MODEL),
        (True, {"sync": SyncReport(ok=False)}, Mark.SYNC_FAILED),
    ],
)
def test_what_is_wrong_at_a_door_is_marked(
    online: bool | None, change: dict[str, object], mark: Mark
) -> None:
    assert marks(FRONT, online, WELL.model_copy(update=change)) == (mark,)


def test_a_door_that_says_nothing_of_its_gallery_is_not_called_old() -> None:
    assert marks(FRONT, True, GalleryReport()) == ()


def test_a_stranger_is_marked_and_makes_no_gallery_old() -> None:
    boast = DoorReport(online=True, gallery=WELL.model_copy(update={"version": 99}))
    well = DoorReport(online=True, gallery=WELL)
    front, stranger = view_fleet([FRONT], {"front": well, "stranger": boast}, [])
    assert (front.marks, stranger.marks) == ((), (Mark.UNKNOWN,))
    assert front.newest == 7


def test_without_publications_the_newest_at_a_door_counts() -> None:
    back = record("back")
    old = DoorReport(online=True, gallery=WELL.model_copy(update={"version": 6}))
    new = DoorReport(online=True, gallery=WELL)
    doors = view_fleet([FRONT, back], {"front": old, "back": new}, [])
    assert [(door.id, door.marks) for door in doors] == [
        ("back", ()), ("front", (Mark.OLD_GALLERY,))
    ]  # fmt: skip


def test_a_revoked_door_is_marked_until_it_knows_nobody() -> None:
    revoked = replace(FRONT, revoked_at=NOW + timedelta(days=1))
    assert marks(revoked, True, WELL) == (Mark.REVOKED,)
    assert marks(revoked, False, WELL.model_copy(update={"people": 0})) == ()


def test_a_door_of_the_registry_that_never_spoke_is_silent() -> None:
    (door,) = view_fleet([FRONT], {}, [])
    assert door.marks == (Mark.SILENT,)
    assert door.report == DoorReport()
