"""`faceidd store`: everybody who is enrolled, for many admins and many doors."""

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli import store_add, store_people
from faceidd.cli.gallery_rights import expiry_words
from faceidd.cli.store_options import (
    add_groups_option,
    add_model_option,
    add_store_option,
    chosen_model,
    named,
    open_store,
    print_table,
    store_address,
)

if TYPE_CHECKING:
    from faceidd.store.templates import StoredPerson

_HEADING = ("NAME", "GROUPS", "TEMPLATES", "PHOTOS", "FROM", "EXPIRES", "CONSENT")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `store` and its subcommands; each sets `func`, which returns the exit code."""
    parser = subparsers.add_parser(
        "store", help="keep everybody who is enrolled, for many admins and many doors"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    init = commands.add_parser(
        "init",
        help="make a store",
        description="A file (SQLite), or tables in a database of PostgreSQL with pgvector. What an"
        " address of PostgreSQL leaves out comes from PGHOST, PGUSER, PGPASSFILE and the like.",
    )
    init.set_defaults(func=_init)
    check = commands.add_parser("check", help="is the store there, whole, and of this version?")
    check.set_defaults(func=_check)
    listing = commands.add_parser("list", help="list the people")
    add_groups_option(listing, "only those who belong to one of these groups")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    listing.set_defaults(func=_list)
    showing = commands.add_parser("show", help="show what is recorded of one person")
    showing.add_argument("name", help="the person, by name or id")
    showing.set_defaults(func=_show)
    gallery = commands.add_parser(
        "gallery",
        help="write a gallery's file for a door that is not published for",
        description="Everybody who has templates of the door's model, or only some groups.",
    )
    gallery.add_argument("file", type=Path, metavar="FILE", help="the file to write")
    gallery.add_argument(
        "--key-file",
        type=Path,
        metavar="FILE",
        help="encrypt it with this key, the door's gallery.key_file (default: it is plain)",
    )
    add_groups_option(gallery, "only those who belong to one of these groups")
    add_model_option(gallery)
    gallery.set_defaults(func=_gallery)
    backup = commands.add_parser(
        "backup",
        help="copy the store into a new one",
        description="A copy of one moment, while others go on. It is a store like any: name it as"
        " --store to look into it, or copy it back. This is also how people move from a file to"
        " PostgreSQL.",
    )
    backup.add_argument("--to", required=True, metavar="ADDRESS", help="the new store")
    backup.set_defaults(func=_backup)
    for command in (init, check, listing, showing, gallery, backup):
        add_store_option(command)
    store_add.add_parser(commands)
    store_people.add_parsers(commands)


def _init(args: argparse.Namespace) -> int:
    address = store_address(args)
    from faceidd.store.address import shown, store_url
    from faceidd.store.schema import init_store

    made = init_store(address)
    print(f"{'made' if made else 'there is one already'}: {shown(store_url(address))}")
    return 0


def _check(args: argparse.Namespace) -> int:
    with open_store(args) as store:
        from faceidd.store.examination import examine

        found = examine(store)
        print(f"store     {store.name}")
        print(f"database  {found.database}")
        print(f"people    {found.people}")
        for gallery in found.galleries:
            print(
                f"model     {gallery.model_name} ({gallery.model_id[:12]}): {len(gallery.people)}"
                f" people, {len(gallery.vectors)} templates"
            )
        print(f"doors     {found.doors}, {found.revoked} of them revoked")
        print("the store is whole")
    return 0


def _list(args: argparse.Namespace) -> int:
    with open_store(args) as store:
        people = store.people(args.groups)
        if args.json:
            for one in people:
                print(json.dumps(_record(one), ensure_ascii=False))
            return 0
        print_table([_HEADING, *_rows(people)])
        print(f"{len(people)} people in {store.name}")
    return 0


def _rows(people: "Sequence[StoredPerson]") -> Iterator[tuple[str, ...]]:
    for one in people:
        person, holdings = one.person, one.holdings
        yield (
            named(person),
            ",".join(person.groups) or "none",
            str(sum(held.templates for held in holdings)),
            str(sum(held.photos for held in holdings)),
            "" if person.valid_from is None else _start_words(person.valid_from),
            "never" if person.expires_at is None else expiry_words(person.expires_at),
            "none" if person.consent is None else f"{person.consent.recorded_at:%Y-%m-%d}",
        )


def _record(one: "StoredPerson") -> dict[str, object]:
    person = one.person
    return {
        "id": person.id,
        "name": person.name,
        "groups": person.groups,
        "valid_from": person.valid_from and person.valid_from.isoformat(),
        "expires_at": person.expires_at and person.expires_at.isoformat(),
        "consent": person.consent
        and {
            "by": person.consent.by,
            "recorded_at": person.consent.recorded_at.isoformat(),
            "text_version": person.consent.text_version,
        },
        "models": [
            {
                "name": held.model.name,
                "id": held.model.id,
                "templates": held.templates,
                "photos": held.photos,
            }
            for held in one.holdings
        ],
    }


def _show(args: argparse.Namespace) -> int:
    with open_store(args) as store:
        from faceidd.enroll.report import printable
        from faceidd.store.enrollments import machine_of, this_machine

        one = store.find(args.name)
        person, consent = one.person, one.person.consent
        print(f"name       {person.name}")
        print(f"id         {person.id}")
        print(f"groups     {', '.join(person.groups) or 'none'}")
        for held in one.holdings:
            print(f"templates  {held.templates}, {held.model.name}, of {held.photos} photos")
        if not one.holdings:
            print("templates  none: the person is being forgotten (faceidd store forget)")
        if person.valid_from is not None:
            print(f"from       {_start_words(person.valid_from)}")
        expires = person.expires_at
        print(f"expires    {'never' if expires is None else f'after {expiry_words(expires)}'}")
        said = consent and f"by {consent.by}, text {consent.text_version}, {consent.recorded_at}"
        print(f"consent    {said or 'none recorded'}")
        for entry in store.entries(person.id):
            here = machine_of(entry) == this_machine()
            for photo in entry.photos:
                gone = " (gone)" if here and not photo.file.exists() else ""
                where = "" if here else f" (on {machine_of(entry)})"
                print(f"photo      {printable(photo.file)}{gone or where}")
    return 0


def _gallery(args: argparse.Namespace) -> int:
    with open_store(args) as store:
        from faceidd.gallery.file import save_gallery
        from faceidd.gallery.key import key_of

        key = key_of(args.key_file)
        model = chosen_model(store, args.model)
        gallery = store.gallery(model.id, args.groups)
        save_gallery(gallery, args.file, key)
        whom = "everybody" if args.groups is None else ", ".join(args.groups)
        print(f"written: {args.file}, {len(gallery.people)} people of {whom}, for {model.name}")
    return 0


def _backup(args: argparse.Namespace) -> int:
    with open_store(args) as store:
        from faceidd.store.address import shown, store_url
        from faceidd.store.backup import back_up

        people = back_up(store, args.to)
        print(f"copied {people} people and the doors from {store.name}")
        print(
            f"written: {shown(store_url(args.to))}; keep it as well as the store: it is biometric"
        )
    return 0


def _start_words(moment: datetime) -> str:
    """A day, or the moment if no day begins with it, by this machine's time zone."""
    local = moment.astimezone()
    return f"{local:%Y-%m-%d}" if local.time() == time() else f"{local:%Y-%m-%d %H:%M}"
