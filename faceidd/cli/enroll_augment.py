"""`faceidd enroll augment`: photos -> changed copies of them."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.enroll_video import natural
from faceidd.cli.progress import shown

if TYPE_CHECKING:
    from faceidd.enroll.augmentation import Mix, Range

COUNT, MOST_CHANGES = 10, 3
_RANGED = {
    "tilt": "turn clockwise by so many degrees (default: -15 15)",
    "noise": "add Gaussian noise of so many gray values (default: 5 15)",
    "brightness": "add so many gray values (default: -50 50)",
    "contrast": "multiply the contrast (default: 0.6 1.4)",
    "salt-pepper": "make such a share of the pixels black or white (default: 0.005 0.02)",
}


def add_parser(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `augment` to the ways to enroll."""
    augment = kinds.add_parser(
        "augment",
        help="make changed copies of photos",
        description="Makes copies of the photos of each person, each changed by a random mix, and"
        " files them as NAME/NAME1.jpg and so on in a folder of their own. Where no change is"
        " named all are mixed. A gallery needs none: see docs/enrollment.md for what they do to"
        " recognition.",
    )
    augment.add_argument("photos", type=Path, help="the folder of photos")
    augment.add_argument(
        "--into", type=Path, required=True, metavar="DIR", help="folder to file the copies in"
    )
    augment.add_argument(
        "--count",
        type=natural,
        default=COUNT,
        metavar="N",
        help="copies of each person (default: %(default)s)",
    )
    augment.add_argument(
        "--start",
        type=natural,
        metavar="M",
        help="number of the first copy (default: on from what is there)",
    )
    augment.add_argument(
        "--seed", type=int, default=0, help="the same seed makes the same (default: %(default)s)"
    )
    augment.add_argument("--nested", action="store_true", help="as of `faceidd enroll folder`")
    changes = augment.add_argument_group("changes")
    changes.add_argument("--flip", action="store_true", help="exchange left and right")
    for name, text in _RANGED.items():
        changes.add_argument(f"--{name}", type=float, nargs=2, metavar=("LEAST", "MOST"), help=text)
    changes.add_argument(
        "--mix",
        type=natural,
        default=MOST_CHANGES,
        metavar="N",
        help="most changes of one copy (default: %(default)s)",
    )
    augment.set_defaults(func=_augment)


def _augment(args: argparse.Namespace) -> int:
    from faceidd.enroll.copies import make_copies
    from faceidd.enroll.report import printable

    mix = _mix(args)
    with shown("making copies", "copy") as progress:
        made = make_copies(
            args.photos,
            args.into,
            mix,
            count=args.count,
            start=args.start,
            seed=args.seed,
            nested=args.nested,
            progress=progress,
        )
    for photo, fault in made.unread:
        print(f"left out: {printable(photo.path)} {fault.words}")
    print(f"made {made.copies} copies of photos of {made.people} people in {args.into}")
    return 0


def _mix(args: argparse.Namespace) -> "Mix":
    from faceidd.enroll.augmentation import RANGES, Change, Mix

    named: dict[Change, Range] = {}
    if args.flip:
        named[Change.FLIP] = RANGES[Change.FLIP]
    for name in _RANGED:
        given = getattr(args, name.replace("-", "_"))
        if given is not None:
            named[Change(name)] = (given[0], given[1])
    return Mix(named or RANGES, args.mix)
