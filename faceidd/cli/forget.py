"""`faceidd forget`: everything that is kept of a person is removed, and told."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.config import DEFAULT_CONFIG
from faceidd.cli.gallery_options import add_gallery_options, gallery_file, gallery_key
from faceidd.cli.user_cache import embeddings_cache
from faceidd.errors import FaceiddError, GalleryError

if TYPE_CHECKING:
    from faceidd.rights.forget import Forgotten


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `forget` to the command line."""
    forget = subparsers.add_parser(
        "forget",
        help="remove a person: templates, photos, pages, kept embeddings; tell what was removed",
        description="Doors forget when the new gallery reaches them. Copies and backups that were"
        " made by hand, reports of `faceidd eval`, and snapshots on doors are not known here.",
    )
    forget.add_argument("name", help="the person, by name or id")
    forget.add_argument(
        "--photos",
        type=Path,
        metavar="DIR",
        help="also from this folder of photos (those of the enrollment are known)",
    )
    add_cache_option(forget)
    add_gallery_options(forget)
    forget.set_defaults(func=_forget)


def add_cache_option(command: argparse.ArgumentParser) -> None:
    """Add the option that names folders of kept embeddings."""
    command.add_argument(
        "--cache",
        type=Path,
        action="append",
        metavar="DIR",
        help="a folder of kept embeddings; may be given again (default: this user's)",
    )


def tell_forgotten(done: "Forgotten") -> None:
    """Say what was removed, what was not found, and what is to be looked at."""
    from faceidd.enroll.report import printable

    for line in done.told:
        print(f"removed: {printable(line)}")
    for path in done.missing:
        print(f"not found: {printable(path)}; if it was moved, remove it by hand")
    for path, why in done.look_at:
        print(f"look at: {printable(path)}: {why}")


def require_all_removed(done: "Forgotten", fault: type[FaceiddError]) -> None:
    """Raise a fault where something could not be removed.

    Raises:
        FaceiddError: Of that kind: something is left.
    """
    from faceidd.enroll.report import printable

    if done.kept:
        listed = "; ".join(f"{printable(path)}: {why}" for path, why in done.kept)
        raise fault(
            f"not all could be removed: {listed}",
            do="mend what is named, and run the same command again",
        )


def _forget(args: argparse.Namespace) -> int:
    from faceidd.rights.forget import Places, forget

    caches = tuple(args.cache or [embeddings_cache()])
    logged = _in_audit_log(args)
    places = Places(gallery_file(args).absolute(), args.photos, caches, gallery_key(args))
    done = forget(args.name, places)
    tell_forgotten(done)
    print(
        "doors forget when this gallery reaches them; snapshots that they took stay as long as set"
    )
    print(logged)
    require_all_removed(done, GalleryError)
    return 0


def _in_audit_log(args: argparse.Namespace) -> str:
    """What audit logs go on saying of a person; asked before the gallery forgets the id."""
    from faceidd.audit.query import Query, records
    from faceidd.audit.source import Folder
    from faceidd.daemon.config_file import load_config
    from faceidd.errors import AuditError
    from faceidd.gallery.file import load_gallery
    from faceidd.gallery.revision import find_person

    given = args.config or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
    audit = load_config(given).audit if given else None
    if audit is None or audit.dir is None:
        return "audit logs of doors name the id until audit.keep_days are over"
    try:
        person = find_person(load_gallery(gallery_file(args), gallery_key(args)), args.name).id
    except GalleryError:  # told by the forgetting itself
        person = args.name
    try:
        count = sum(1 for _ in records(Folder(audit.dir), Query(person=person)))
    except AuditError as error:
        return f"look at: {error.what}"
    return (
        f"kept: {count} records of the audit log {audit.dir} name {person}; each is dropped after"
        f" {audit.keep_days} days"
    )
