"""Addition: a gallery is taken into the store, if nobody in it looks like somebody else."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select

from faceidd.enroll.report_file import TemplateEntry
from faceidd.gallery.gallery import Gallery, Person
from faceidd.store import tables
from faceidd.store.enrollments import join_entries
from faceidd.store.likeness import Pair, find_near, find_pairs, ordered, pairs_among
from faceidd.store.people import read_people, write_people
from faceidd.store.templates import read_holdings, read_vectors, require_model, write_templates

MOST_ALIKE = 20
"""People whom one template is told to look like."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """That two people look alike.

    Attributes:
        one: The first.
        other: The second.
        similarity: Cosine of the nearest two templates of theirs.
    """

    one: Person
    other: Person
    similarity: float


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave to enroll somebody who looks like somebody else; it is recorded.

    Attributes:
        reason: Why.
        by: Who gave it.
    """

    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class AdditionRules:
    """On what conditions a gallery is taken in.

    Attributes:
        alike: Cosine from which two people are taken for one.
        groups: Groups that everybody is added to.
        leave: Leave for people who look like somebody else; None refuses them.
        replaces: Whether somebody may take the place of one of the same id whom they do not
            look like.
    """

    alike: float
    groups: tuple[str, ...] = ()
    leave: Leave | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Addition:
    """What came of a gallery that was to be taken in.

    Attributes:
        new: Those who were not in the store.
        renewed: Those who were, each with the photos in their templates of this model before.
        alike: Those who look like somebody else, as far as no leave was given before.
        unlike: Those who do not look like who has their id in the store, with the cosine.
        done: Whether it was taken in; or else nothing was changed.
    """

    new: tuple[Person, ...]
    renewed: tuple[tuple[Person, int], ...]
    alike: tuple[Likeness, ...]
    unlike: tuple[tuple[Person, float], ...]
    done: bool


def add_gallery(
    connection: Connection,
    gallery: Gallery,
    entries: Collection[TemplateEntry],
    rules: AdditionRules,
    now: datetime,
) -> Addition:
    """Take a gallery in, or say who stands against it; see `Store.add`."""
    require_model(connection, gallery)
    here = {one.id for one in gallery.people}
    known = read_people(connection, ids=here)
    photos = _photos(connection, gallery.model_id, here)
    people = [_merged(known.get(one.id), one, rules.groups) for one in gallery.people]
    nearest = _nearest(connection, gallery, rules.alike)
    unlike = [
        (one, _own_likeness(connection, gallery, place))
        for place, one in enumerate(people)
        if one.id in photos and (one.id, one.id) not in nearest
    ]
    others = {other for _, other in nearest} - here
    everybody = read_people(connection, ids=others) | {one.id: one for one in people}
    alike = [*_alike(connection, gallery, nearest, everybody, rules.alike)]
    refused = (unlike and not rules.replaces) or (alike and rules.leave is None)
    if not refused:
        write_people(connection, people)
        write_templates(connection, gallery)
        _write_entries(connection, gallery, entries)
        if rules.leave is not None:
            _record_leave(connection, gallery.model_id, alike, rules.leave, now)
    return Addition(
        new=tuple(one for one in people if one.id not in known),
        renewed=tuple((one, photos.get(one.id, 0)) for one in people if one.id in known),
        alike=tuple(alike),
        unlike=tuple(unlike),
        done=not refused,
    )


def read_leaves(connection: Connection, model_id: str) -> dict[Pair, str]:
    """Pairs of people who were let look alike, each with why."""
    table = tables.allowances
    wanted = select(table.c.one_id, table.c.other_id, table.c.reason)
    rows = connection.execute(wanted.where(table.c.model_id == model_id))
    return {(one, other): reason for one, other, reason in rows}


