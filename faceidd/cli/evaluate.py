"""`faceidd eval`: labeled photos -> how often the model is right, for whom, and why not."""

import argparse
import math
import sys
from pathlib import Path

from faceidd.cli.model_options import METRICS, add_model_options
from faceidd.errors import FaceiddError

PHOTO_FACE_PX = 45
"""Default size filter for photos: the faces of common research sets are about 100 px wide."""
PHOTOS, FRAMES, DRAWS = 3, 3, 100
NORMALIZATIONS = ("none", "centering", "s_norm")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `eval` to the command line."""
    parser = subparsers.add_parser(
        "eval", help="measure how often the model is right, on labeled photos"
    )
    kinds = parser.add_subparsers(required=True, metavar="KIND")
    lfw = kinds.add_parser(
        "lfw",
        help="the protocol of Labeled Faces in the Wild",
        description="Judges each fold of pairs by the threshold that is best on the others. Every"
        " photo with a face counts: the quality gate is off.",
    )
    lfw.add_argument("--pairs", type=Path, required=True, metavar="FILE", help="LFW's pairs.txt")
    lfw.add_argument(
        "--photos", type=Path, required=True, metavar="DIR", help="its photos, a folder a person"
    )
    lfw.set_defaults(func=_lfw)

    people = kinds.add_parser(
        "people",
        help="any labeled photos: verification by set and group, and open-set identification",
        description="A manifest is CSV with the columns path and identity, and if wanted set, group"
        " and session; paths are relative to its folder.",
    )
    people.add_argument(
        "--manifest",
        type=Path,
        required=True,
        metavar="PATH",
        help="a manifest, or a folder of people as `faceidd enroll folder` reads it",
    )
    _add_people_options(people)
    people.set_defaults(func=_people)
    for command in (lfw, people):
        _add_scale_options(command)
        add_model_options(command, PHOTO_FACE_PX)
        _add_output_options(command)


def _add_people_options(people: argparse.ArgumentParser) -> None:
    group = people.add_argument_group("who is measured, and visits")
    group.add_argument(
        "--leave-out", action="append", default=[], metavar="SET", help="measure without a set"
    )
    group.add_argument(
        "--session-pattern",
        metavar="REGEX",
        help="where no column names it: a photo's session, as the group (?P<session>...) in the"
        " name of its file",
    )
    group.add_argument(
        "--no-gate", action="store_true", help="take faces too that the quality gate refuses"
    )
    group.add_argument(
        "--enroll-photos",
        type=_count,
        default=PHOTOS,
        metavar="N",
        help="photos each person is enrolled from (default: %(default)s)",
    )
    group.add_argument(
        "--frames",
        type=_count,
        default=FRAMES,
        metavar="M",
        help="frames of a visit that are fused (default: %(default)s)",
    )
    group.add_argument(
        "--draws",
        type=_count,
        default=DRAWS,
        metavar="N",
        help="times that people and photos are drawn (default: %(default)s)",
    )
    group.add_argument("--seed", type=int, default=0, help="of the draws (default: %(default)s)")


def _add_scale_options(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group(
        "what is accepted (default: as the calibration beside the pack says, or else the pack)"
    )
    group.add_argument("--metric", choices=METRICS)
    group.add_argument("--threshold", type=_finite, help="least similarity, or greatest distance")
    group.add_argument("--normalization", choices=NORMALIZATIONS)
    group.add_argument(
        "--cohort",
        type=Path,
        metavar="PATH",
        help="strangers that scores are normalized by, a manifest or a folder; with"
        " `people`, whoever stands in it is not measured",
    )


def _add_output_options(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("output")
    group.add_argument(
        "--report",
        type=Path,
        metavar="DIR",
        help="write report.html, with pictures of people, and report.json there",
    )
    group.add_argument(
        "--worst",
        type=_number,
        default=6,
        metavar="N",
        help="pairs of either kind that a report shows of each set (default: %(default)s)",
    )
    group.add_argument(
        "--cache",
        type=Path,
        metavar="DIR",
        help="where embeddings are kept between runs (default: in the user's cache folder)",
    )
    group.add_argument("--no-cache", action="store_true", help="keep no embeddings")
    group.add_argument(
        "--progress",
        action=argparse.BooleanOptionalAction,
        default=sys.stderr.isatty(),
        help="tell on stderr how far it is (default: on a terminal)",
    )


def _lfw(args: argparse.Namespace) -> int:
    require_extra()
    from faceidd.cli.evaluating import evaluate_lfw

    return evaluate_lfw(args)


def _people(args: argparse.Namespace) -> int:
    require_extra()
    from faceidd.cli.evaluating import evaluate_people

    return evaluate_people(args)


def require_extra() -> None:
    """Refuse to measure where the packages for it are not installed, as on a door.

    Raises:
        FaceiddError: Some are not.
    """
    import importlib.util

    missing = [
        name
        for name in ("jinja2", "matplotlib", "scipy", "tqdm")
        if importlib.util.find_spec(name) is None
    ]
    if missing:
        raise FaceiddError(
            f"measuring needs packages that are not installed: {', '.join(missing)}",
            do="install faceidd[eval], on an admin's machine rather than on the door",
        )


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _number(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError("must be a number")
    return number
