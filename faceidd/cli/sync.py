"""`faceidd sync`: bring the door's gallery to what the signed repository offers."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.config import DEFAULT_CONFIG

if TYPE_CHECKING:
    from faceidd.sync.outcome import Outcome


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `sync` to the command line."""
    parser = subparsers.add_parser("sync", help="fetch the door's gallery from a signed repository")
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="default: %(default)s")
    parser.add_argument(
        "--trust",
        type=Path,
        metavar="FILE",
        help="the trust file, instead of the configuration's sync.trust",
    )
    parser.set_defaults(func=_sync)


def _sync(args: argparse.Namespace) -> int:
    from faceidd.daemon.config_file import load_config
    from faceidd.daemon.syncing import sync_settings
    from faceidd.sync.sync import sync

    print(_told(sync(sync_settings(load_config(args.config), args.trust))))
    return 0


def _told(outcome: "Outcome") -> str:
    cost = f"{outcome.received} bytes, {outcome.requests} requests"
    what = f"version {outcome.version} of edition {outcome.edition}"
    match outcome.way.value:
        case "revoked":
            return f"this door is revoked: it knows nobody now ({cost})"
        case "nothing_new":
            return f"nothing new: {what} ({cost})"
        case "delta":
            return f"taken by a delta: {what} ({cost})"
        case _:
            return f"taken whole: {what} ({cost})"
