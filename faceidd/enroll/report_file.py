"""The report on an enrollment, read again: which photos a gallery was made of, where they lay."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from faceidd.durable import replace_file
from faceidd.enroll.photos import Photo
from faceidd.errors import GalleryError

SUFFIX = ".enrollment.json"
MOST_BYTES = 1 << 30
ENROLLED = frozenset({"used", "repeated"})
"""Outcomes of photos that gave something to the gallery."""


class _Part(BaseModel):
    # What enrollment says beyond this is kept as it is.
    model_config = ConfigDict(frozen=True, extra="allow")


class PhotoEntry(_Part):
    """A photo that was enrolled from, or was left out."""

    path: str
    outcome: str
    sha256: str = ""
    """Digest of its file; blank where that could not be read."""
    path_hex: str = ""
    """The path's bytes, in hex, where they are no UTF-8; `path` is for people then."""

    @property
    def file(self) -> Path:
        """Its file."""
        return Path(os.fsdecode(bytes.fromhex(self.path_hex)) if self.path_hex else self.path)

    def is_of(self, others: Collection["PhotoEntry"]) -> bool:
        """Whether some entries say all of it: its content, and its file if that is still there."""
        same = {one.file for one in others if self.sha256 in {"", one.sha256}}
        return self.file in same or bool(self.sha256 and same and not self.file.exists())


class TemplateEntry(_Part):
    """A person, or a look of a person."""

    person: str
    look: str
    photos: tuple[PhotoEntry, ...]
    earlier: bool = False
    """Whether these are photos of before, which others have replaced in the gallery."""


class EnrollmentReport(_Part):
    """The report on a gallery's file."""

    schema_version: Literal[1]
    templates: tuple[TemplateEntry, ...]

    def photos(self) -> tuple[Photo, ...]:
        """The photos of everybody, as they were enrolled; none that others have replaced."""
        return tuple(
            Photo(photo.file, one.person, one.look)
            for one in self.templates
            for photo in one.photos
            if not one.earlier
        )

    def photos_of(self, person: str) -> tuple[Photo, ...]:
        """All photos of a person that are known, also those that others have replaced."""
        return tuple(
            Photo(photo.file, one.person, one.look)
            for one in self.templates
            for photo in one.photos
            if one.person == person
        )

    def digests(self, person: str) -> frozenset[str]:
        """Digests of a person's photos, as far as they are known."""
        mine = (one for one in self.templates if one.person == person)
        return frozenset(photo.sha256 for one in mine for photo in one.photos if photo.sha256)

    def without(self, person: str, kept: Collection[Path] = ()) -> "EnrollmentReport":
        """The report without a person, but for photos that are kept, by their paths."""
        rest = []
        for one in self.templates:
            photos = tuple(photo for photo in one.photos if photo.file.absolute() in kept)
            if one.person != person:
                rest.append(one)
            elif photos:
                rest.append(one.model_copy(update={"photos": photos}))
        return self.model_copy(update={"templates": tuple(rest)})

    def joined(self, newer: "EnrollmentReport") -> "EnrollmentReport":
        """A newer report with everybody else of this one, and with the photos of its people here.

        Somebody's earlier photos are still kept somewhere, so they stay known, as `earlier`.
        """
        photos: dict[str, list[PhotoEntry]] = {}
        for one in newer.templates:
            photos.setdefault(one.person, []).extend(one.photos)
        rest = []
        for one in self.templates:
            new = photos.get(one.person)
            if new is None:
                rest.append(one)
            elif gone := tuple(old for old in one.photos if not old.is_of(new)):
                rest.append(one.model_copy(update={"photos": gone, "earlier": True}))
        return newer.model_copy(update={"templates": (*rest, *newer.templates)})


def report_path(gallery: Path) -> Path:
    """Where the report on a gallery's file lies."""
    return gallery.with_name(gallery.stem + SUFFIX)


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
    content = report.model_dump_json(indent=1, exclude_defaults=True)
    try:
        replace_file(path, (content + "\n").encode("utf-8"))
    except OSError as error:
        raise GalleryError(
            f"the gallery {gallery} is in place, but the report on it, {path}, cannot be written:"
            f" {error.strerror}",
            do="check that the folder is writable and has room, and run the same command again",
        ) from error
    return path
