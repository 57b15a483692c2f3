"""`faceidd gallery consent, expire, export, delete-photos`: what is recorded of people."""

import argparse
from datetime import MAXYEAR, MINYEAR, UTC, datetime, time, timedelta
from pathlib import Path

from faceidd.cli.enroll_people import tell_removal
from faceidd.cli.gallery_change import change_chosen, change_named
from faceidd.cli.gallery_options import add_gallery_options, gallery_file, gallery_key
from faceidd.errors import GalleryError

NEVER = "never"


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands on what is recorded of people."""
    consent = commands.add_parser(
        "consent",
        help="record that people consented to be recognized",
        description="The gallery keeps a reference; the signed text is yours to keep.",
    )
    consent.add_argument("names", nargs="*", metavar="NAME", help="the people, by name or id")
    consent.add_argument("--all", action="store_true", help="everybody of whom none is recorded")
    consent.add_argument("--by", metavar="WHO", help="who gave it (default: the person)")
    said = consent.add_mutually_exclusive_group(required=True)
    said.add_argument("--text-version", metavar="VERSION", help="which text they consented to")
    said.add_argument("--withdraw", action="store_true", help="remove the record of a consent")
    consent.set_defaults(func=_consent)

    expire = commands.add_parser("expire", help="set from when on the door refuses a person")
    expire.add_argument("name", help="the person, by name or id")
    expire.add_argument(
        "date",
        metavar="DATE",
        type=expiry,
        help=f"the last day, 2026-12-31, or a moment, 2026-12-31T18:00; or `{NEVER}`; without a"
        " time zone by this machine's",
    )
    expire.set_defaults(func=_expire)

    export = commands.add_parser("export", help="give a person all that is kept of them")
    export.add_argument("name", help="the person, by name or id")
    export.add_argument("--to", type=Path, required=True, metavar="FILE", help="the ZIP to write")
    export.set_defaults(func=_export)

    delete = commands.add_parser(
        "delete-photos", help="delete the photos that people were enrolled from"
    )
    delete.add_argument("names", nargs="*", metavar="NAME", help="whose, by name or id")
    delete.add_argument("--all", action="store_true", help="everybody's")
    delete.set_defaults(func=_delete)
    for command in (consent, expire, export, delete):
        add_gallery_options(command)


def expiry(text: str) -> datetime | None:
    """Read from when on somebody is refused; a day alone is the last one before.

    Raises:
        ValueError: It is neither a date nor `never`.
        ArgumentTypeError: It is at the end of all calendars.
    """
    if text == NEVER:
        return None
    moment = datetime.fromisoformat(text)
    try:
        if "T" not in text and " " not in text:
            moment += timedelta(days=1)
    except OverflowError:
        moment = datetime.max.replace(tzinfo=UTC)
    return in_reach(text, moment, NEVER)


def in_reach(text: str, moment: datetime, instead: str) -> datetime:
    """A moment that was named, in UTC.

    Args:
        text: How it was named.
        moment: The moment, without a time zone by this machine's.
        instead: The word for no day at all.

    Raises:
        ArgumentTypeError: It is at the end of all calendars.
    """
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        moment = datetime.max.replace(tzinfo=UTC)
    if not MINYEAR < moment.year < MAXYEAR:  # at the ends other time zones have no time for it
        raise argparse.ArgumentTypeError(
            f"{text} is out of reach; name another day, or `{instead}`"
        )
    return moment


def expiry_words(moment: datetime) -> str:
    """The last day, or the moment if it ends no day, by this machine's time zone."""
    local = moment.astimezone()
    if local.time() == time():
        return f"{local - timedelta(days=1):%Y-%m-%d}"
    return f"{local:%Y-%m-%d %H:%M}"


def _consent(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from faceidd.clock import wall
    from faceidd.gallery.consent import Consent
    from faceidd.gallery.gallery import Gallery, Person
    from faceidd.gallery.revision import find_person

    _require_people(args)

    def chosen(gallery: Gallery) -> list[Person]:
        if args.all:
            return [one for one in gallery.people if args.withdraw or one.consent is None]
        return [find_person(gallery, name) for name in args.names]

    def given(person: Person) -> Person:
        if args.withdraw:
            return replace(person, consent=None)
        consent = Consent(args.by or person.name, wall(), args.text_version or "")
        return replace(person, consent=consent)

    people = change_chosen(args, chosen, given)
    done = "removed the consent" if args.withdraw else f"recorded consent to {args.text_version}"
    print(f"{done} of {len(people)} people in {gallery_file(args)}")
    return 0


def _expire(args: argparse.Namespace) -> int:
    from dataclasses import replace

    (person,) = change_named(args, [args.name], lambda one: replace(one, expires_at=args.date))
    until = "never expires" if args.date is None else f"is refused after {expiry_words(args.date)}"
    print(f"{person.name} {until}; a door takes it in with this gallery")
    return 0


def _export(args: argparse.Namespace) -> int:
    from faceidd.enroll.report_file import load_report
    from faceidd.gallery.file import load_gallery
    from faceidd.gallery.revision import find_person
    from faceidd.rights.export import export_person

    file = gallery_file(args)
    gallery = load_gallery(file, gallery_key(args))
    person = find_person(gallery, args.name)
    photos = export_person(gallery, person, load_report(file), args.to)
    print(f"written: {args.to}, what is kept of {person.name}, with {photos} photos")
    return 0


def _delete(args: argparse.Namespace) -> int:
    from faceidd.enroll.report_file import load_report
    from faceidd.gallery.file import load_gallery
    from faceidd.gallery.revision import find_person
    from faceidd.rights.photos import delete_photos

    _require_people(args)
    file = gallery_file(args)
    gallery, report = load_gallery(file, gallery_key(args)), load_report(file)
    people = [None] if args.all else [find_person(gallery, name).name for name in args.names]
    if report is None:
        raise GalleryError(
            f"no report beside {file} says which photos it was enrolled from",
            do="remove them by hand, or enroll again with --delete-photos",
        )
    removals = [delete_photos(report, person) for person in people]
    for removal in removals:
        tell_removal(removal)
    return GalleryError.exit_code if any(one.kept for one in removals) else 0


def _require_people(args: argparse.Namespace) -> None:
    if bool(args.names) == bool(args.all):
        raise GalleryError("people are named or all are meant, not both", do="name them, or --all")
