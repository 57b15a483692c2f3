"""What enrollment keeps of the people who were known before, and what it records of them all."""

import argparse
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.errors import GalleryError

if TYPE_CHECKING:
    from faceidd.enroll.folder import Enrollment
    from faceidd.gallery.gallery import Gallery
    from faceidd.gallery.metric import Metric

_log = logging.getLogger(__name__)


def add_people_options(enroll: argparse.ArgumentParser) -> None:
    """Add the options on people to a way to enroll."""
    known = enroll.add_mutually_exclusive_group()
    known.add_argument(
        "--add",
        action="store_true",
        help="keep everybody of the old gallery who has no photos here",
    )
    known.add_argument(
        "--replace", action="store_true", help="also where somebody of the old gallery is missing"
    )
    enroll.add_argument(
        "--consent",
        metavar="VERSION",
        help="record that everybody of whom no consent is recorded consented to this text",
    )
    enroll.add_argument(
        "--delete-photos",
        action="store_true",
        help="delete the photos once the gallery is written (default: they stay)",
    )


def save_enrollment(
    args: argparse.Namespace, enrollment: "Enrollment", file: Path, metric: "Metric"
) -> Path:
    """Write gallery and report, with what was recorded of people in the old ones.

    Returns:
        The report's path.

    Raises:
        EnrollmentError: Somebody would be locked out, and neither --add nor --replace was given.
        GalleryError: The old gallery cannot be read, or a file cannot be written.
    """
    from faceidd.enroll.report import save_report  # noqa: PLC0415 - heavy, and not for --help
    from faceidd.enroll.report_file import load_report, write_report  # noqa: PLC0415 - as above
    from faceidd.gallery.file import save_gallery  # noqa: PLC0415 - as above

    gallery = _consented(args, _with_old(args, enrollment.gallery, file))
    older = load_report(file) if args.add else None
    save_gallery(gallery, file)
    path = save_report(enrollment, file, metric)
    newer = load_report(file)
    if older is not None and newer is not None:
        write_report(older.joined(newer), file)
    return path


def _with_old(args: argparse.Namespace, new: "Gallery", file: Path) -> "Gallery":
    from faceidd.enroll.folder import require_nobody_lost  # noqa: PLC0415 - heavy, not for --help
    from faceidd.gallery.file import load_gallery  # noqa: PLC0415 - as above
    from faceidd.gallery.revision import joined, renewed  # noqa: PLC0415 - as above

    if not file.exists():
        return new
    try:
        old = load_gallery(file)
    except GalleryError as error:
        if not args.replace:
            raise
        _log.warning("expiry and consent of the old gallery are lost: %s", error)
        return new
    if args.add:
        return joined(old, renewed(old, new))
    if not args.replace:
        require_nobody_lost(old, new)
    return renewed(old, new)


def _consented(args: argparse.Namespace, gallery: "Gallery") -> "Gallery":
    from dataclasses import replace  # noqa: PLC0415 - only where the command runs

    from faceidd.clock import wall  # noqa: PLC0415 - as above
    from faceidd.gallery.consent import Consent  # noqa: PLC0415 - heavy, and not for --help

    if args.consent is None:
        return gallery
    people = (
        replace(one, consent=one.consent or Consent(one.name, wall(), args.consent))
        for one in gallery.people
    )
    return replace(gallery, people=tuple(people))


def delete_enrolled(args: argparse.Namespace, enrollment: "Enrollment", file: Path) -> None:
    """Delete the photos if that was asked for, and say that they are there if not.

    Raises:
        GalleryError: The report, which names them, cannot be read.
    """
    from faceidd.enroll.report_file import load_report  # noqa: PLC0415 - heavy, not for --help
    from faceidd.rights.photos import delete_photos  # noqa: PLC0415 - as above

    if not args.delete_photos:
        print("the photos are kept; to delete them: faceidd gallery delete-photos --all")
        return
    report, deleted = load_report(file), 0
    for person in enrollment.gallery.people:
        if report is None:
            break
        removal = delete_photos(report, person.name)
        deleted += len(removal.removed)
        for path, why in removal.kept:
            print(f"kept: {path}: {why}")
    print(f"deleted {deleted} photos")
