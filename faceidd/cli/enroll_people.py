"""What enrollment keeps of the people who were known before, and what it records of them all."""

import argparse
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faceidd.enroll.folder import Enrollment
    from faceidd.enroll.report_file import EnrollmentReport
    from faceidd.gallery.gallery import Gallery
    from faceidd.gallery.key import GalleryKey
    from faceidd.gallery.metric import Metric
    from faceidd.rights.photos import Removal

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
        help="record that everybody in these photos of whom no consent is recorded consented to"
        " this text",
    )
    enroll.add_argument(
        "--delete-photos",
        action="store_true",
        help="delete the photos once the gallery is written (default: they stay)",
    )


def save_enrollment(
    args: argparse.Namespace,
    enrollment: "Enrollment",
    file: Path,
    key: "GalleryKey | None",
    metric: "Metric",
) -> "EnrollmentReport":
    """Write gallery and report, with what was recorded of people in the old ones.

    Returns:
        The report on this enrollment alone.

    Raises:
        EnrollmentError: Somebody would be locked out, and neither --add nor --replace was given.
        GalleryError: The old gallery cannot be read, or a file cannot be written.
    """
    from faceidd.enroll.report import make_report
    from faceidd.enroll.report_file import load_report, write_report
    from faceidd.gallery.file import save_gallery

    older = load_report(file) if args.add else None
    report = make_report(enrollment, metric)
    gallery, fewer = _with_old(args, enrollment.gallery, file, key)
    save_gallery(gallery, file, key)
    write_report(report if older is None else older.joined(report), file)
    for line in fewer:
        print(line)
    return report


def _with_old(
    args: argparse.Namespace, new: "Gallery", file: Path, key: "GalleryKey | None"
) -> "tuple[Gallery, Sequence[str]]":
    """The gallery to write, and in lines who is of fewer photos in it than before."""
    from faceidd.enroll.folder import require_nobody_lost
    from faceidd.gallery.file import load_gallery
    from faceidd.gallery.revision import joined, renewed

    if not file.exists():
        return _consented(args, new), ()
    try:
        old = load_gallery(file, key)
    except GalleryError as error:
        if not args.replace:
            raise
        _log.warning("expiry and consent of the old gallery are lost: %s", error)
        return _consented(args, new), ()
    if not args.add and not args.replace:
        require_nobody_lost(old, new)
    mine = _consented(args, renewed(old, new))
    return joined(old, mine) if args.add else mine, list(_fewer(old, new))


def _fewer(old: "Gallery", new: "Gallery") -> "Iterator[str]":
    before, now = _photos(old), _photos(new)
    for name in sorted(before.keys() & now.keys()):
        if now[name] < before[name]:
            yield f"{name}: {before[name]} photos replaced by {now[name]}"


def _photos(gallery: "Gallery") -> dict[str, int]:
    counts = dict.fromkeys((one.name for one in gallery.people), 0)
    for owner, photos in zip(gallery.owners, gallery.photos, strict=True):
        counts[gallery.people[owner].name] += int(photos)
    return counts


def _consented(args: argparse.Namespace, gallery: "Gallery") -> "Gallery":
    from dataclasses import replace

    from faceidd.clock import wall
    from faceidd.gallery.consent import Consent

    if args.consent is None:
        return gallery
    people = (
        replace(one, consent=one.consent or Consent(one.name, wall(), args.consent))
        for one in gallery.people
    )
    return replace(gallery, people=tuple(people))


def delete_enrolled(args: argparse.Namespace, report: "EnrollmentReport") -> None:
    """Delete the photos if that was asked for, and say that they are there if not."""
    from faceidd.rights.photos import delete_photos

    if args.delete_photos:
        tell_removal(delete_photos(report))
    else:
        print("the photos are kept; to delete them: faceidd gallery delete-photos --all")


def tell_removal(removal: "Removal") -> None:
    """Say which photos are gone, and which are there still, and why."""
    from faceidd.enroll.report import printable

    for path, why in (*removal.spared, *removal.kept):
        print(f"kept: {printable(path)}: {why}")
    for path in removal.missing:
        print(f"not found: {printable(path)}")
    print(f"deleted {len(removal.removed)} photos")
