"""`faceidd store add`: a gallery's people into the store, also at the end of an enrollment."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.gallery_options import add_key_option, gallery_key
from faceidd.cli.model import add_packs_option
from faceidd.cli.store_options import (
    add_alike_option,
    add_groups_option,
    add_store_option,
    alike_of,
    named,
    open_store,
)
from faceidd.errors import StoreError

if TYPE_CHECKING:
    from faceidd.enroll.report_file import EnrollmentReport
    from faceidd.gallery.gallery import Gallery
    from faceidd.store.addition import Addition, AdditionRules

LISTED = 50
"""Likenesses that are told at once."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `add` to the commands on the store."""
    add = commands.add_parser(
        "add",
        help="take in the people of a gallery",
        description="Takes in a gallery that `faceidd enroll folder` wrote, all of it or nothing."
        " Who is known already gets the new templates; what is recorded of them stays. Somebody"
        " who looks like somebody else is refused.",
    )
    add.add_argument("gallery", type=Path, metavar="GALLERY", help="the gallery's file")
    add_key_option(add)
    add_addition_options(add)
    add_store_option(add)
    add_alike_option(add)
    add_packs_option(add)
    add.set_defaults(func=_add)


def add_addition_options(command: argparse.ArgumentParser) -> None:
    """Add the options on how people are taken in."""
    add_groups_option(command, "groups that everybody in the gallery is added to")
    command.add_argument(
        "--allow-duplicates",
        action="store_true",
        help="also people who look like somebody else; needs --reason, and is recorded",
    )
    command.add_argument("--reason", metavar="TEXT", help="why they may be")
    command.add_argument(
        "--replace-people",
        action="store_true",
        help="also where somebody does not look like who has their name in the store",
    )


def require_store_option(args: argparse.Namespace) -> None:
    """Refuse options that only a store can heed, where none is named.

    Raises:
        StoreError: One was given, and no store; or a store cannot be opened.
    """
    if args.store is not None:
        open_store(args).close()  # now, before photos are looked at for an hour
    elif args.groups or args.allow_duplicates or args.reason or args.replace_people:
        raise StoreError(
            "--groups, --allow-duplicates, --reason and --replace-people are for a store, and none"
            " is named",
            do="name it: --store ADDRESS",
        )


def add_to_store(
    args: argparse.Namespace,
    gallery: "Gallery",
    report: "EnrollmentReport | None",
    alike: float,
) -> None:
    """Take a gallery in, and tell who is new; or tell who stands against it.

    Args:
        args: The command line, with the options of `add_addition_options`.
        gallery: The gallery.
        report: The report on its enrollment, if there is one.
        alike: Cosine from which two people are taken for one.

    Raises:
        StoreError: Somebody does, or the store cannot be written.
    """
    from faceidd.clock import wall

    entries = () if report is None else report.templates
    with open_store(args) as store:
        added = store.add(gallery, _rules(args, alike), wall(), entries=entries)
        if not added.done:
            _refuse(args, added, store.name)
        for person, photos in added.renewed:
            before = (
                f"{photos} photos are replaced" if photos else "has templates of this model now"
            )
            print(f"known already: {named(person)}: {before}")
        for one in added.alike:
            print(f"allowed: {named(one.one)} looks like {named(one.other)} ({one.similarity:.3f})")
        count = len(added.new) + len(added.renewed)
        print(f"took {count} people into {store.name}, {len(added.new)} of them new")


def _add(args: argparse.Namespace) -> int:
    from faceidd.enroll.report_file import load_report
    from faceidd.gallery.file import load_gallery

    gallery = load_gallery(args.gallery, gallery_key(args))
    alike = alike_of(args, gallery.model_name, gallery.model_id)
    add_to_store(args, gallery, load_report(args.gallery), alike)
    return 0


def _rules(args: argparse.Namespace, alike: float) -> "AdditionRules":
    import getpass

    from faceidd.store.addition import AdditionRules, Leave

    leave = None
    if args.allow_duplicates:
        if not (args.reason and args.reason.strip()):
            raise StoreError(
                "--allow-duplicates was given without a reason", do="say why: --reason TEXT"
            )
        leave = Leave(args.reason.strip(), getpass.getuser())
    return AdditionRules(
        alike=alike,
        groups=args.groups or (),
        leave=leave,
        replaces=args.replace_people,
    )


def _refuse(args: argparse.Namespace, added: "Addition", store: str) -> None:
    for person, similarity in added.unlike[:LISTED]:
        print(f"{named(person)} does not look like who has that name ({similarity:.3f})")
    for one in added.alike[:LISTED]:
        print(f"{named(one.one)} looks like {named(one.other)} ({one.similarity:.3f})")
    for found in (added.unlike, added.alike):
        if len(found) > LISTED:
            print(f"and {len(found) - LISTED} more")
    if added.unlike and not args.replace_people:
        raise StoreError(
            f"{len(added.unlike)} people do not look like who has their name; nobody was taken"
            f" into {store}",
            do="enroll somebody else under another name; or, where the photos of before were"
            " wrong, pass --replace-people",
        )
    raise StoreError(
        f"{len(added.alike)} people look like somebody else; nobody was taken into {store}",
        do="enroll each person under one name; or, where they are two people, pass"
        " --allow-duplicates --reason TEXT",
    )
