"""`faceidd store set, forget, export, duplicates`: what is recorded of people."""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.forget import add_cache_option, require_all_removed, tell_forgotten
from faceidd.cli.gallery_rights import NEVER, expiry
from faceidd.cli.model import add_packs_option
from faceidd.cli.store_options import (
    add_alike_option,
    add_groups_option,
    add_model_option,
    add_store_option,
    alike_of,
    chosen_model,
    groups,
    named,
    open_store,
)
from faceidd.cli.user_cache import embeddings_cache
from faceidd.errors import StoreError

if TYPE_CHECKING:
    from faceidd.gallery.gallery import Person
    from faceidd.store.addition import Likeness
    from faceidd.store.store import Store

MOST_SIMILAR = 5
EVER = "ever"


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands on what is recorded of people."""
    change = commands.add_parser("set", help="change groups, validity, name or consent of people")
    _add_set_options(change)
    change.set_defaults(func=_set)

    forget = _add_forget(commands)
    export = commands.add_parser("export", help="give a person all that is kept of them")
    export.add_argument("name", help="the person, by name or id")
    export.add_argument("--to", type=Path, required=True, metavar="FILE", help="the ZIP to write")
    export.set_defaults(func=_export)

    duplicates = commands.add_parser(
        "duplicates",
        help="find people who look like each other, or like one person",
        description="Without a name all pairs that look like one person; with a name the nearest.",
    )
    duplicates.add_argument("name", nargs="?", help="the person, by name or id")
    duplicates.add_argument(
        "--top",
        type=int,
        default=MOST_SIMILAR,
        metavar="N",
        help="of one person, the N nearest (default: %(default)s)",
    )
    add_model_option(duplicates)
    add_alike_option(duplicates)
    add_packs_option(duplicates)
    duplicates.set_defaults(func=_duplicates)
    for command in (change, forget, export, duplicates):
        add_store_option(command)


def start(text: str) -> datetime | None:
    """Read from when on somebody may pass; a day alone begins at its midnight.

    Raises:
        ValueError: It is neither a date nor `ever`.
        ArgumentTypeError: It is at an end of all calendars.
    """
    moment = None if text == EVER else expiry(text)  # of a day its end
    if moment is None or "T" in text or " " in text:
        return moment
    return (moment.astimezone() - timedelta(days=1)).astimezone(UTC)


def _add_forget(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    forget = commands.add_parser(
        "forget",
        help="remove a person: templates, photos on this machine, kept embeddings; tell what was"
        " removed",
        description="Doors forget when the next publication reaches them. Backups, galleries"
        " written by hand, and photos on other machines are not removed; those last are told.",
    )
    forget.add_argument("name", help="the person, by name or id")
    add_cache_option(forget)
    forget.add_argument(
        "--elsewhere-gone",
        action="store_true",
        help="photos on other machines are gone, or will be removed by hand",
    )
    forget.set_defaults(func=_forget)
    return forget


def _add_set_options(change: argparse.ArgumentParser) -> None:
    change.add_argument("names", nargs="+", metavar="NAME", help="the people, by name or id")
    change.add_argument("--name", metavar="TEXT", help="what one person is called")
    add_groups_option(change, "the groups they belong to, in place of those before")
    change.add_argument("--add-groups", type=groups, metavar="A,B", help="groups they come into")
    change.add_argument("--drop-groups", type=groups, metavar="A,B", help="groups they leave")
    change.add_argument(
        "--from",
        dest="start",
        type=start,
        default=argparse.SUPPRESS,
        metavar="DATE",
        help=f"the first day, 2026-01-01, or a moment; or `{EVER}`",
    )
    change.add_argument(
        "--until",
        type=expiry,
        default=argparse.SUPPRESS,
        metavar="DATE",
        help=f"the last day, 2026-12-31, or a moment, 2026-12-31T18:00; or `{NEVER}`; without a"
        " time zone by this machine's",
    )
    consent = change.add_mutually_exclusive_group()
    consent.add_argument("--consent", metavar="VERSION", help="which text they consented to")
    consent.add_argument("--withdraw", action="store_true", help="remove the record of a consent")
    change.add_argument("--by", metavar="WHO", help="who consented (default: the person)")


def _set(args: argparse.Namespace) -> int:
    if args.name is not None and len(args.names) > 1:
        raise StoreError("several people cannot get one name", do="name one person with --name")
    if args.by is not None and args.consent is None:
        raise StoreError("--by says who consented, but to nothing", do="add --consent VERSION")
    with open_store(args) as store:
        for person in store.change(args.names, lambda person: _changed(args, person)):
            print(f"changed: {named(person)}; doors know it at the next publication")
    return 0


def _changed(args: argparse.Namespace, person: "Person") -> "Person":
    from dataclasses import replace

    from faceidd.clock import wall
    from faceidd.gallery.consent import Consent

    belongs = set(person.groups if args.groups is None else args.groups)
    belongs = (belongs | set(args.add_groups or ())) - set(args.drop_groups or ())
    consent = None if args.withdraw else person.consent
    if args.consent is not None:
        consent = Consent(args.by or person.name, wall(), args.consent)
    return replace(
        person,
        name=args.name or person.name,
        groups=tuple(belongs),
        valid_from=getattr(args, "start", person.valid_from),
        expires_at=getattr(args, "until", person.expires_at),
        consent=consent,
    )


def _forget(args: argparse.Namespace) -> int:
    from faceidd.enroll.report import printable

    with open_store(args) as store:
        from faceidd.store.forgetting import forget_stored

        caches = tuple(args.cache or [embeddings_cache()])
        done, others = forget_stored(store, args.name, caches, elsewhere_gone=args.elsewhere_gone)
    tell_forgotten(done)
    for other in others:
        for path in other.photos:
            print(f"on {other.machine}: {printable(path)}")
    print("doors forget when the next publication reaches them")
    require_all_removed(done, StoreError)
    if others:
        machines = ", ".join(other.machine for other in others)
        raise StoreError(
            f"photos of {args.name} lie on other machines: {machines}",
            do="run the same command there; or, if they are gone, with --elsewhere-gone",
        )
    return 0


def _export(args: argparse.Namespace) -> int:
    with open_store(args) as store:
        from faceidd.store.export import export_stored

        person, photos, elsewhere = export_stored(store, args.name, args.to)
    print(f"written: {args.to}, what is kept of {named(person)}, with {photos} photos")
    if elsewhere:
        print(f"{elsewhere} photos lie on other machines, and are named in it only")
    return 0


def _duplicates(args: argparse.Namespace) -> int:
    with open_store(args) as store:
        model = chosen_model(store, args.model)
        if args.name is not None:
            for one in store.similar(args.name, model.id, max(1, args.top)):
                print(f"{one.similarity:6.3f}  {named(one.other)}")
            return 0
        alike = alike_of(args, model.name, model.id)
        found = store.duplicates(model.id, alike)
        allowed = _tell_pairs(store, found, model.id)
    print(
        f"{len(found) - allowed} pairs look alike from {alike:g} on, {allowed} more are allowed"
        f" to; of {model.people} people, by {model.name}"
    )
    return 0


def _tell_pairs(store: "Store", found: "tuple[Likeness, ...]", model_id: str) -> int:
    leaves = store.leaves(model_id)
    allowed = 0
    for one in found:
        reason = leaves.get((one.one.id, one.other.id))
        allowed += reason is not None
        why = "" if reason is None else f"  (allowed: {reason})"
        print(f"{one.similarity:6.3f}  {named(one.one)}, {named(one.other)}{why}")
    return allowed
