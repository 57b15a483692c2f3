"""Revisions: a gallery in which something about people has changed is another gallery. Pure."""

from dataclasses import replace

import numpy as np

from faceidd.errors import GalleryError
from faceidd.gallery.gallery import Gallery, Person

LISTED = 20
"""People named in one message."""


def find_person(gallery: Gallery, name: str) -> Person:
    """Find somebody by id, or by name if only one is called that.

    Raises:
        GalleryError: Nobody is, or several are.
    """
    found = [one for one in gallery.people if one.id == name]
    found = found or [one for one in gallery.people if one.name == name]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(one.id for one in found[:LISTED])
        raise GalleryError(f"{len(found)} people are called {name}", do=f"name one by id: {ids}")
    raise GalleryError(
        f"the gallery knows nobody called {name}", do="see who is in it: faceidd gallery list"
    )


def with_person(gallery: Gallery, changed: Person) -> Gallery:
    """A gallery with what it says of a person exchanged; the templates stay.

    Raises:
        GalleryError: Nobody in it has that id.
    """
    find_person(gallery, changed.id)
    people = tuple(changed if one.id == changed.id else one for one in gallery.people)
    return replace(gallery, people=people)


def without_person(gallery: Gallery, left_out: Person) -> Gallery:
    """A gallery without a person of it, and without their templates."""
    place = gallery.people.index(left_out)
    rows = np.flatnonzero(gallery.owners != place)
    owners = gallery.owners[rows]
    return replace(
        gallery,
        people=gallery.people[:place] + gallery.people[place + 1 :],
        vectors=gallery.vectors[rows],
        norms=gallery.norms[rows],
        owners=owners - (owners > place),
        photos=gallery.photos[rows],
    )


def renewed(old: Gallery, new: Gallery) -> Gallery:
    """A new gallery in which everybody keeps what the old one says of them, but for the name."""
    known = {one.id: one for one in old.people}
    people = [
        replace(known[one.id], name=one.name) if one.id in known else one for one in new.people
    ]
    return replace(new, people=tuple(people))


def joined(old: Gallery, new: Gallery) -> Gallery:
    """A new gallery with everybody else of the old one, whose photos may be gone.

    Raises:
        GalleryModelError: They come from two models.
        GalleryError: Their faces were found by two detectors, whose crops differ.
    """
    old.require_model(new.model_id, new.model_name)
    if old.people and old.detector != new.detector:
        raise GalleryError(
            f"the gallery was enrolled with detector {old.detector}, these photos with"
            f" {new.detector}",
            do=f"set detector.name to {old.detector}, or enroll everybody again",
        )
    ids = {one.id for one in new.people}
    rest = old
    for person in old.people:
        if person.id in ids:
            rest = without_person(rest, person)
    return replace(
        new,
        people=rest.people + new.people,
        vectors=np.concatenate([rest.vectors, new.vectors]),
        norms=np.concatenate([rest.norms, new.norms]),
        owners=np.concatenate([rest.owners, new.owners + len(rest.people)]),
        photos=np.concatenate([rest.photos, new.photos]),
    )


def with_only(gallery: Gallery, ids: set[str]) -> Gallery:
    """A gallery of those people of it who have these ids, and of their templates."""
    places = [place for place, person in enumerate(gallery.people) if person.id in ids]
    rows = np.flatnonzero(np.isin(gallery.owners, places))
    return replace(
        gallery,
        people=tuple(gallery.people[place] for place in places),
        vectors=gallery.vectors[rows],
        norms=gallery.norms[rows],
        owners=np.searchsorted(places, gallery.owners[rows]),
        photos=gallery.photos[rows],
    )
