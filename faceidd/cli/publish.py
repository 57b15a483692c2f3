"""`faceidd publish`: a signed repository of galleries, and all that its keys need."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli import publish_keys, publish_run
from faceidd.cli.gallery_doctor import FOUND
from faceidd.cli.publish_options import (
    ONLINE,
    add_dir_option,
    add_key_options,
    add_passphrase_option,
    keyring,
    numbers,
    passphrases,
    publish_folder,
    tell_advanced,
    tell_waiting,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faceidd.publish.folder import PublishFolder
    from faceidd.publish.passphrase import Passphrases
    from faceidd.publish.settings import RoleName
    from faceidd.publish.signing_key import PublicKey

CARE = 16
"""Exit code of `publish status` when something expires soon or waits for signatures."""
_KEYS = {"root": 3, "targets": 2, "online": 1}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `publish` to the command line."""
    publish = subparsers.add_parser(
        "publish",
        help="publish galleries for many doors, signed and encrypted, as static files",
        description="Without a COMMAND it publishes: makes a gallery for all doors of a site, some"
        " groups and a model; examines it as `faceidd gallery doctor` does, and ends with exit"
        f" code {FOUND} where something blocks; encrypts it to its doors, signs, and removes what"
        " nobody needs any more.",
    )
    publish_run.add_options(publish)
    publish.set_defaults(func=publish_run.run)
    commands = publish.add_subparsers(metavar="COMMAND")
    _add_init(commands)
    publish_keys.add_parsers(commands)

    refresh = commands.add_parser(
        "refresh",
        help="renew snapshot and timestamp; for a timer",
        description=f"The online key is enough. Ends with exit code {CARE} where it is not here, or"
        " no passphrase opens it.",
    )
    refresh.add_argument("--now", action="store_true", help="even if half of their time is left")
    status = commands.add_parser(
        "status",
        help="what is served, until when it holds, what waits",
        description=f"Ends with exit code {CARE} where something expires soon or waits for"
        " signatures.",
    )
    trust = commands.add_parser("trust", help="print the file that a door is given once; no secret")
    trust.add_argument("--url", required=True, help="where metadata/ and targets/ are served")
    trust.add_argument(
        "--ca", type=Path, metavar="FILE", help="PEM of the server's authority, if not a public one"
    )
    for command, act in ((refresh, _refresh), (status, _status), (trust, _trust)):
        add_dir_option(command)
        command.set_defaults(func=act)
    add_key_options(refresh)


def _add_init(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    init = commands.add_parser("init", help="make a publisher's folder, its keys and first root")
    init.add_argument("folder", type=Path, metavar="DIR", help="the folder; made if missing")
    for role, count in _KEYS.items():
        init.add_argument(
            f"--{role}-key",
            type=Path,
            action="append",
            default=[],
            metavar="PUB",
            help=f"a public key for {role}; again for more (default: {count} new ones)",
        )
    init.add_argument(
        "--threshold",
        action="append",
        default=[],
        metavar="ROLE=N",
        help="how many keys of a role must sign (default: root=2 targets=1)",
    )
    init.add_argument(
        "--days",
        action="append",
        default=[],
        metavar="ROLE=N",
        help="how long what a role signs holds (default: root=365 targets=90 snapshot=7"
        " timestamp=2)",
    )
    init.add_argument(
        "--site",
        action="append",
        default=[],
        help="publish for doors of this site alone; again for more (default: all)",
    )
    add_passphrase_option(init)
    init.set_defaults(func=_init)


def _init(args: argparse.Namespace) -> int:
    from faceidd.clock import wall
    from faceidd.publish.advance import advance
    from faceidd.publish.folder import PublishFolder
    from faceidd.publish.keyring import Keyring, key_files
    from faceidd.publish.roots import begin
    from faceidd.publish.settings import Settings

    thresholds: dict[RoleName, int] = {"root": 2, "targets": 1, "snapshot": 1, "timestamp": 1}
    thresholds.update(numbers(args.threshold))
    folder, known = PublishFolder(args.folder), passphrases(args, new=True)
    settings = Settings(sites=tuple(args.site))
    folder.make(settings.with_days(numbers(args.days)))
    keys = {role: _keys(folder, role, getattr(args, f"{role}_key"), known) for role in _KEYS}
    online = keys["online"]
    by_role: dict[RoleName, Sequence[PublicKey]] = {
        "root": keys["root"],
        "targets": keys["targets"],
        "snapshot": online,
        "timestamp": online,
    }
    with folder.locked():
        begin(folder, by_role, thresholds, wall())
        advanced = advance(folder, Keyring(key_files(folder.keys), known), wall())
    tell_advanced(advanced)
    print(f"made: {folder.path}; serve {folder.public}, and nothing else of it")
    if not args.root_key:
        print(
            f"move {folder.keys}/root-* to sticks now, each to another place; see docs/publish.md"
        )
    return 0


def _keys(
    folder: "PublishFolder", role: str, given: "Sequence[Path]", known: "Passphrases"
) -> "list[PublicKey]":
    """The keys that were named, or new ones."""
    from faceidd.publish.signing_key import make_key, read_public_key

    if given:
        return [read_public_key(path) for path in given]
    names = [f"{role}-{number}" for number in range(1, _KEYS[role] + 1)]
    return [make_key(folder.keys / name, known.new(name)) for name in names]


def _refresh(args: argparse.Namespace) -> int:
    from faceidd.clock import wall
    from faceidd.publish.publication import refresh

    folder = publish_folder(args)
    # Other keys may lie beside the online key, closed, and something may wait for them.
    keys = keyring(args, folder, needs_all=False)
    with folder.locked():
        advanced = refresh(folder, keys, wall(), renew=args.now)
    tell_advanced(advanced)
    if not advanced.placed and not advanced.waiting:
        print("nothing to renew: more than half of the time is left")
    return CARE if any(one.role in ONLINE for one in advanced.waiting) else 0


def _status(args: argparse.Namespace) -> int:
    from faceidd.clock import wall
    from faceidd.publish.status import read_status

    status = read_status(publish_folder(args), wall())
    for one in status.roles:
        print(
            f"{one.role} {one.version}: until {one.expires:%Y-%m-%d %H:%M} UTC"
            f"{', SOON' if one.is_late else ''}; {one.threshold} of {', '.join(one.keys)}"
        )
    print(f"{status.targets} files are served" if status.roles else "nothing is served yet")
    tell_waiting(status.waiting)
    return CARE if status.needs_care else 0


def _trust(args: argparse.Namespace) -> int:
    from faceidd.errors import PublishError
    from faceidd.publish.repository import Repository
    from faceidd.publish.trust import trust_file

    roots = Repository(publish_folder(args)).roots()
    if not roots:
        raise PublishError(
            "the first root waits for signatures", do="see whose: faceidd publish status"
        )
    try:
        ca = None if args.ca is None else args.ca.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise PublishError(f"{args.ca} cannot be read as PEM", do="correct --ca") from error
    print(trust_file(args.url, ca, roots[-1]).decode(), end="")
    return 0
