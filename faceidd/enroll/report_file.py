"""The report on an enrollment, read again: which photos a gallery was made of, where they lay."""

from collections.abc import Collection
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from faceidd.durable import replace_file
from faceidd.enroll.photos import Photo
from faceidd.enroll.report import report_path
from faceidd.errors import GalleryError

MOST_BYTES = 1 << 30


class _Part(BaseModel):
    # What enrollment says beyond this is kept as it is.
    model_config = ConfigDict(frozen=True, extra="allow")


class PhotoEntry(_Part):
    """A photo that was enrolled from, or was left out."""

    path: str
    outcome: str
    sha256: str = ""
    """Digest of its file; blank where that could not be read."""


class TemplateEntry(_Part):
    """A person, or a look of a person."""

    person: str
    look: str
    photos: tuple[PhotoEntry, ...]


class EnrollmentReport(_Part):
    """The report on a gallery's file."""

    schema_version: Literal[1]
    templates: tuple[TemplateEntry, ...]

    def photos(self, person: str | None = None) -> tuple[Photo, ...]:
        """The photos of a person, or of everybody, as they were enrolled."""
        return tuple(
            Photo(Path(photo.path), one.person, one.look)
            for one in self.templates
            for photo in one.photos
            if person in {None, one.person}
        )

    def digests(self, person: str) -> frozenset[str]:
        """Digests of a person's photos, as far as they are known."""
        mine = (one for one in self.templates if one.person == person)
        return frozenset(photo.sha256 for one in mine for photo in one.photos if photo.sha256)

    def without(self, person: str, kept: Collection[Path] = ()) -> "EnrollmentReport":
        """The report without a person, but for photos that are kept, by their paths."""
        rest = []
        for one in self.templates:
            photos = tuple(photo for photo in one.photos if Path(photo.path).absolute() in kept)
            if one.person != person:
                rest.append(one)
            elif photos:
                rest.append(one.model_copy(update={"photos": photos}))
        return self.model_copy(update={"templates": tuple(rest)})

    def joined(self, newer: "EnrollmentReport") -> "EnrollmentReport":
        """A newer report with everybody else of this one."""
        known = {one.person for one in newer.templates}
        rest = tuple(one for one in self.templates if one.person not in known)
        return newer.model_copy(update={"templates": (*rest, *newer.templates)})


def load_report(gallery: Path) -> EnrollmentReport | None:
    """Read the report that lies beside a gallery's file; None where there is none.

    Raises:
        GalleryError: It cannot be read, or is damaged.
    """
    path = report_path(gallery)
    try:
        with path.open("rb") as file:
            return EnrollmentReport.model_validate_json(file.read(MOST_BYTES))
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        reason = "it is damaged" if isinstance(error, ValidationError) else error.strerror
        raise GalleryError(
            f"cannot read the report {path}: {reason}", do="enroll again, which writes it anew"
        ) from error


def write_report(report: EnrollmentReport, gallery: Path) -> Path:
    """Write the report beside a gallery's file, in place of the old one; its owner's only.

    Returns:
        Its path.

    Raises:
        GalleryError: It cannot be written.
    """
    path = report_path(gallery)
    content = report.model_dump_json(indent=1)
    try:
        replace_file(path, (content + "\n").encode("utf-8"))
    except OSError as error:
        raise GalleryError(
            f"cannot write the report {path}: {error.strerror}",
            do="check that the folder is writable and has room",
        ) from error
    return path
