"""Forgetting somebody whom the store knows: everything is removed, and told.

The templates come first: whatever fails later, nobody is published who is being forgotten. What is
known of the photos comes last, for it names them: as long as one could not be removed, or lies on
another machine, the person stays known without templates, and the same command can be run again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete

from faceidd.enroll.report_file import TemplateEntry
from faceidd.rights.forget import Forgotten, forget_kept_embeddings
from faceidd.rights.photos import Removal, remove_empty
from faceidd.rights.traces import find_traces
from faceidd.store import tables
from faceidd.store.enrollments import machine_of, read_entries, this_machine, write_entries
from faceidd.store.people import find_person, remove_person
from faceidd.store.store import Store


@dataclass(slots=True)
class Elsewhere:
    """Photos that this machine cannot remove.

    Attributes:
        machine: Where they lie.
        photos: Their paths there.
    """

    machine: str
    photos: tuple[Path, ...]


def forget_stored(
    store: Store, name: str, caches: Collection[Path], *, elsewhere_gone: bool
) -> tuple[Forgotten, tuple[Elsewhere, ...]]:
    """Remove everything that the store and this machine keep of a person.

    Args:
        store: The store.
        name: The person, by name or id.
        caches: Folders of kept embeddings.
        elsewhere_gone: Whether photos on other machines are gone, so that nobody need remove them.

    Returns:
        What was done, and where photos are left for the same command to remove.

    Raises:
        StoreError: Nobody is called that, or several are, or the database fails.
    """
    done = Forgotten()
    person, called, entries = _remove_templates(store, name, done)
    here = [one for one in entries if machine_of(one) == this_machine()]
    others = [] if elsewhere_gone else [one for one in entries if one not in here]
    photos = list(dict.fromkeys(photo.file for one in here for photo in one.photos))
    digests = {photo.sha256 for one in entries for photo in one.photos if photo.sha256}
    removal = Removal()
    for file in photos:
        if not removal.remove(file):
            done.missing.append(file)
    remove_empty(removal.removed)
    done.told += [str(file) for file in removal.removed]
    done.kept += removal.kept
    files = [file for cache in caches for file in sorted(cache.glob("*.npz"))]
    forget_kept_embeddings(files, digests, done)
    left = _left(here, removal, needed=len(done.kept) > len(removal.kept))
    with store.writing() as connection:
        if others or left:
            write_entries(connection, person, [*others, *left])
        else:
            remove_person(connection, person)
            done.told.append(f"all that {store.name} recorded of {called}")
    store.scrub()
    folders = {*caches, *(file.parent for file in photos)}
    done.look_at += find_traces(folders, called, digests)
    machines = {machine_of(one) for one in others}
    return done, tuple(_elsewhere(machine, others) for machine in sorted(machines))


def _remove_templates(
    store: Store, name: str, done: Forgotten
) -> tuple[str, str, tuple[TemplateEntry, ...]]:
    with store.writing() as connection:
        person = find_person(connection, name)
        entries = read_entries(connection, person.id)
        mine = delete(tables.templates).where(tables.templates.c.person_id == person.id)
        removed = connection.execute(mine).rowcount
        groups = delete(tables.memberships).where(tables.memberships.c.person_id == person.id)
        connection.execute(groups)
    done.told.append(f"{removed} templates of {person.name} in {store.name}")
    return person.id, person.name, entries


def _left(
    entries: Sequence[TemplateEntry], removal: Removal, *, needed: bool
) -> list[TemplateEntry]:
    """Entries to keep: of photos that are there still, or all where their digests are needed."""
    if needed:
        return list(entries)
    kept = {path for path, _ in removal.kept}
    left = []
    for one in entries:
        photos = tuple(photo for photo in one.photos if photo.file in kept)
        if photos:
            left.append(one.model_copy(update={"photos": photos}))
    return left


def _elsewhere(machine: str, entries: Sequence[TemplateEntry]) -> Elsewhere:
    mine = [photo.file for one in entries if machine_of(one) == machine for photo in one.photos]
    return Elsewhere(machine, tuple(dict.fromkeys(mine)))
