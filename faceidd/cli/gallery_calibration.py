"""`faceidd gallery calibration`: the operating threshold that a gallery carries to its doors."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.gallery_options import add_gallery_options, gallery_file, gallery_key

if TYPE_CHECKING:
    from faceidd.gallery.calibration import Calibration


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command on the calibration."""
    command = commands.add_parser(
        "calibration",
        help="put a calibration into the gallery, show it, or take it out",
        description="A door uses its gallery's calibration, or else the one beside the model pack.",
    )
    change = command.add_mutually_exclusive_group()
    change.add_argument(
        "--from",
        dest="file",
        type=Path,
        metavar="FILE",
        help="put this one in, as `faceidd calibrate` writes it",
    )
    change.add_argument("--remove", action="store_true", help="take it out")
    command.set_defaults(func=_calibration)
    add_gallery_options(command)


def calibration_words(calibration: "Calibration | None") -> str:
    """A calibration in a line."""
    if calibration is None:
        return "none; a door uses the one beside its model pack"
    made = calibration.provenance
    return (
        f"{calibration.scale}, threshold {calibration.threshold:.3f}, for an FMR of"
        f" {made.target.fmr:g}, made {made.made_at:%Y-%m-%d}"
    )


def _calibration(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from faceidd.gallery.calibration import load_calibration
    from faceidd.gallery.file import load_gallery, save_gallery

    file = gallery_file(args)
    gallery = load_gallery(file, gallery_key(args))
    if args.file is not None:
        calibration = load_calibration(args.file)
        calibration.require_model(gallery.model_id, gallery.model_name)
        gallery = replace(gallery, calibration=calibration)
    elif args.remove:
        gallery = replace(gallery, calibration=None)
    if args.file is not None or args.remove:
        save_gallery(gallery, file, gallery_key(args))
    print(f"calibration in {file}: {calibration_words(gallery.calibration)}")
    return 0
