"""`faceidd demo`: an evening at a door, from nothing."""

import argparse
import logging
import shutil
from pathlib import Path

from faceidd.cli.model import models_folder


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `demo` to the command line."""
    demo = subparsers.add_parser(
        "demo", help="run the whole product before a generated video, with simulated pins"
    )
    demo.add_argument(
        "--into", type=Path, default=Path("faceidd-demo"), help="folder to fill (%(default)s)"
    )
    demo.add_argument(
        "--models", type=Path, default=models_folder(), help="model packs (%(default)s)"
    )
    demo.set_defaults(func=_demo)


def _demo(args: argparse.Namespace) -> int:
    from faceidd.demo.demo import NAME, play, prepare

    if not args.verbose:
        logging.getLogger().setLevel(logging.WARNING)
    folder: Path = args.into.resolve()
    shutil.rmtree(folder / "photos", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    config = prepare(folder, args.models.resolve())
    print("\nAn evening at the door; what a subscriber hears:")
    evening = play(config)
    print("\n" + evening.summary())
    for path in evening.draw(folder / "approach.mp4", folder):
        print(f"wrote {path}")
    faults = evening.faults(NAME)
    for fault in faults:
        print(f"NOT AS IT MUST BE: {fault}")
    if not faults:
        print(f"As it must be: {NAME} opened the door once, and nobody else did.")
    return 1 if faults else 0
