"""`faceidd snapshots`: the pictures that a door has taken, and the key that opens them."""

import argparse
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.config import DEFAULT_CONFIG
from faceidd.errors import SnapshotError

if TYPE_CHECKING:
    from faceidd.snapshots.album import Kept

KINDS = ("stranger", "denied", "recognized")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `snapshots` to the command line."""
    snapshots = subparsers.add_parser("snapshots", help="the pictures that a door has taken")
    commands = snapshots.add_subparsers(required=True, metavar="COMMAND")
    keygen = commands.add_parser(
        "keygen",
        help="make the key that opens pictures; prints what goes into snapshots.recipient",
        description="Make it away from the door, and keep a copy: without it no picture is opened.",
    )
    keygen.add_argument("--out", type=Path, required=True, metavar="FILE", help="the private key")
    keygen.set_defaults(func=_keygen)

    _add(commands, "list", "what pictures there are; all, or those that are chosen", _list)
    show = _add(commands, "show", "all that is known of pictures, and whether they open", _show)
    export = _add(commands, "export", "open pictures and write them as JPEG files", _export)
    export.add_argument("--to", type=Path, required=True, metavar="DIR", help="folder to write to")
    for one in (show, export):
        one.add_argument(
            "--key",
            type=Path,
            required=one is export,
            metavar="FILE",
            help="the private key, as keygen or age-keygen wrote it",
        )
    delete = _add(commands, "delete", "remove the pictures that are chosen", _delete)
    delete.add_argument("--all", action="store_true", help="every picture")


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    does: str,
    func: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=does)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="a file's name, an event's id, or a visit"
    )
    parser.add_argument("--kind", choices=KINDS, help="only of these")
    parser.add_argument(
        "--before",
        type=datetime.fromisoformat,
        metavar="DATE",
        help="only older ones: 2026-12-31, or 2026-12-31T18:00, by this machine's time zone",
    )
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--dir", type=Path, metavar="DIR", help="folder of the pictures")
    place.add_argument(
        "--config", type=Path, metavar="FILE", default=DEFAULT_CONFIG,
        help="names the folder (default: %(default)s)",
    )  # fmt: skip
    parser.set_defaults(func=func)
    return parser


def _keygen(args: argparse.Namespace) -> int:
    from faceidd.snapshots.seal import make_key

    recipient = make_key(args.out)
    print(f"snapshots:\n  recipient: {recipient}")
    return 0


def _list(args: argparse.Namespace) -> int:
    chosen = _chosen(args)
    for one in chosen:
        when = f"{one.snapshot.time.astimezone():%Y-%m-%d %H:%M:%S}"
        print(f"{when}  {one.snapshot.kind:<10}  visit {one.snapshot.visit}  {one.path.name}")
    print(f"{len(chosen)} pictures, {sum(one.size for one in chosen) / 1e6:.1f} MB")
    return 0


def _show(args: argparse.Namespace) -> int:
    from faceidd.snapshots.seal import Opener

    opener = Opener(args.key) if args.key else None
    for one in _some(args):
        snapshot = one.snapshot
        print(f"{one.path}\n  taken: {snapshot.time.isoformat()}\n  of: {snapshot.kind}")
        print(f"  visit: {snapshot.visit}\n  event: {snapshot.event}\n  sealed: {one.size} bytes")
        if opener is not None:
            print(f"  opened: {len(opener.open(_read(one), one.path.name))} bytes of JPEG")
    return 0


def _export(args: argparse.Namespace) -> int:
    from faceidd.durable import replace_file
    from faceidd.snapshots.seal import Opener

    opener = Opener(args.key)
    for one in _some(args):
        jpeg = opener.open(_read(one), one.path.name)
        target = args.to / one.path.name.removesuffix(".age")
        try:
            args.to.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(target, jpeg)
        except OSError as error:
            raise SnapshotError(
                f"{target} cannot be written: {error.strerror}", do="give another folder as --to"
            ) from error
        print(f"written: {target}")
    return 0


def _delete(args: argparse.Namespace) -> int:
    from faceidd.snapshots.album import remove

    if args.all is bool(args.names or args.kind or args.before):
        raise SnapshotError(
            "pictures are chosen or all are meant, not both",
            do="give names, --kind or --before; or --all",
        )
    chosen = _some(args)
    for one in chosen:
        try:
            remove(one)
        except OSError as error:
            raise SnapshotError(
                f"{one.path} cannot be removed: {error.strerror}", do="run this as its owner"
            ) from error
        print(f"removed: {one.path}")
    return 0


def _some(args: argparse.Namespace) -> "list[Kept]":
    chosen = _chosen(args)
    if not chosen:
        raise SnapshotError("no picture is chosen", do="see what there is: faceidd snapshots list")
    return chosen


def _chosen(args: argparse.Namespace) -> "list[Kept]":
    """The pictures that are meant, the oldest first.

    Raises:
        SnapshotError: The folder cannot be read, or a name is that of none.
    """
    from faceidd.snapshots.album import pictures

    folder = args.dir or _folder(args.config)
    try:
        kept = list(pictures(folder))
    except OSError as error:
        raise SnapshotError(
            f"{folder} cannot be read: {error.strerror}", do="run this as the user of the daemon"
        ) from error
    for name in args.names:
        if not any(_is_called(one, [name]) for one in kept):
            raise SnapshotError(
                f"no picture in {folder} is called {name}",
                do="see what there is: faceidd snapshots list",
            )
    return list(_filtered(kept, args))


def _filtered(kept: "Iterable[Kept]", args: argparse.Namespace) -> "Iterable[Kept]":
    before = args.before.astimezone() if args.before else None
    for one in kept:
        named = not args.names or _is_called(one, args.names)
        of_kind = args.kind in (None, one.snapshot.kind)
        if named and of_kind and (before is None or one.snapshot.time < before):
            yield one


def _is_called(kept: "Kept", names: list[str]) -> bool:
    return not {kept.path.name, kept.snapshot.visit, kept.snapshot.event}.isdisjoint(names)


def _read(kept: "Kept") -> bytes:
    try:
        return kept.path.read_bytes()
    except OSError as error:
        raise SnapshotError(
            f"{kept.path} cannot be read: {error.strerror}", do="run this as its owner"
        ) from error


def _folder(config: Path) -> Path:
    from faceidd.daemon.config_file import load_config

    return load_config(config).snapshots.dir
