"""`faceidd fleet`: the doors that galleries are published for, and how they stand."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli import fleet_status
from faceidd.cli.store_options import (
    add_groups_option,
    add_store_option,
    chosen_model,
    open_store,
    print_table,
    require_store,
)
from faceidd.errors import StoreError

if TYPE_CHECKING:
    from faceidd.store.door_record import DoorRecord

_HEADING = ("DOOR", "SITE", "GROUPS", "MODEL", "EDITION", "FINGERPRINT", "ADDED", "REVOKED")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `fleet` and its subcommands; each sets `func`, which returns the exit code."""
    parser = subparsers.add_parser(
        "fleet", help="the doors that galleries are published for, and how they stand"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add = commands.add_parser(
        "add",
        help="take in a door, by the file that `faceidd provision` made there",
        description="Compare the fingerprint with the one that the door shows: whoever changes the"
        " file on the way could read the door's galleries.",
    )
    add.add_argument("file", type=Path, metavar="FILE", help="the door's file")
    add.add_argument("--site", required=True, help="where the door stands")
    add_groups_option(add, "whom it is for: everybody who belongs to one of these")
    add.add_argument(
        "--replace",
        action="store_true",
        help="it takes the place of the door of its id, whose key is worth nothing from then on",
    )
    add.add_argument(
        "--reinstate",
        action="store_true",
        help="take back a key that was revoked or replaced, which nobody else can have",
    )
    add.set_defaults(func=_add)
    listing = commands.add_parser("list", help="list the doors")
    listing.set_defaults(func=_list)
    change = commands.add_parser("set", help="change a door's site, groups or model")
    change.add_argument("door", help="its id")
    change.add_argument("--site", help="where it stands")
    add_groups_option(change, "whom it is for, in place of those before")
    change.add_argument("--model", metavar="MODEL", help="the model it runs, of those in the store")
    change.set_defaults(func=_set)
    revoke = commands.add_parser(
        "revoke",
        help="publish nothing for a door any more: it knows nobody after its next sync",
        description="It stays in the list, as revoked, until it is removed. Its key is remembered"
        " also then, and not taken again.",
    )
    revoke.add_argument("door", help="its id")
    revoke.set_defaults(func=_revoke)
    remove = commands.add_parser("remove", help="take a door out of the list, as if never added")
    remove.add_argument("door", help="its id")
    remove.set_defaults(func=_remove)
    for command in (add, listing, change, revoke, remove):
        add_store_option(command)
    fleet_status.add_parser(commands)


def _add(args: argparse.Namespace) -> int:
    require_store()
    from faceidd.clock import wall
    from faceidd.sync.door_file import grouped, load_door_file

    file = load_door_file(args.file)
    with open_store(args) as store:
        door = store.add_door(
            file,
            args.site,
            args.groups or (),
            wall(),
            replaces=args.replace,
            reinstates=args.reinstate,
        )
    print(f"added: {door.id} at {door.site}, for {', '.join(door.groups)}, {door.model_name}")
    print(f"its fingerprint is {grouped(door.fingerprint)}; the door must show the same")
    print("it is published for from the next publication on")
    return 0


def _list(args: argparse.Namespace) -> int:
    with open_store(args) as store:
        doors = store.doors()
        print_table([_HEADING, *_rows(doors)])
        revoked = sum(door.revoked_at is not None for door in doors)
        print(f"{len(doors)} doors in {store.name}, {revoked} of them revoked")
    return 0


def _rows(doors: "Sequence[DoorRecord]") -> Iterator[tuple[str, ...]]:
    from faceidd.sync.door_file import grouped

    for door in doors:
        yield (
            door.id,
            door.site,
            ",".join(door.groups),
            door.model_name,
            door.edition,
            grouped(door.fingerprint),
            f"{door.added_at.astimezone():%Y-%m-%d}",
            "" if door.revoked_at is None else f"{door.revoked_at.astimezone():%Y-%m-%d}",
        )


def _set(args: argparse.Namespace) -> int:
    from dataclasses import replace

    if args.site is None and args.groups is None and args.model is None:
        raise StoreError("nothing is to be changed", do="name it: --site, --groups or --model")
    with open_store(args) as store:
        model = None if args.model is None else chosen_model(store, args.model)

        def change(door: "DoorRecord") -> "DoorRecord":
            return replace(
                door,
                site=door.site if args.site is None else args.site,
                groups=door.groups if args.groups is None else args.groups,
                model_id=door.model_id if model is None else model.id,
                model_name=door.model_name if model is None else model.name,
            )

        door = store.change_door(args.door, change)
    print(f"changed: {door.id} at {door.site}, for {', '.join(door.groups)}, {door.model_name}")
    print(f"it reads edition {door.edition} from the next publication on")
    return 0


def _revoke(args: argparse.Namespace) -> int:
    from faceidd.clock import wall

    with open_store(args) as store:
        door = store.revoke_door(args.door, wall())
    print(f"revoked: {door.id}, since {door.revoked_at}")
    print("publish now; it knows nobody after its next sync, and cannot read what comes then")
    return 0


def _remove(args: argparse.Namespace) -> int:
    with open_store(args) as store:
        store.remove_door(args.door)
    print(f"removed: {args.door}; publish now, and it knows nobody after its next sync")
    return 0
