"""`faceidd gallery valid, groups`: from when on people may come, and what they belong to."""

import argparse
from datetime import datetime, time
from typing import TYPE_CHECKING

from faceidd.cli.gallery_change import change_named
from faceidd.cli.gallery_options import add_gallery_options
from faceidd.cli.gallery_rights import in_reach

if TYPE_CHECKING:
    from faceidd.gallery.gallery import Person

ALWAYS = "always"


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands on validity and groups."""
    valid = commands.add_parser("valid", help="set before when the door refuses a person")
    valid.add_argument("name", help="the person, by name or id")
    valid.add_argument(
        "date",
        metavar="DATE",
        type=first_moment,
        help=f"the first day, 2026-12-01, or a moment, 2026-12-01T08:00; or `{ALWAYS}`; without a"
        " time zone by this machine's",
    )
    valid.set_defaults(func=_valid)

    groups = commands.add_parser(
        "groups",
        help="say which groups people belong to",
        description="Doors are published for groups; the door's policy has groups of its own.",
    )
    groups.add_argument("names", nargs="+", metavar="NAME", help="the people, by name or id")
    groups.add_argument(
        "--add", action="append", default=[], metavar="GROUP", help="they belong to it"
    )
    groups.add_argument(
        "--remove", action="append", default=[], metavar="GROUP", help="they do not"
    )
    groups.set_defaults(func=_groups)
    for command in (valid, groups):
        add_gallery_options(command)


def first_moment(text: str) -> datetime | None:
    """Read from when on somebody may come; a day alone is its beginning.

    Raises:
        ValueError: It is neither a date nor `always`.
        ArgumentTypeError: It is at the end of all calendars.
    """
    return None if text == ALWAYS else in_reach(text, datetime.fromisoformat(text), ALWAYS)


def first_moment_words(moment: datetime | None) -> str:
    """The first day, or the moment if it begins no day, by this machine's time zone."""
    if moment is None:
        return ALWAYS
    local = moment.astimezone()
    return f"{local:%Y-%m-%d}" if local.time() == time() else f"{local:%Y-%m-%d %H:%M}"


def _valid(args: argparse.Namespace) -> int:
    from dataclasses import replace

    (person,) = change_named(args, [args.name], lambda one: replace(one, valid_from=args.date))
    if args.date is None:
        print(f"{person.name} is valid from the beginning")
    else:
        print(f"{person.name} is refused before {first_moment_words(args.date)}")
    return 0


def _groups(args: argparse.Namespace) -> int:
    from dataclasses import replace

    added, removed = set(args.add), set(args.remove)
    for person in change_named(
        args, args.names, lambda one: replace(one, groups=tuple({*one.groups, *added} - removed))
    ):
        print(f"{person.name}: {groups_words(person)}")
    return 0


def groups_words(person: "Person") -> str:
    """The groups of a person."""
    return ", ".join(person.groups) or "no groups"
