"""Source photos: which of them are kept, and their removal."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from faceidd.enroll.report import photo_digest
from faceidd.enroll.report_file import ENROLLED, EnrollmentReport, PhotoEntry


@dataclass(slots=True)
class Removal:
    """Files that were to be removed.

    Attributes:
        removed: Those that are gone now.
        kept: Those that are there still, each with why.
        spared: Those that were not meant, each with why.
        missing: Those that are not where they were.
    """

    removed: list[Path] = field(default_factory=list)
    kept: list[tuple[Path, str]] = field(default_factory=list)
    spared: list[tuple[Path, str]] = field(default_factory=list)
    missing: list[Path] = field(default_factory=list)

    def remove(self, file: Path) -> bool:
        """Remove a file; one that is not there is no fault.

        Returns:
            Whether it was there.
        """
        try:
            file.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            self.kept.append((file, error.strerror or "it cannot be removed"))
        else:
            self.removed.append(file)
        return True


def delete_photos(report: EnrollmentReport, person: str | None = None) -> Removal:
    """Remove the photos that a gallery was enrolled from.

    A photo that gave nothing to the gallery stays; so does a file that has changed since, which is
    somebody's newer work.

    Args:
        report: The report on the gallery.
        person: Whose photos; None is everybody's.
    """
    removal = Removal()
    for template in report.templates:
        if person in {None, template.person}:
            for photo in template.photos:
                _delete(photo, removal)
    remove_empty(removal.removed)
    return removal


def _delete(photo: PhotoEntry, removal: Removal) -> None:
    digest = photo_digest(photo.file)
    if photo.outcome not in ENROLLED:
        if photo.file.is_file():
            removal.spared.append((photo.file, f"it gave nothing to the gallery: {photo.outcome}"))
    elif digest and digest != photo.sha256:
        removal.kept.append((photo.file, "it has changed since it was enrolled"))
    elif not digest and photo.file.exists():
        removal.kept.append((photo.file, "it cannot be read, so it may be another photo"))
    elif not removal.remove(photo.file):
        removal.missing.append(photo.file)


def remove_empty(removed: Iterable[Path]) -> None:
    """Remove the folders that removed files have left empty, but none above these."""
    for folder in {path.parent for path in removed}:
        with suppress(OSError):  # it is not empty, or not this user's to remove
            folder.rmdir()
