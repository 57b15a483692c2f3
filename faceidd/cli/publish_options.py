"""What the commands on a publisher's folder share: where it is, and which keys are at hand."""

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.errors import PublishError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faceidd.publish.advance import Advanced
    from faceidd.publish.folder import PublishFolder
    from faceidd.publish.keyring import Keyring
    from faceidd.publish.passphrase import Passphrases
    from faceidd.publish.pending import Waiting
    from faceidd.publish.settings import RoleName

ROLES: "tuple[RoleName, ...]" = ("root", "targets", "snapshot", "timestamp")
ONLINE = ROLES[2:]
"""Roles whose key lies on the machine that renews them."""


def add_dir_option(parser: argparse.ArgumentParser, *, inner: bool = True) -> None:
    """Add `--dir`.

    Args:
        parser: The command's.
        inner: Whether it stands behind `publish` and another word; then what was said before it
            counts.
    """
    parser.add_argument(
        "--dir",
        type=Path,
        default=argparse.SUPPRESS if inner else Path(),
        metavar="DIR",
        help="the publisher's folder (default: this one)",
    )


def add_key_options(parser: argparse.ArgumentParser, *, inner: bool = True) -> None:
    """Add what says which keys are at hand.

    Args:
        parser: The command's.
        inner: As above.
    """
    parser.add_argument(
        "--key",
        type=Path,
        action="append",
        default=argparse.SUPPRESS if inner else [],
        metavar="FILE",
        help="a key that lies elsewhere, such as on a stick; again for more",
    )
    add_passphrase_option(parser, inner=inner)


def add_passphrase_option(parser: argparse.ArgumentParser, *, inner: bool = True) -> None:
    """Add where passphrases come from.

    Args:
        parser: The command's.
        inner: As above.
    """
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        default=argparse.SUPPRESS if inner else None,
        metavar="FILE",
        help="passphrases of keys, one a line, readable by its owner only (default: the"
        " environment's FACEIDD_PASSPHRASE, or else they are asked for)",
    )


def publish_folder(args: argparse.Namespace) -> "PublishFolder":
    """The folder that the command is about.

    Raises:
        PublishError: It is none.
    """
    from faceidd.publish.folder import PublishFolder

    folder = PublishFolder(args.dir)
    folder.load_settings()
    return folder


def passphrases(args: argparse.Namespace, *, new: bool = False) -> "Passphrases":
    """Where passphrases come from.

    Args:
        args: The command line.
        new: Whether one is for a new key, so that it is asked for twice.

    Raises:
        PublishError: The file cannot be read, or is open to others.
    """
    from faceidd.publish.passphrase import (
        Passphrases,
        read_passphrases,
    )

    ask = _ask_twice if new else _ask
    known = read_passphrases(args.passphrase_file)
    return Passphrases(known, ask if sys.stdin.isatty() else None)


def keyring(
    args: argparse.Namespace, folder: "PublishFolder", *, needs_all: bool = True
) -> "Keyring":
    """The keys at hand: those in the folder, and those that were named.

    Args:
        args: The command line.
        folder: The publisher's folder.
        needs_all: Whether a key that no passphrase opens is a fault.

    Raises:
        PublishError: One cannot be read.
    """
    from faceidd.publish.keyring import Keyring, key_files

    files = (*key_files(folder.keys), *args.key)
    return Keyring(files, passphrases(args), needs_all=needs_all)


def numbers(words: "Sequence[str]") -> "dict[RoleName, int]":
    """Read words such as `root=2`.

    Args:
        words: The words.

    Raises:
        PublishError: One is not of that form, or names no role.
    """
    found: dict[RoleName, int] = {}
    for word in words:
        name, _, number = word.partition("=")
        roles = [role for role in ROLES if role == name]
        if not roles or not number.isdecimal():
            raise PublishError(
                f"{word!r} does not give a role its number",
                do=f"write it like targets=2, for one of {', '.join(ROLES)}",
            )
        found[roles[0]] = int(number)
    return found


def tell_advanced(advanced: "Advanced") -> None:
    """Say what doors are served now, and what waits for whom."""
    for role, version in advanced.placed.items():
        print(f"published: {role} {version}")
    tell_waiting(advanced.waiting)


def tell_waiting(waiting: "Sequence[Waiting]") -> None:
    """Say what waits for whom."""
    for one in waiting:
        print(
            f"waiting: {one.role} {one.version} needs {one.missing} more of {', '.join(one.names)}"
        )


def _ask(name: str) -> str:
    return getpass.getpass(f"passphrase of {name}: ")


def _ask_twice(name: str) -> str:
    passphrase = getpass.getpass(f"new passphrase of {name}: ")
    if getpass.getpass("once more: ") != passphrase:
        raise PublishError("the two passphrases differ", do="type them again")
    return passphrase
