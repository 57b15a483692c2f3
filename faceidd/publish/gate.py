"""Gate: nothing is published that the doctor has not looked at, and let pass."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from faceidd.doctor.finding import Finding
from faceidd.doctor.record import DoctorRecord, load_record, make_record, save_record
from faceidd.gallery.gallery import Gallery
from faceidd.publish.folder import PublishFolder
from faceidd.publish.plan import Planned
from faceidd.publish.state import gallery_file, keep_gallery

Examine = Callable[[Gallery], Sequence[Finding]]
"""The doctor, with the model and the rules of a gallery's doors."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What the doctor found in an edition.

    Attributes:
        edition: Its id.
        findings: All of them, what blocks first.
        record: What is kept of it.
        passes: Whether it may be published.
    """

    edition: str
    findings: tuple[Finding, ...]
    record: DoctorRecord
    passes: bool


def examine_all(
    plan: Sequence[Planned],
    examine: Examine,
    folder: PublishFolder,
    now: datetime,
    reason: str | None,
) -> tuple[Examined, ...]:
    """Examine what was not examined before, byte for byte.

    Args:
        plan: What is to be published.
        examine: The doctor.
        folder: The publisher's folder, locked; has the records.
        now: The present moment, in UTC.
        reason: Why everything may pass; None where it must pass by itself.

    Raises:
        GalleryError: A record is damaged, or the reason is empty or too long.
    """
    return tuple(
        _examined(one, examine, now, reason) for one in plan if not _was_passed(one, folder)
    )


def keep_passed(
    plan: Sequence[Planned], examined: Sequence[Examined], folder: PublishFolder
) -> None:
    """Keep galleries that passed, in the plain, and the records beside them.

    Raises:
        PublishError: A gallery cannot be written.
        GalleryError: A record cannot be written.
    """
    records = {one.edition: one.record for one in examined}
    for one in plan:
        edition, number = one.edition.id, one.version.version
        path = gallery_file(folder, edition, number)
        if not path.exists() or edition in records:
            keep_gallery(folder, edition, number, one.content)
        if edition in records:
            save_record(records[edition], path)


def _was_passed(one: Planned, folder: PublishFolder) -> bool:
    path = gallery_file(folder, one.edition.id, one.version.version)
    record = load_record(path) if path.exists() else None
    return record is not None and record.lets_pass(one.version.sha256)


def _examined(one: Planned, examine: Examine, now: datetime, reason: str | None) -> Examined:
    findings, digest = tuple(examine(one.gallery)), one.version.sha256
    record = make_record(digest, findings, 0, now, reason)
    return Examined(one.edition.id, findings, record, record.lets_pass(digest))