def find_similar(
    connection: Connection, person: Person, model_id: str, count: int
) -> tuple[Likeness, ...]:
    """Who looks most like a person; see `Store.similar`."""
    probes = read_vectors(connection, model_id, person.id)
    best: dict[str, float] = {}
    for near in find_near(connection, model_id, probes, count=count + 1):
        if near.person != person.id:
            best[near.person] = max(near.similarity, best.get(near.person, near.similarity))
    people = read_people(connection, ids=best.keys())
    found = [Likeness(person, people[one], similarity) for one, similarity in best.items()]
    return tuple(sorted(found, key=lambda one: (-one.similarity, one.other.id))[:count])


def find_duplicates(connection: Connection, model_id: str, floor: float) -> tuple[Likeness, ...]:
    """All pairs of people that look alike; see `Store.duplicates`."""
    pairs = find_pairs(connection, model_id, floor)
    people = read_people(connection, ids={person for pair in pairs for person in pair})
    found = [Likeness(people[one], people[other], value) for (one, other), value in pairs.items()]
    return tuple(sorted(found, key=lambda one: (-one.similarity, one.one.id, one.other.id)))


def _photos(connection: Connection, model_id: str, ids: Collection[str]) -> dict[str, int]:
    """Photos in some people's templates of a model, by their ids."""
    return {
        person: one.photos
        for person, some in read_holdings(connection, ids).items()
        for one in some
        if one.model.id == model_id
    }


def _merged(old: Person | None, new: Person, groups: tuple[str, ...]) -> Person:
    """What the store says of a person stays; a gallery says it of those who are new."""
    if old is None:
        return replace(new, groups=new.groups + groups)
    return replace(old, groups=old.groups + groups, consent=old.consent or new.consent)


def _nearest(connection: Connection, gallery: Gallery, floor: float) -> dict[Pair, float]:
    """Cosines of everybody in the gallery with those whom they look like in the store."""
    found: dict[Pair, float] = {}
    near = find_near(connection, gallery.model_id, gallery.vectors, count=MOST_ALIKE, floor=floor)
    for one in near:
        pair = gallery.people[gallery.owners[one.probe]].id, one.person
        found[pair] = max(one.similarity, found.get(pair, one.similarity))
    return found


def _own_likeness(connection: Connection, gallery: Gallery, place: int) -> float:
    """How like somebody in the gallery is to who has their id in the store."""
    old = read_vectors(connection, gallery.model_id, gallery.people[place].id)
    return float((gallery.vectors[gallery.owners == place] @ old.T).max())


def _alike(
    connection: Connection,
    gallery: Gallery,
    nearest: Mapping[Pair, float],
    everybody: Mapping[str, Person],
    floor: float,
) -> Iterator[Likeness]:
    """People of the gallery who look like each other, or like somebody who is not in it."""
    here = {one.id for one in gallery.people}
    ids = [gallery.people[owner].id for owner in gallery.owners.tolist()]
    found = pairs_among(ids, gallery.vectors, floor)
    for (one, other), similarity in nearest.items():
        if other not in here:
            found[one, other] = similarity
    let = read_leaves(connection, gallery.model_id)
    for (one, other), similarity in sorted(found.items(), key=lambda item: -item[1]):
        if ordered(one, other) not in let:
            yield Likeness(everybody[one], everybody[other], similarity)


def _write_entries(
    connection: Connection, gallery: Gallery, entries: Collection[TemplateEntry]
) -> None:
    by_name: dict[str, list[TemplateEntry]] = {}
    for entry in entries:
        by_name.setdefault(entry.person, []).append(entry)
    for person in gallery.people:
        # The report knows people by their names.
        if person.name in by_name:
            join_entries(connection, person.id, by_name[person.name])


def _record_leave(
    connection: Connection,
    model_id: str,
    alike: Collection[Likeness],
    leave: Leave,
    now: datetime,
) -> None:
    rows = []
    for likeness in alike:
        one, other = ordered(likeness.one.id, likeness.other.id)
        rows.append(
            {
                "one_id": one,
                "other_id": other,
                "model_id": model_id,
                "similarity": likeness.similarity,
                "reason": leave.reason,
                "by": leave.by,
                "at": now,
            }
        )
    if rows:
        connection.execute(insert(tables.allowances), rows)
