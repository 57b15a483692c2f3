"""The options that name a gallery and its key, which several commands share."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.config import DEFAULT_CONFIG

if TYPE_CHECKING:
    from faceidd.daemon.config import Config
    from faceidd.gallery.key import GalleryKey


def add_gallery_options(command: argparse.ArgumentParser) -> None:
    """Add the options that name a gallery."""
    command.add_argument(
        "--config",
        type=Path,
        help=f"the door's configuration (default: {DEFAULT_CONFIG} where it is, or else built in)",
    )
    command.add_argument("--gallery", type=Path, help="the gallery's file, over the configuration")
    add_key_option(command)


def add_key_option(command: argparse.ArgumentParser) -> None:
    """Add the option that names a gallery's key to a command that has --config and --gallery."""
    command.add_argument(
        "--key-file",
        type=Path,
        metavar="FILE",
        help="the key that the gallery is encrypted with (default: the configuration's for its own"
        " gallery, none for one that --gallery names)",
    )


def gallery_file(args: argparse.Namespace) -> Path:
    """The gallery's file that is named on the command line, or else by the configuration."""
    if args.gallery is not None:
        named: Path = args.gallery
        return named
    return _config(args).gallery.file


def gallery_key_file(args: argparse.Namespace) -> Path | None:
    """The file of the key that goes with `gallery_file`; None where it is not encrypted."""
    if args.key_file is not None:
        named: Path = args.key_file
        return named
    return None if args.gallery is not None else _config(args).gallery.key_file


def gallery_key(args: argparse.Namespace) -> "GalleryKey | None":
    """The key that goes with `gallery_file`; None where it is not encrypted.

    Raises:
        GalleryError: The key cannot be read, is open to others, or is none.
    """
    from faceidd.gallery.key import key_of

    return key_of(gallery_key_file(args))


def _config(args: argparse.Namespace) -> "Config":
    from faceidd.daemon.config import Config
    from faceidd.daemon.config_file import load_config

    given = args.config or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
    return load_config(given) if given else Config()
