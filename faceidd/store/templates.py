"""Templates, bound to their models, as rows; and galleries made of them."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, delete, func, insert, select

from faceidd.errors import StoreError
from faceidd.gallery.gallery import Gallery, Person
from faceidd.store import tables
from faceidd.store.columns import stack_vectors
from faceidd.store.people import among, members_of, read_people

_TABLE = tables.templates
SHORT = 12
"""Digits of a model id that name it to people."""


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model that there are templates of.

    Attributes:
        id: Its digest.
        name: As people call it, `facenet int8`.
        detector: Detector whose boxes its templates were cropped from.
        dimension: Length of its templates.
        people: Number of people who have some.
    """

    id: str
    name: str
    detector: str
    dimension: int
    people: int


@dataclass(frozen=True, slots=True)
class Holding:
    """What is kept of a person, of one model.

    Attributes:
        model: The model.
        templates: Number of templates.
        photos: Number of photos fused into them.
    """

    model: StoredModel
    templates: int
    photos: int


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """Somebody in the store.

    Attributes:
        person: What is recorded of them.
        holdings: What is kept of them, of each model.
    """

    person: Person
    holdings: tuple[Holding, ...]


def read_models(connection: Connection, *, also_empty: bool = False) -> tuple[StoredModel, ...]:
    """All models that there are templates of, or were, in the order of their names."""
    counts = connection.execute(
        select(_TABLE.c.model_id, func.count(_TABLE.c.person_id.distinct())).group_by(
            _TABLE.c.model_id
        )
    )
    people = {model: int(count) for model, count in counts}
    rows = connection.execute(select(tables.models)).mappings()
    found = (StoredModel(**row, people=people.get(row["id"], 0)) for row in rows)
    kept = (model for model in found if also_empty or model.people)
    return tuple(sorted(kept, key=lambda model: (model.name, model.id)))


def find_model(connection: Connection, model_id: str) -> StoredModel:
    """Find a model by its digest, also where its last template is gone.

    Raises:
        StoreError: There never were templates of it.
    """
    models = read_models(connection, also_empty=True)
    for model in models:
        if model.id == model_id:
            return model
    known = ", ".join(f"{one.name} ({one.id[:SHORT]})" for one in models) or "none"
    raise StoreError(
        f"the store has no templates of model {model_id[:SHORT]}; it has: {known}",
        do="enroll people with that model: faceidd enroll folder --store ADDRESS",
    )


def read_holdings(
    connection: Connection, ids: Collection[str] | None = None
) -> dict[str, tuple[Holding, ...]]:
    """What is kept of people of whom something is, by their ids; of some at least of these."""
    models = {one.id: one for one in read_models(connection)}
    columns = _TABLE.c.person_id, _TABLE.c.model_id
    rows = connection.execute(
        select(*columns, func.count(), func.sum(_TABLE.c.photos))
        .where(among(_TABLE.c.person_id, ids))
        .group_by(*columns)
    )
    found: dict[str, list[Holding]] = {}
    for person, model, templates, photos in rows:
        found.setdefault(person, []).append(Holding(models[model], int(templates), int(photos)))
    return {
        person: tuple(sorted(some, key=lambda one: (one.model.name, one.model.id)))
        for person, some in found.items()
    }


def require_model(connection: Connection, gallery: Gallery) -> None:
    """Make sure that a gallery's templates fit those that the store has of their model.

    Raises:
        StoreError: They were cropped by another detector, or have another length.
    """
    dimension = int(gallery.vectors.shape[1])
    for model in read_models(connection):
        if model.id != gallery.model_id:
            continue
        if (model.detector, model.dimension) != (gallery.detector, dimension):
            raise StoreError(
                f"the store's templates of {model.name} come from detector {model.detector} and"
                f" have {model.dimension} numbers, the gallery's from {gallery.detector} and"
                f" have {dimension}",
                do=f"enroll with --detector {model.detector}; or, to change the detector, forget or"
                " enroll everybody anew in another store",
            )
        return
    connection.execute(delete(tables.models).where(tables.models.c.id == gallery.model_id))
    connection.execute(
        insert(tables.models).values(
            id=gallery.model_id,
            name=gallery.model_name,
            detector=gallery.detector,
            dimension=dimension,
        )
    )


def write_templates(connection: Connection, gallery: Gallery) -> None:
    """Write everybody's templates in the place of those they had of the same model."""
    gone = [{"known_id": person.id} for person in gallery.people]
    old = (_TABLE.c.model_id == gallery.model_id) & (_TABLE.c.person_id == bindparam("known_id"))
    connection.execute(delete(_TABLE).where(old), gone)
    counts = [0] * len(gallery.people)
    rows = []
    for row, owner in enumerate(gallery.owners.tolist()):
        rows.append(
            {
                "model_id": gallery.model_id,
                "person_id": gallery.people[owner].id,
                "place": counts[owner],
                "vector": gallery.vectors[row],
                "norm": float(gallery.norms[row]),
                "photos": int(gallery.photos[row]),
            }
        )
        counts[owner] += 1
    connection.execute(insert(_TABLE), rows)


def read_gallery(
    connection: Connection,
    model: StoredModel,
    groups: Collection[str] | None,
    *,
    only: str | None = None,
) -> Gallery:
    """The gallery of a model, in its canonical order: people by id, their templates as enrolled.

    Args:
        connection: To the store.
        model: The model.
        groups: Whom it is for; None is everybody.
        only: The id of somebody, if nobody else is to be in it.
    """
    people = read_people(connection, groups, ids=None if only is None else {only})
    columns = _TABLE.c.person_id, _TABLE.c.place, _TABLE.c.vector, _TABLE.c.norm, _TABLE.c.photos
    wanted = select(*columns).where(_TABLE.c.model_id == model.id)
    if groups is not None:
        wanted = wanted.where(_TABLE.c.person_id.in_(members_of(groups)))
    if only is not None:
        wanted = wanted.where(_TABLE.c.person_id == only)
    rows = sorted(connection.execute(wanted), key=lambda row: (row[0], row[1]))
    present = sorted({row[0] for row in rows})
    places = {person: place for place, person in enumerate(present)}
    vectors = np.empty((0, model.dimension), np.float32)
    if rows:
        vectors = stack_vectors([row[2] for row in rows], connection.dialect.name)
    return Gallery(
        model_id=model.id,
        model_name=model.name,
        detector=model.detector,
        people=tuple(people[person] for person in present),
        vectors=vectors,
        norms=np.array([row[3] for row in rows], np.float32),
        owners=np.array([places[row[0]] for row in rows], np.intp),
        photos=np.array([row[4] for row in rows], np.int64),
    )


def read_vectors(connection: Connection, model_id: str, person: str) -> NDArray[np.float32]:
    """A person's templates of a model: float32 (N, D)."""
    wanted = select(_TABLE.c.vector).where(_TABLE.c.model_id == model_id)
    rows = connection.execute(wanted.where(_TABLE.c.person_id == person)).scalars()
    return stack_vectors(list(rows), connection.dialect.name)
