"""Revisions: a gallery in which something about people has changed is another gallery. Pure."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace

import numpy as np

from faceidd.errors import GalleryError
from faceidd.gallery.gallery import Gallery, Person

LISTED = 20
"""People named in one message."""


def canonical(gallery: Gallery) -> Gallery:
    """The same gallery with people in the order of their ids, and templates in that of people.

    The templates of one person stay in the order they have.
    """
    ids = gallery.ids
    order = sorted(range(len(ids)), key=ids.__getitem__)
    places = np.empty(len(order), np.intp)
    places[order] = np.arange(len(order))
    owners = places[gallery.owners]
    if (places[1:] > places[:-1]).all() and (owners[1:] >= owners[:-1]).all():
        return gallery
    rows = np.argsort(owners, kind="stable")
    return replace(
        gallery,
        people=tuple(gallery.people[place] for place in order),
        vectors=gallery.vectors[rows],
        norms=gallery.norms[rows],
        owners=owners[rows],
        photos=gallery.photos[rows],
    )


def find_person(gallery: Gallery, name: str) -> Person:
    """Find somebody by id, or by name if only one is called that.

    Raises:
        GalleryError: Nobody is, or several are.
    """
    found = [gallery.people[place] for place, one in enumerate(gallery.ids) if one == name]
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
    return with_people(gallery, [changed])


def with_people(gallery: Gallery, changed: Iterable[Person]) -> Gallery:
    """A gallery with what it says of some people exchanged; the templates stay.

    Raises:
        GalleryError: Nobody in it has one of these ids.
    """
    new = {one.id: one for one in changed}
    people = tuple(new.pop(one.id, one) for one in gallery.people)
    for unknown in new:
        raise GalleryError(
            f"nobody in the gallery has the id {unknown}",
            do="see who is in it: faceidd gallery list",
        )
    return replace(gallery, people=people)


def without_person(gallery: Gallery, left_out: Person) -> Gallery:
    """A gallery without a person of it, and without their templates."""
    return without_people(gallery, frozenset({left_out.id}))


def without_people(gallery: Gallery, left_out: AbstractSet[str]) -> Gallery:
    """A gallery without some people and their templates.

    Args:
        gallery: The gallery.
        left_out: Their ids; those of nobody in it change nothing.
    """
    stays = np.array([one not in left_out for one in gallery.ids], bool)
    rows = np.flatnonzero(stays[gallery.owners])
    places = np.cumsum(stays) - 1
    return replace(
        gallery,
        people=tuple(gallery.people[place] for place in np.flatnonzero(stays).tolist()),
        vectors=gallery.vectors[rows],
        norms=gallery.norms[rows],
        owners=places[gallery.owners[rows]],
        photos=gallery.photos[rows],
    )


def renewed(old: Gallery, new: Gallery) -> Gallery:
    """A new gallery that keeps what the old one says of people, but for their names.

    It keeps the version, and the calibration where it is of the same model, too.
    """
    known = {one.id: one for one in old.people}
    people = [
        replace(known[one.id], name=one.name) if one.id in known else one for one in new.people
    ]
    same_model = old.model_id == new.model_id
    return replace(
        new,
        people=tuple(people),
        version=old.version,
        calibration=old.calibration if same_model else new.calibration,
    )


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
    rest = without_people(old, set(new.ids))
    return replace(
        new,
        people=(*rest.people, *new.people),
        vectors=np.concatenate([rest.vectors, new.vectors]),
        norms=np.concatenate([rest.norms, new.norms]),
        owners=np.concatenate([rest.owners, new.owners + len(rest.people)]),
        photos=np.concatenate([rest.photos, new.photos]),
    )
