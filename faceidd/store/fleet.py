"""The fleet: what doors say of themselves, held against the registry. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from faceidd.store.door_record import DoorRecord
from faceidd.store.door_report import DoorReport, GalleryReport
from faceidd.store.publication import Publication


class Mark(StrEnum):
    """What somebody should look after at a door."""

    UNKNOWN = "not in the registry"
    REVOKED = "revoked, but it still knows people"
    SILENT = "says nothing"
    OFFLINE = "offline"
    NEVER_SYNCED = "has no published gallery"
    OTHER_EDITION = "runs another edition than its own"
    OLD_GALLERY = "runs an old version"
    OTHER_MODEL = "runs another model than it is published for"
    SYNC_FAILED = "its last sync failed"


@dataclass(frozen=True, slots=True)
class FleetDoor:
    """A door as it stands.

    Attributes:
        id: Its id.
        record: What the registry says of it; None where it is not there.
        report: What it says of itself.
        newest: The newest version of its edition, as far as it is known.
        marks: What somebody should look after.
    """

    id: str
    record: DoorRecord | None
    report: DoorReport
    newest: int | None
    marks: tuple[Mark, ...]


def view_fleet(
    records: Iterable[DoorRecord],
    reports: Mapping[str, DoorReport],
    publications: Iterable[Publication],
) -> tuple[FleetDoor, ...]:
    """Hold what doors say against what they should be, by their ids.

    Args:
        records: The registry.
        reports: What doors say, by their ids.
        publications: What was published; where that is not known, the newest version that a door
            of an edition runs is taken for its newest.
    """
    registry = {record.id: record for record in records}
    newest = _newest(registry, reports, publications)
    found = []
    for door in sorted(registry.keys() | reports.keys()):
        record, report = registry.get(door), reports.get(door, DoorReport())
        edition = report.gallery.edition if record is None else record.edition
        version = None if edition is None else newest.get(edition)
        marks = tuple(mark for mark in Mark if mark in _marks(record, report, version))
        found.append(FleetDoor(door, record, report, version, marks))
    return tuple(found)


def _newest(
    registry: Mapping[str, DoorRecord],
    reports: Mapping[str, DoorReport],
    publications: Iterable[Publication],
) -> dict[str, int]:
    published: dict[str, int] = {}
    for one in publications:
        published[one.edition] = max(one.version, published.get(one.edition, 0))
    seen: dict[str, int] = {}
    for door, report in reports.items():
        edition, version = report.gallery.edition, report.gallery.version
        # What a stranger says of a version makes nobody's gallery old.
        if door in registry and edition is not None and version is not None:
            seen[edition] = max(version, seen.get(edition, 0))
    return seen | published


def _marks(record: DoorRecord | None, report: DoorReport, newest: int | None) -> set[Mark]:
    gallery, marks = report.gallery, set[Mark]()
    if record is None:
        return {Mark.UNKNOWN}
    if record.revoked_at is not None:
        return {Mark.REVOKED} if gallery.people else set()
    if report.online is None:
        marks.add(Mark.SILENT)
    elif not report.online:
        marks.add(Mark.OFFLINE)
    if gallery.sync is not None and gallery.sync.failed:
        marks.add(Mark.SYNC_FAILED)
    if gallery.model_id not in {None, record.model_id}:
        marks.add(Mark.OTHER_MODEL)
    return marks | _version_marks(record, gallery, newest)


def _version_marks(record: DoorRecord, gallery: GalleryReport, newest: int | None) -> set[Mark]:
    if gallery.version is None:
        return set()
    if gallery.version == 0:
        return {Mark.NEVER_SYNCED}
    if gallery.edition not in {None, record.edition}:
        return {Mark.OTHER_EDITION}
    return {Mark.OLD_GALLERY} if newest is not None and gallery.version < newest else set()
