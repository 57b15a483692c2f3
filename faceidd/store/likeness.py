"""Who in the store looks like whom: exact search by cosine, in the database where that can.

PostgreSQL searches with pgvector; SQLite has no such search, so its templates are read and searched
with NumPy. Both look at every template; both say the same but for the last digits of a cosine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Float, bindparam, func, select
from sqlalchemy.orm import aliased

from faceidd.store import tables
from faceidd.store.address import POSTGRESQL
from faceidd.store.columns import Vector, stack_vectors

_TABLE = tables.templates
BLOCK = 1024
"""Templates that are compared with all others at once: 400 MB of cosines for 100,000 of them."""


@dataclass(frozen=True, slots=True)
class Near:
    """That somebody in the store looks like somebody.

    Attributes:
        probe: Row of the probes whose owner was searched for.
        person: Id of who was found.
        similarity: Cosine of the nearest two templates of the two.
    """

    probe: int
    person: str
    similarity: float


Pair = tuple[str, str]
"""The ids of two people, in order."""


def find_near(
    connection: Connection,
    model_id: str,
    probes: NDArray[np.float32],
    *,
    count: int,
    floor: float = -2.0,
) -> Iterator[Near]:
    """Find who is nearest to each probe; the nearest first, those as near by their ids.

    Args:
        connection: To the store.
        model_id: The model; templates of others are not looked at.
        probes: float32 (N, D), unit norm, of that model.
        count: People found for one probe at most.
        floor: Least cosine; the default leaves nobody out.
    """
    if connection.dialect.name == POSTGRESQL:
        yield from _near_in_database(connection, model_id, probes, count, floor)
    else:
        yield from _near_in_memory(connection, model_id, probes, count, floor)


def find_pairs(connection: Connection, model_id: str, floor: float) -> dict[Pair, float]:
    """Find all pairs of people that look alike, each with the cosine of their nearest templates.

    Args:
        connection: To the store.
        model_id: The model; templates of others are not looked at.
        floor: Least cosine.
    """
    if connection.dialect.name == POSTGRESQL:
        return _pairs_in_database(connection, model_id, floor)
    return pairs_among(*_read(connection, model_id), floor)


def pairs_among(
    owners: Sequence[str], vectors: NDArray[np.float32], floor: float
) -> dict[Pair, float]:
    """Find all pairs of people that look alike, as `find_pairs` does, among some templates.

    Args:
        owners: Whose each template is, by ids.
        vectors: float32 (N, D), unit norm.
        floor: Least cosine.
    """
    table = _Table.of(owners, vectors)
    found: dict[Pair, float] = {}
    for first, cosines in table.blocks(table.vectors):
        rows, places = np.nonzero(cosines >= floor)
        for row, place in zip(rows.tolist(), places.tolist(), strict=True):
            one, other = table.owners[first + row], table.people[place]
            if one < other:
                similarity = float(cosines[row, place])
                found[one, other] = max(similarity, found.get((one, other), similarity))
    return found


def ordered(one: str, other: str) -> Pair:
    """Two people as a pair."""
    return (one, other) if one < other else (other, one)


def _cosine(left: ColumnElement[Any], right: ColumnElement[Any]) -> ColumnElement[float]:
    """The cosine of vectors of unit length; pgvector's operator gives it with a minus."""
    return -left.op("<#>", return_type=Float())(right)


def _near_in_database(
    connection: Connection,
    model_id: str,
    probes: NDArray[np.float32],
    count: int,
    floor: float,
) -> Iterator[Near]:
    nearest = func.max(_cosine(_TABLE.c.vector, bindparam("probe", type_=Vector())))
    wanted = (
        select(_TABLE.c.person_id, nearest.label("similarity"))
        .where(_TABLE.c.model_id == model_id)
        .group_by(_TABLE.c.person_id)
        .having(nearest >= floor)
        .order_by(nearest.desc(), _TABLE.c.person_id.collate("C"))
        .limit(count)
    )
    for row, probe in enumerate(probes):
        for person, similarity in connection.execute(wanted, {"probe": probe}):
            yield Near(row, person, float(similarity))


def _pairs_in_database(connection: Connection, model_id: str, floor: float) -> dict[Pair, float]:
    one, other = aliased(_TABLE), aliased(_TABLE)
    similarity = _cosine(one.c.vector, other.c.vector)
    wanted = (
        select(one.c.person_id, other.c.person_id, func.max(similarity))
        .where(one.c.model_id == model_id, other.c.model_id == model_id)
        .where(one.c.person_id.collate("C") < other.c.person_id.collate("C"))
        .where(similarity >= floor)
        .group_by(one.c.person_id, other.c.person_id)
    )
    return {(left, right): float(value) for left, right, value in connection.execute(wanted)}


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Templates of a model, those of one person beside each other."""

    owners: Sequence[str]
    """Ids, one a row, in order."""
    people: Sequence[str]
    """Ids, each once, in order."""
    starts: NDArray[np.intp]
    """First row of each."""
    vectors: NDArray[np.float32]

    @classmethod
    def of(cls, owners: Sequence[str], vectors: NDArray[np.float32]) -> "_Table":
        order = sorted(range(len(owners)), key=owners.__getitem__)
        ids = [owners[row] for row in order]
        starts = [row for row, one in enumerate(ids) if row == 0 or ids[row - 1] != one]
        people = [ids[row] for row in starts]
        return cls(ids, people, np.array(starts, np.intp), vectors[order])

    def blocks(self, probes: NDArray[np.float32]) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Blocks of probes: the first one's row, and float32 (rows, people) of cosines."""
        for first in range(0, len(probes) if self.people else 0, BLOCK):
            cosines = probes[first : first + BLOCK] @ self.vectors.T
            yield first, np.maximum.reduceat(cosines, self.starts, axis=1)


def _read(connection: Connection, model_id: str) -> tuple[list[str], NDArray[np.float32]]:
    """All templates of a model, and whose they are."""
    wanted = select(_TABLE.c.person_id, _TABLE.c.vector).where(_TABLE.c.model_id == model_id)
    rows = connection.execute(wanted).all()
    vectors = stack_vectors([row[1] for row in rows], connection.dialect.name)
    return [row[0] for row in rows], vectors


def _near_in_memory(
    connection: Connection,
    model_id: str,
    probes: NDArray[np.float32],
    count: int,
    floor: float,
) -> Iterator[Near]:
    table = _Table.of(*_read(connection, model_id))
    for first, cosines in table.blocks(probes):
        for row, values in enumerate(cosines):
            near = np.flatnonzero(values >= floor)
            for place in near[np.argsort(-values[near], kind="stable")][:count].tolist():
                yield Near(first + row, table.people[place], float(values[place]))
