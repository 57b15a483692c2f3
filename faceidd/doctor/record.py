"""The doctor's record: what was found in a gallery's file, and who let it pass nevertheless.

It lies beside the gallery and speaks of exactly these bytes: whoever publishes a gallery looks for
its digest here. It holds no names of people in the gallery; a reason is whatever was typed.
"""

import getpass
import hashlib
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
MOST_BYTES = 1 << 20
MOST_REPORTS = 100
"""Folders of reports that are remembered, the newest."""
MOST_REASON = 1000


class Override(BaseModel):
    """That somebody lets a gallery pass with findings that block."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    by: str
    """The user, as the operating system calls them."""
    at: AwareDatetime
    reason: Annotated[str, Field(min_length=1, max_length=MOST_REASON)]


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
    findings: dict[Kind, Annotated[int, Field(ge=1)]]
    """How many of each kind."""
    override: Override | None
    reports: Annotated[tuple[str, ...], Field(max_length=MOST_REPORTS)] = ()
    """Folders of reports with pictures of people, the newest last."""

    @property
    def blocking(self) -> int:
        """How many findings block."""
        return sum(count for kind, count in self.findings.items() if kind.blocks)

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


def gallery_digest(gallery: Path) -> str:
    """SHA-256 of a gallery's file, in hex.

    Raises:
        GalleryError: It cannot be read.
    """
    try:
        with gallery.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise GalleryError(
            f"cannot read the gallery {gallery}: {error.strerror}", do="check its path"
        ) from error


def make_record(
    gallery: Path, findings: Sequence[Finding], photos: int, now: datetime, reason: str | None
) -> DoctorRecord:
    """Make the record on a gallery's file.

    Args:
        gallery: The file.
        findings: What was found.
        photos: How many photos were looked at.
        now: The present moment, with its time zone.
        reason: Why it may pass nevertheless; None if it may not.

    Raises:
        GalleryError: The file cannot be read, or the reason is empty or too long.
    """
    counts: dict[Kind, int] = {}
    for one in findings:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    return DoctorRecord(
        gallery_sha256=gallery_digest(gallery),
        checked_at=now,
        version=__version__,
        photos=photos,
        findings=counts,
        override=None if reason is None else _override(reason, now),
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


def _override(reason: str, now: datetime) -> Override:
    try:
        return Override(by=getpass.getuser(), at=now, reason=reason.strip())
    except ValidationError as error:
        raise GalleryError(
            f"a reason has 1 to {MOST_REASON} letters", do="say in a sentence why it may pass"
        ) from error
