"""Who in the store looks like whom: exact search by cosine.

For a few people PostgreSQL searches with pgvector. For many it is quicker to read all templates
once and to search them with NumPy, as is done with SQLite, which has no such search. Both look at
every template, and say the same but for the last digits of a cosine (docs/store.md has measures).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Float, bindparam, func, select

from faceidd.store import tables
from faceidd.store.address import POSTGRESQL
from faceidd.store.columns import Vector, stack_vectors

_TABLE = tables.templates
BLOCK = 512
"""Templates that are compared with all others at once: 200 MB of cosines for 100,000 of them."""
FEW = 32
"""Up to so many templates are searched for in the database."""


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
    if connection.dialect.name == POSTGRESQL and len(probes) <= FEW:
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
    found: dict[Pair, float] = {}
    for first in range(0, len(vectors), BLOCK):
        # Each pair is met once: those before have been compared with these.
        cosines = vectors[first : first + BLOCK] @ vectors[first:].T
        for row, other in np.argwhere(cosines >= floor).tolist():
            one, another = owners[first + row], owners[first + other]
            if one != another:
                pair, similarity = ordered(one, another), float(cosines[row, other])
                found[pair] = max(similarity, found.get(pair, similarity))
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
    similarity = _cosine(_TABLE.c.vector, bindparam("probe", type_=Vector()))
    nearest = func.max(similarity)
    wanted = (
        select(_TABLE.c.person_id, nearest.label("similarity"))
        .where(_TABLE.c.model_id == model_id)
        .where(similarity >= floor)
        .group_by(_TABLE.c.person_id)
        .order_by(nearest.desc(), _TABLE.c.person_id.collate("C"))
        .limit(count)
    )
    for row, probe in enumerate(probes):
        for person, similarity in connection.execute(wanted, {"probe": probe}):
            yield Near(row, person, float(similarity))


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
