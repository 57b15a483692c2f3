"""The options that name a gallery, which several commands share."""

import argparse
from pathlib import Path

from faceidd.cli.config import DEFAULT_CONFIG


def add_gallery_options(command: argparse.ArgumentParser) -> None:
    """Add the options that name a gallery."""
    command.add_argument(
        "--config",
        type=Path,
        help=f"the door's configuration (default: {DEFAULT_CONFIG} where it is, or else built in)",
    )
    command.add_argument("--gallery", type=Path, help="the gallery's file, over the configuration")


def gallery_file(args: argparse.Namespace) -> Path:
    """The gallery's file that is named on the command line, or else by the configuration."""
    from faceidd.daemon.config import Config  # noqa: PLC0415 - heavy, and not for --help
    from faceidd.daemon.config_file import load_config  # noqa: PLC0415 - as above

    if args.gallery is not None:
        named: Path = args.gallery
        return named
    given = args.config or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
    return (load_config(given) if given else Config()).gallery.file
