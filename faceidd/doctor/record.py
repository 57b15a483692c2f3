"""The doctor's record: what was found in a gallery's file, and who let it pass nevertheless.

It lies beside the gallery and speaks of exactly these bytes: whoever publishes a gallery looks for
its digest here. Who let a gallery pass stays on record when it is examined again. It holds no names
of people in the gallery; a reason is whatever was typed.
"""

import os
import pwd
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from faceidd import __version__
from faceidd.doctor.finding import Finding, Kind
from faceidd.durable import replace_file
from faceidd.errors import GalleryError
from faceidd.gallery.provenance import Sha256

SUFFIX = ".doctor.json"
MOST_BYTES = 1 << 22
MOST_REPORTS = 100
"""Folders of reports that are remembered, the newest."""
MOST_REASON = 1000
MOST_OVERRIDES = 100
"""Times somebody let a gallery pass that are remembered, the newest."""

Counts = dict[Kind, Annotated[int, Field(ge=1)]]


class Override(BaseModel):
    """That somebody lets a gallery's file pass with findings that block."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    gallery_sha256: Sha256
    """Digest of the whole file."""
    findings: Counts
    """How many of each kind there were."""
    by: str
    """The user whose process it was, by the system's list of users; the number of one who is not in
    it."""
    at: AwareDatetime
    reason: Annotated[str, Field(min_length=1, max_length=MOST_REASON)]

    def covers(self, gallery_sha256: str, findings: Counts) -> bool:
        """Whether these findings in this file were let pass: no more of a blocking kind than then.

        Args:
            gallery_sha256: Digest of the file.
            findings: How many of each kind there are.
        """
        return self.gallery_sha256 == gallery_sha256 and all(
            count <= self.findings.get(kind, 0) for kind, count in findings.items() if kind.blocks
        )


class DoctorRecord(BaseModel):
    """What was found in a gallery's file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: Literal[1] = 1
    gallery_sha256: Sha256
    """Digest of the whole file."""
    checked_at: AwareDatetime
    version: str
    """Of faceidd."""
    photos: Annotated[int, Field(ge=0)]
    """How many photos were looked at; without any, nobody's names were checked."""
    findings: Counts
    """How many of each kind."""
    overrides: Annotated[tuple[Override, ...], Field(max_length=MOST_OVERRIDES)] = ()
    """Who let this file and earlier ones pass, the newest last."""
    reports: Annotated[tuple[str, ...], Field(max_length=MOST_REPORTS)] = ()
    """Folders of reports with pictures of people, the newest last."""

    @property
    def blocking(self) -> int:
        """How many findings block."""
        return sum(count for kind, count in self.findings.items() if kind.blocks)

    @property
    def override(self) -> Override | None:
        """The newest override that covers what was found, if something that blocks was."""
        fitting = (one for one in reversed(self.overrides)
                   if one.covers(self.gallery_sha256, self.findings))  # fmt: skip
        return next(fitting, None) if self.blocking else None

    def following(self, old: "DoctorRecord | None") -> "DoctorRecord":
        """The record with what an older one on the same path remembers: overrides and reports."""
        if old is None:
            return self
        overrides = (*old.overrides, *self.overrides)[-MOST_OVERRIDES:]
        reports = [one for one in old.reports if one not in self.reports]
        known = self.model_copy(update={"overrides": overrides})
        return known.with_reports([*reports, *self.reports])

    def with_reports(self, folders: Sequence[str]) -> "DoctorRecord":
        """The record with folders of reports, the newest `MOST_REPORTS`."""
        return self.model_copy(update={"reports": tuple(folders[-MOST_REPORTS:])})

    def lets_pass(self, gallery_sha256: str) -> bool:
        """Whether a gallery's file may be published.

        Args:
            gallery_sha256: Digest of the file.
        """
        known = self.gallery_sha256 == gallery_sha256
        return known and (not self.blocking or self.override is not None)


def record_path(gallery: Path) -> Path:
    """Where the record on a gallery's file lies."""
    return gallery.with_name(gallery.stem + SUFFIX)


def make_record(
    gallery_sha256: str,
    findings: Sequence[Finding],
    photos: int,
    now: datetime,
    reason: str | None,
) -> DoctorRecord:
    """Make the record on a gallery's file.

    Args:
        gallery_sha256: Digest of the file's bytes that were examined.
        findings: What was found.
        photos: How many photos were looked at.
        now: The present moment, with its time zone.
        reason: Why it may pass nevertheless; None if it may not.

    Raises:
        GalleryError: The reason is empty or too long.
    """
    counts: dict[Kind, int] = {}
    for one in findings:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    return DoctorRecord(
        gallery_sha256=gallery_sha256,
        checked_at=now,
        version=__version__,
        photos=photos,
        findings=counts,
        overrides=() if reason is None else (_override(gallery_sha256, counts, reason, now),),
    )


def save_record(record: DoctorRecord, gallery: Path) -> Path:
    """Write the record beside the gallery's file, in place of an old one; its owner's only.

    Returns:
        Its path.

    Raises:
        GalleryError: It cannot be written.
    """
    path = record_path(gallery)
    try:
        replace_file(path, (record.model_dump_json(indent=1) + "\n").encode("utf-8"))
    except OSError as error:
        raise GalleryError(
            f"cannot write the doctor's record {path}: {error.strerror}",
            do="check that the folder is writable and has room",
        ) from error
    return path


def load_record(gallery: Path) -> DoctorRecord | None:
    """Read the record on a gallery's file; None where there is none.

    Raises:
        GalleryError: It cannot be read, or is none.
    """
    path = record_path(gallery)
    try:
        with path.open("rb") as file:
            return DoctorRecord.model_validate_json(file.read(MOST_BYTES))
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        reason = "it is damaged" if isinstance(error, ValidationError) else error.strerror
        raise GalleryError(
            f"cannot read the doctor's record {path}: {reason}",
            do="remove it, and run `faceidd gallery doctor` again",
        ) from error


def _override(gallery_sha256: str, counts: Counts, reason: str, now: datetime) -> Override:
    try:
        return Override(
            gallery_sha256=gallery_sha256,
            findings=counts,
            by=_user(),
            at=now,
            reason=reason.strip(),
        )
    except ValidationError as error:
        raise GalleryError(
            f"a reason has 1 to {MOST_REASON} letters", do="say in a sentence why it may pass"
        ) from error


def _user() -> str:
    """Who runs this, by what the kernel knows: the environment says whatever it was told."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
