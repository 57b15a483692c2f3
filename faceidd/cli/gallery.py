"""`faceidd gallery`: who is in it, what is wrong with it, and what people may ask for."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from faceidd.cli import (
    gallery_calibration,
    gallery_doctor,
    gallery_encryption,
    gallery_membership,
    gallery_rights,
)
from faceidd.cli.gallery_calibration import calibration_words
from faceidd.cli.gallery_membership import first_moment_words, groups_words
from faceidd.cli.gallery_options import add_gallery_options, gallery_file, gallery_key
from faceidd.cli.gallery_rights import expiry_words

if TYPE_CHECKING:
    from faceidd.gallery.gallery import Gallery, Person

_HEADING = ("NAME", "TEMPLATES", "PHOTOS", "EXPIRES", "CONSENT")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `gallery` and its subcommands; each sets `func`, which returns the exit code."""
    parser = subparsers.add_parser(
        "gallery", help="who is in the gallery, what is wrong with it, what is kept of a person"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="list the people")
    listing.set_defaults(func=_list)
    showing = commands.add_parser("show", help="show what is recorded of one person")
    showing.add_argument("name", help="the person, by name or id")
    showing.set_defaults(func=_show)
    for command in (listing, showing):
        add_gallery_options(command)
    gallery_doctor.add_parser(commands)
    gallery_rights.add_parsers(commands)
    gallery_membership.add_parsers(commands)
    gallery_calibration.add_parser(commands)
    gallery_encryption.add_parsers(commands)


def _list(args: argparse.Namespace) -> int:
    from faceidd.gallery.file import load_gallery

    gallery = load_gallery(gallery_file(args), gallery_key(args))
    rows = [_HEADING, *_rows(gallery)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADING))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    print(f"{len(gallery.people)} people, enrolled with {gallery.model_name}; {_version(gallery)}")
    print(f"calibration: {calibration_words(gallery.calibration)}")
    return 0


def _version(gallery: "Gallery") -> str:
    return f"version {gallery.version}" if gallery.version else "never published"


def _rows(gallery: "Gallery") -> Iterator[tuple[str, ...]]:
    import numpy as np

    counts = (None, gallery.photos)
    templates, photos = (
        np.bincount(gallery.owners, count, len(gallery.people)).astype(int).tolist()
        for count in counts
    )
    for place, person in enumerate(gallery.people):
        expires = "never" if person.expires_at is None else expiry_words(person.expires_at)
        consent = "none" if person.consent is None else f"{person.consent.recorded_at:%Y-%m-%d}"
        name = person.name if person.name == person.id else f"{person.name} ({person.id})"
        yield name, str(templates[place]), str(photos[place]), expires, consent


def _show(args: argparse.Namespace) -> int:
    from faceidd.enroll.report import printable
    from faceidd.enroll.report_file import load_report
    from faceidd.gallery.file import load_gallery
    from faceidd.gallery.revision import find_person

    file = gallery_file(args)
    gallery = load_gallery(file, gallery_key(args))
    person = find_person(gallery, args.name)
    mine = gallery.owners == gallery.people.index(person)
    print(f"name       {person.name}")
    print(f"id         {person.id}")
    photos = gallery.photos[mine].sum()
    print(f"templates  {mine.sum()}, {gallery.model_name}, of {photos} photos")
    print(f"groups     {groups_words(person)}")
    print(f"valid from {first_moment_words(person.valid_from)}")
    expires = "never" if person.expires_at is None else f"after {expiry_words(person.expires_at)}"
    print(f"expires    {expires}")
    print(f"consent    {_consent(person)}")
    report = load_report(file)
    for photo in () if report is None else report.photos_of(person.name):
        print(f"photo      {printable(photo.path)}{'' if photo.path.exists() else ' (gone)'}")
    return 0


def _consent(person: "Person") -> str:
    consent = person.consent
    if consent is None:
        return "none recorded"
    return f"by {consent.by}, text {consent.text_version}, recorded {consent.recorded_at}"
