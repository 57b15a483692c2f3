"""`faceidd gallery doctor`: what spoils a gallery, and what to do about it."""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.gallery_options import add_key_option, gallery_key
from faceidd.cli.model_options import add_model_options, model_config
from faceidd.errors import GalleryError

if TYPE_CHECKING:
    from faceidd.daemon.config import Config
    from faceidd.daemon.recognition import Model
    from faceidd.doctor.diagnosis import DoorModel
    from faceidd.doctor.finding import Finding
    from faceidd.doctor.record import DoctorRecord
    from faceidd.doctor.report import Examined
    from faceidd.enroll.photos import Photo
    from faceidd.gallery.gallery import Gallery

FOUND = 11
"""Exit code where findings block."""
TOLD_EVERY = 100
"""Photos after which the log tells how far it is."""

_log = logging.getLogger(__name__)


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `doctor` to the commands on galleries."""
    doctor = commands.add_parser(
        "doctor",
        help="find what spoils the gallery: wrong names, copies, people too alike, poor photos",
        description="Looks at a gallery and at the photos it was enrolled from; before there is a"
        f" gallery, at photos alone. Ends with exit code {FOUND} where something must be settled"
        " before the gallery is published.",
    )
    doctor.add_argument(
        "--photos",
        type=Path,
        metavar="DIR",
        help="the folder of photos (default: those of the enrollment that are still there)",
    )
    deep = doctor.add_mutually_exclusive_group()
    for option in ("--looks", "--nested"):
        deep.add_argument(
            option, action="store_true", help=f"the photos of DIR are enrolled with {option}"
        )
    doctor.add_argument("--gallery", type=Path, help="the gallery's file, over the configuration")
    add_key_option(doctor)
    doctor.add_argument(
        "--report", type=Path, metavar="DIR", help="write a page with pictures of people there"
    )
    doctor.add_argument("--json", action="store_true", help="tell as JSON")
    doctor.add_argument(
        "--force",
        action="store_true",
        help="let the gallery pass with what was found; needs --reason, and is recorded",
    )
    doctor.add_argument("--reason", metavar="TEXT", help="why it may pass")
    add_model_options(doctor)
    doctor.set_defaults(func=_doctor)


def _doctor(args: argparse.Namespace) -> int:
    from faceidd.clock import wall
    from faceidd.daemon.recognition import build_model
    from faceidd.doctor.diagnosis import diagnose
    from faceidd.doctor.record import make_record
    from faceidd.doctor.report import Examined
    from faceidd.doctor.views import view_photos
    from faceidd.gallery.file import load_known_gallery

    config = model_config(args)
    file = args.gallery or config.gallery.file
    gallery, digest = load_known_gallery(file, gallery_key(args)) if file.exists() else (None, "")
    photos = _photos(args, file)
    _require_work(args, gallery, photos)
    model, now = build_model(config), wall()
    views = view_photos(photos, model.recognizer, _tell_progress)
    door, named = door_model(config, model, gallery), args.photos is not None
    findings = diagnose(views, gallery, door, now, named=named)
    examined = Examined(
        photos=str(args.photos or "those of the enrollment") if photos else None,
        gallery=None if gallery is None else str(file),
        model=model.name,
        people=_count_people(gallery, photos),
        count=len(photos),
        at=now.isoformat(" ", "seconds"),
    )
    _tell(findings, examined, as_json=args.json)
    if args.report:
        _write_report(args, findings, examined, model)
    if gallery is None:
        return FOUND if any(one.kind.blocks for one in findings) else 0
    reason = args.reason if args.force else None
    record = make_record(digest, findings, len(photos), now, reason)
    return 0 if _save_record(args, file, record).lets_pass(digest) else FOUND


def _photos(args: argparse.Namespace, file: Path) -> "tuple[Photo, ...]":
    """The photos that were named, or else those of the enrollment that are still there."""
    from faceidd.enroll.photos import find_photos
    from faceidd.enroll.report_file import load_report

    if args.photos is not None:
        return find_photos(args.photos, looks=args.looks, nested=args.nested)
    report = load_report(file)
    enrolled = () if report is None else report.photos()
    there = tuple(one for one in enrolled if one.path.exists())
    if len(there) < len(enrolled):
        _log.warning("%d of %d photos are gone", len(enrolled) - len(there), len(enrolled))
    return there


def _require_work(
    args: argparse.Namespace, gallery: "Gallery | None", photos: "Sequence[Photo]"
) -> None:
    if args.force and not (args.reason and args.reason.strip()):
        raise GalleryError("--force was given without a reason", do="say why: --reason TEXT")
    if gallery is None and (args.force or not photos):
        raise GalleryError(
            "there is no gallery to let pass" if args.force else "there is no gallery and no photo",
            do="name a gallery: --gallery FILE"
            + ("" if args.force else ", or photos: --photos DIR"),
        )


def door_model(config: "Config", model: "Model", gallery: "Gallery | None") -> "DoorModel":
    """What the doctor must know of a door.

    Args:
        config: The door's configuration.
        model: What it recognizes by.
        gallery: Its gallery, which may carry its calibration.

    Raises:
        FaceiddError: Its rules cannot be made; the door would not start either.
    """
    from faceidd.daemon.build import access_rules
    from faceidd.daemon.operating_point import operating_point
    from faceidd.doctor.diagnosis import DoorModel

    point = operating_point(config, model, gallery)
    rules, one = access_rules(config, point), model.recognizer
    return DoorModel(one.model_id, model.name, rules, point.cohort, one.same_face)


def _count_people(gallery: "Gallery | None", photos: "Sequence[Photo]") -> int:
    known = set() if gallery is None else {one.name for one in gallery.people}
    return len(known | {one.name for one in photos})


def _tell_progress(done: int, of: int) -> None:
    if done % TOLD_EVERY == 0 or done == of:
        _log.info("looked at %d of %d photos", done, of)


def _tell(findings: "Sequence[Finding]", examined: "Examined", *, as_json: bool) -> None:
    from faceidd.doctor import report

    if as_json:
        print(report.as_json(findings, examined), end="")
        return
    heading = None
    for one in findings:
        if one.kind is not heading:
            heading = one.kind
            print(f"{heading.heading}{'' if heading.blocks else ' (advice)'}:")
        print(f"  {one.sentence}")
    blocking = sum(one.kind.blocks for one in findings)
    print(f"looked at {examined.count} photos of {examined.people} people, with {examined.model}")
    if not examined.photos:
        print("no photo is there any more: whether names are right was not looked at")
    print(f"{blocking} findings block publishing, {len(findings) - blocking} are advice")


def _write_report(
    args: argparse.Namespace,
    findings: "Sequence[Finding]",
    examined: "Examined",
    model: "Model",
) -> None:
    from faceidd.doctor.page import write_page
    from faceidd.doctor.views import examined_face
    from faceidd.evaluation.pictures import aligned_faces

    picture = aligned_faces(model.recognizer, examined_face)
    page = write_page(findings, examined, picture, args.report)
    if not args.json:
        print(f"written: {page}, with pictures of people")


def _save_record(args: argparse.Namespace, file: Path, made: "DoctorRecord") -> "DoctorRecord":
    """Write the record, with what the old one remembers."""
    from faceidd.doctor.record import (
        load_record,
        save_record,
    )

    reports = [str(args.report.absolute())] if args.report else []
    record = made.with_reports(reports).following(load_record(file))
    path = save_record(record, file)
    if not args.json:
        let = record.override
        print(f"recorded: {path}")
        if let is not None:
            print(f"it may pass, says {let.by} on {let.at:%Y-%m-%d %H:%M}: {let.reason}")
    return record
