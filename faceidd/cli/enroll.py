"""`faceidd enroll`: photos -> gallery."""

import argparse
import logging
from pathlib import Path

from faceidd.cli.config import DEFAULT_CONFIG
from faceidd.cli.enroll_people import add_people_options, delete_enrolled, save_enrollment

_log = logging.getLogger(__name__)

PHOTO_FACE_PX = 60
"""Default size filter for photos, which show people smaller than a door camera does."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `enroll` to the command line."""
    enroll = subparsers.add_parser("enroll", help="turn photos of people into a gallery")
    kinds = enroll.add_subparsers(required=True, metavar="KIND")
    folder = kinds.add_parser(
        "folder",
        help="enroll a folder of photos",
        description="Photos lie in a folder a person (Kim/Kim1.jpg) or side by side (Kim1.jpg)."
        " A report on what each photo gave is written beside the gallery; faceidd -v prints it.",
    )
    folder.add_argument("photos", type=Path, help="the folder of photos")
    folder.add_argument(
        "--config",
        type=Path,
        help=f"the door's configuration (default: {DEFAULT_CONFIG} where it is, or else built in)",
    )
    folder.add_argument("--models", type=Path, help="folder of model packs, over the configuration")
    folder.add_argument("--gallery", type=Path, help="file to write, over the configuration")
    folder.add_argument(
        "--min-face-px",
        type=int,
        default=PHOTO_FACE_PX,
        help="narrower faces in photos are not taken (default: %(default)s)",
    )
    folder.add_argument(
        "--skip-bad", action="store_true", help="leave unusable photos out instead of stopping"
    )
    folder.add_argument(
        "--looks",
        action="store_true",
        help="a folder in a person's folder (Kim/mask/1.jpg) is a template of its own, for a look"
        " that the mean of all photos would not meet",
    )
    add_people_options(folder)
    folder.set_defaults(func=_folder)


def _folder(args: argparse.Namespace) -> int:
    from faceidd.daemon.config import Config  # noqa: PLC0415 - heavy, and not for --help
    from faceidd.daemon.config_file import load_config  # noqa: PLC0415 - as above
    from faceidd.daemon.recognition import build_model  # noqa: PLC0415 - as above
    from faceidd.enroll.folder import enroll_folder  # noqa: PLC0415 - as above
    from faceidd.enroll.report import printable, table  # noqa: PLC0415 - as above

    given = args.config or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
    config = load_config(given) if given else Config()
    models = config.models.model_copy(update={"dir": args.models} if args.models else {})
    detector = config.detector.model_copy(update={"min_face_px": args.min_face_px})
    model = build_model(config.model_copy(update={"models": models, "detector": detector}))
    enrollment = enroll_folder(
        args.photos,
        model.recognizer,
        model.name,
        skip_bad=args.skip_bad,
        looks=args.looks,
        progress=lambda photo: _log.info("%s: %s", photo.name, photo.path),
    )
    file = args.gallery or config.gallery.file
    report = save_enrollment(args, enrollment, file)
    if args.verbose:
        print("\n".join(table(enrollment)))
    for one in enrollment.rejected:
        if one.fault is not None:
            print(f"left out: {printable(one.photo.path)} {one.fault.words}")
    photos = int(enrollment.gallery.photos.sum())
    print(f"enrolled {len(enrollment.gallery.people)} people from {photos} photos into {file}")
    print(f"what each photo gave is in {report}")
    delete_enrolled(args, enrollment, file)
    print("a door that is running takes it in when it is restarted")
    return 0
