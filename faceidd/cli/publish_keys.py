"""`faceidd publish key, root, sign, show`: who signs, and signing."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.publish_options import (
    ONLINE,
    ROLES,
    add_dir_option,
    add_key_options,
    add_passphrase_option,
    keyring,
    numbers,
    passphrases,
    publish_folder,
    tell_advanced,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faceidd.publish.folder import PublishFolder
    from faceidd.publish.roots import Change
    from faceidd.publish.settings import RoleName
    from faceidd.publish.signing_key import PublicKey

BOTH_ONLINE = "online"
"""Says snapshot and timestamp in one word: they share their keys."""
_ROLES = f"{', '.join(ROLES)}; or {BOTH_ONLINE}, which is the last two"


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add them to the commands of `publish`."""
    _add_key(commands)
    root = commands.add_parser("root", help="sign a new root, before the old one expires")
    _add_change(root, _root)
    root.add_argument(
        "--days",
        action="append",
        default=[],
        metavar="ROLE=N",
        help="how long what a role signs from now on holds",
    )
    sign = commands.add_parser(
        "sign",
        help="sign what waits, and publish what is signed enough",
        description="With --file it signs a copy, on the machine of another admin: no folder of a"
        " publisher is needed there, only --key.",
    )
    which = sign.add_mutually_exclusive_group()
    which.add_argument("--file", type=Path, metavar="COPY", help="sign this copy, in its place")
    which.add_argument("--add", type=Path, metavar="COPY", help="take the signatures of a copy in")
    add_dir_option(sign)
    add_key_options(sign)
    sign.set_defaults(func=_sign)
    show = commands.add_parser("show", help="what a file of metadata says: look before you sign")
    show.add_argument("file", type=Path, metavar="FILE")
    show.set_defaults(func=_show)


def _add_key(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    key = commands.add_parser("key", help="make a key, or change which keys sign for a role")
    words = key.add_subparsers(required=True, metavar="COMMAND")
    make = words.add_parser("make", help="make a key of your own; writes FILE and FILE.pub")
    make.add_argument("file", type=Path, metavar="FILE", help="its name is the key's")
    add_passphrase_option(make)
    make.set_defaults(func=_make)
    listing = words.add_parser("list", help="which keys sign for which role, and which are here")
    add_dir_option(listing)
    listing.set_defaults(func=_list)
    for word, text, act in (
        ("add", "let one more key sign for a role", _add),
        ("remove", "let a key sign no more", _remove),
        ("rotate", "put a key in the place of another", _rotate),
    ):
        change = words.add_parser(word, help=text)
        change.add_argument("role", choices=(*ROLES, BOTH_ONLINE), metavar="ROLE", help=_ROLES)
        if word != "add":
            change.add_argument("name", metavar="NAME", help="the key that goes")
        if word != "remove":
            change.add_argument("public", type=Path, metavar="PUB", help="the key that comes")
        _add_change(change, act)


def _add_change(parser: argparse.ArgumentParser, act: object) -> None:
    parser.add_argument(
        "--threshold",
        action="append",
        default=[],
        metavar="ROLE=N",
        help="how many keys of a role must sign from now on",
    )
    add_dir_option(parser)
    add_key_options(parser)
    parser.set_defaults(func=act)


def _make(args: argparse.Namespace) -> int:
    from faceidd.publish.signing_key import PUBLIC_SUFFIX, make_key

    public = make_key(args.file, passphrases(args, new=True).new(args.file.name))
    print(f"made: {args.file}, and {args.file}{PUBLIC_SUFFIX} for the others ({public.id[:12]})")
    return 0


def _list(args: argparse.Namespace) -> int:
    from faceidd.publish.keyring import Keyring, key_files
    from faceidd.publish.passphrase import Passphrases
    from faceidd.publish.repository import Repository
    from faceidd.publish.signing_key import key_name

    folder = publish_folder(args)
    here = Keyring(key_files(folder.keys), Passphrases()).names
    for root in Repository(folder).roots()[-1:]:
        for role in ROLES:
            for key_id in root.signed.roles[role].keyids:
                mark = ", here" if key_id in here else ""
                print(f"{role}: {key_name(root.signed.keys[key_id])} ({key_id[:12]}){mark}")
    return 0


def _root(args: argparse.Namespace) -> int:
    folder = publish_folder(args)
    if args.days:
        folder.save_settings(folder.load_settings().with_days(numbers(args.days)))
    return _change(args, folder, [])


def _add(args: argparse.Namespace) -> int:
    from faceidd.publish.roots import with_key

    public = _public(args)
    return _change(args, publish_folder(args), [with_key(role, public) for role in _roles(args)])


def _remove(args: argparse.Namespace) -> int:
    from faceidd.publish.roots import without_key

    changes = [without_key(role, args.name) for role in _roles(args)]
    return _change(args, publish_folder(args), changes)


def _rotate(args: argparse.Namespace) -> int:
    from faceidd.publish.roots import with_key, without_key

    public, roles = _public(args), _roles(args)
    changes = [
        change
        for role in roles
        for change in (without_key(role, args.name), with_key(role, public))
    ]
    return _change(args, publish_folder(args), changes)


def _change(args: argparse.Namespace, folder: "PublishFolder", changes: "Sequence[Change]") -> int:
    from faceidd.clock import wall
    from faceidd.publish.advance import advance
    from faceidd.publish.pending import Pending
    from faceidd.publish.roots import change_root, with_threshold

    wanted = [with_threshold(role, number) for role, number in numbers(args.threshold).items()]
    with folder.locked():
        change_root(folder, (*changes, *wanted), wall())
        advanced = advance(folder, keyring(args, folder), wall())
    tell_advanced(advanced)
    waits = Pending(folder).path("root")
    if waits.exists():
        print(f"give others a copy of {waits} to sign; see docs/publish.md")
    return 0


def _sign(args: argparse.Namespace) -> int:
    from faceidd.clock import wall
    from faceidd.publish.advance import advance
    from faceidd.publish.signed_copy import take_signatures

    if args.file is not None:
        return _sign_copy(args)
    folder = publish_folder(args)
    with folder.locked():
        if args.add is not None:
            print(f"new signatures: {take_signatures(folder, args.add)}")
        advanced = advance(folder, keyring(args, folder), wall())
    tell_advanced(advanced)
    if not advanced.placed and not advanced.waiting:
        print("nothing waits")
    return 0


def _sign_copy(args: argparse.Namespace) -> int:
    from faceidd.publish.keyring import Keyring
    from faceidd.publish.signed_copy import sign_copy

    names = sign_copy(args.file, Keyring(args.key, passphrases(args)))
    print(f"signed by {', '.join(names)}: {args.file}; give it back")
    return 0


def _show(args: argparse.Namespace) -> int:
    from faceidd.publish.description import describe
    from faceidd.publish.pending import read_metadata

    for line in describe(read_metadata(args.file)):
        print(line)
    return 0


def _roles(args: argparse.Namespace) -> "tuple[RoleName, ...]":
    if args.role == BOTH_ONLINE:
        return ONLINE
    return tuple(role for role in ROLES if role == args.role)


def _public(args: argparse.Namespace) -> "PublicKey":
    from faceidd.publish.signing_key import read_public_key

    return read_public_key(args.public)
