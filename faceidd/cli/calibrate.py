"""`faceidd calibrate`: photos of strangers -> the door's threshold."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.evaluate import require_extra
from faceidd.cli.gallery_options import add_key_option, gallery_key
from faceidd.cli.model_options import METRICS, add_model_options, model_config

if TYPE_CHECKING:
    from faceidd.daemon.config import Config
    from faceidd.evaluation.calibration_attempt import Purpose
    from faceidd.gallery.gallery import Gallery

AUTO = "auto"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `calibrate` to the command line."""
    parser = subparsers.add_parser(
        "calibrate",
        help="derive the door's threshold from photos of strangers",
        description="Derive the threshold at which strangers of every group are refused as often"
        " as asked, and write it beside the model pack, where the door finds it.",
    )
    parser.add_argument(
        "--cohort",
        type=Path,
        required=True,
        metavar="DIR",
        help="photos of people who are not enrolled: a folder a person, or a CSV manifest",
    )
    parser.add_argument(
        "--groups",
        type=Path,
        metavar="CSV",
        help="manifest with the columns path,set,identity,group for the photos of DIR",
    )
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument(
        "--target-fmr",
        type=share,
        metavar="RATE",
        help="part of the comparisons of two people that may be accepted, such as 1e-4",
    )
    target.add_argument(
        "--target-fpir",
        type=share,
        metavar="RATE",
        help="part of the searches for strangers that may return anybody of the gallery",
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--gallery", type=Path, metavar="FILE", help="the gallery; the photos are searched in it"
    )
    size.add_argument(
        "--people", type=natural, metavar="N", help="size of the gallery, where it is not there"
    )
    add_key_option(parser)
    _add_options(parser)
    add_model_options(parser)
    parser.set_defaults(func=_calibrate)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--normalization",
        choices=(AUTO, "s_norm", "centering", "none"),
        default=AUTO,
        help="what a cohort does to scores (default: what refuses the fewest of the right people)",
    )
    parser.add_argument(
        "--metric",
        choices=METRICS,
        help="how faces are compared, over the configuration",
    )
    parser.add_argument(
        "--same",
        action="append",
        default=[],
        metavar="A=B",
        help="A and B are one person filed under two names; may be given again",
    )
    parser.add_argument(
        "--check",
        type=parts,
        metavar="PARTS",
        help="also calibrate without each of so many parts of the people, and measure on it",
    )
    parser.add_argument(
        "--cache", type=Path, metavar="DIR", help="folder to keep the photos' embeddings in"
    )
    parser.add_argument("--output", type=Path, help="file to write, instead of the pack's")
    parser.add_argument("--dry-run", action="store_true", help="tell, and write nothing")
    parser.add_argument("--json", action="store_true", help="tell as JSON")


def share(text: str) -> float:
    """A rate above 0 and below 1.

    Raises:
        ValueError: It is none.
    """
    value = float(text)
    if not 0 < value < 1:
        raise ValueError(text)
    return value


def natural(text: str) -> int:
    """A number of people, at least 1.

    Raises:
        ValueError: It is none.
    """
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def parts(text: str) -> int:
    """A number of parts, at least 2.

    Raises:
        ValueError: It is none.
    """
    value = int(text)
    if value < 2:  # noqa: PLR2004 - one part leaves nobody to calibrate on
        raise ValueError(text)
    return value


def _calibrate(args: argparse.Namespace) -> int:
    require_extra()
    from datetime import UTC, datetime

    from faceidd.daemon.recognition import build_model
    from faceidd.evaluation.calibration_photos import read_same
    from faceidd.evaluation.calibration_report import as_json, as_text
    from faceidd.evaluation.calibration_run import Job, run
    from faceidd.gallery import calibration as beside_pack
    from faceidd.gallery.file import load_gallery

    config = model_config(args)
    gallery = load_gallery(args.gallery, gallery_key(args)) if args.gallery else None
    purpose = _purpose(args, config, gallery)
    same = read_same(args.same)
    watched = sys.stderr.isatty()
    job = Job(args.cohort, args.groups, same, args.cache, args.check, progress=watched)
    model = build_model(config)
    made_at = datetime.now(UTC)
    told = run(job, model.recognizer, model.name, purpose, made_at, gallery=gallery)
    print(as_json(told) if args.json else as_text(told))
    if not args.dry_run:
        models = config.models
        path = args.output or beside_pack.calibration_path(
            models.dir, models.embedder, models.variant
        )
        beside_pack.save_calibration(told.calibration, path)
        if not args.json:
            print(
                f"written to {path}; a door that is running takes it in when it is restarted,"
                " or within a gallery: faceidd gallery calibration --from"
            )
    return 0


def _purpose(args: argparse.Namespace, config: "Config", gallery: "Gallery | None") -> "Purpose":
    from faceidd.errors import ConfigError
    from faceidd.evaluation.calibration_attempt import Purpose
    from faceidd.gallery.metric import Metric
    from faceidd.gallery.provenance import Target, fmr_of_fpir
    from faceidd.gallery.scale import Normalization

    templates = args.people if gallery is None else len(gallery.norms) or None
    if args.target_fmr is not None:
        target = Target(fmr=args.target_fmr, templates=templates)
    elif templates is None:
        raise ConfigError(
            "the FPIR depends on the size of the gallery, and none is known",
            do="name --gallery, with people in it, or --people",
        )
    else:
        fmr = fmr_of_fpir(args.target_fpir, templates)
        target = Target(fmr=fmr, fpir=args.target_fpir, templates=templates)
    return Purpose(
        target,
        config.access.min_frames,
        Metric(args.metric or config.access.metric),
        None if args.normalization == AUTO else Normalization(args.normalization),
    )
