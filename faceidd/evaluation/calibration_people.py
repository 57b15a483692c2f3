"""Who takes part in a calibration: people in cells, their faces, and the cohort made of them.

A cell is what may be compared: people of one set (one kind of camera and picture) and one group.
Pairs across sets differ in more than their people, and would flatter the model.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from faceidd.evaluation.embedded import Embedded, count_reasons
from faceidd.evaluation.errors import EvaluationError
from faceidd.evaluation.fusion import visit
from faceidd.gallery.metric import Values
from faceidd.gallery.scoring import NEAREST

MOST_STRANGERS = 3000
"""Bound on the cohort: the door compares every face with all of it."""
BALANCE = 2
"""How many times as many people a group may have in the cohort as another."""


class Kind(StrEnum):
    """What is compared with what."""

    SINGLE = "single"
    """Photo with photo."""
    FUSED = "fused"
    """Several photos fused, with several others."""
    SEARCH = "search"
    """Photo in a gallery."""
    FUSED_SEARCH = "fused_search"
    """Several photos fused, in a gallery."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """N faces to be compared: single photos, or several photos of one person fused.

    Attributes:
        vectors: float32 (N, D), unit norm.
        norms: float32 (N,), raw lengths.
        people: intp (N,), whose each is.
        sessions: (N,), when each was taken; blank where that is not known.
        photos: intp (N,), row of each face's photo, of the first where several were fused.
    """

    vectors: Values
    norms: Values
    people: NDArray[np.intp]
    sessions: NDArray[np.str_]
    photos: NDArray[np.intp]

    def take(self, rows: NDArray[np.intp]) -> "Faces":
        """Some of them, in the order of `rows`."""
        return Faces(
            self.vectors[rows],
            self.norms[rows],
            self.people[rows],
            self.sessions[rows],
            self.photos[rows],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """P people, all whose photos gave an embedding, in a stable order that chance has mixed.

    Attributes:
        embedded: Their photos.
        people: intp (N,), photo -> person.
        cells: Name of every cell, (set, group).
        cell_of: intp (P,), person -> cell.
    """

    embedded: Embedded
    people: NDArray[np.intp]
    cells: tuple[tuple[str, str], ...]
    cell_of: NDArray[np.intp]

    @classmethod
    def of(cls, embedded: Embedded) -> "Crowd":
        """Sort photos by people.

        Raises:
            EvaluationError: There is no photo, or somebody stands in two groups.
        """
        if not embedded.photos:
            reasons = ", ".join(f"{one} {n}" for one, n in count_reasons(embedded.refused).items())
            raise EvaluationError(
                f"no photo gave an embedding: {reasons or 'there is none'}",
                do="name photos that show faces well",
            )
        groups: dict[tuple[str, str], str] = {}
        for photo in embedded.photos:
            key = (photo.set, photo.identity)
            if groups.setdefault(key, photo.group) != photo.group:
                raise EvaluationError(
                    f"{photo.identity} of the set {photo.set} is in the groups"
                    f" {groups[key]} and {photo.group}",
                    do="give each person one group",
                )
        order = sorted(groups, key=lambda key: hashlib.sha256("\0".join(key).encode()).digest())
        number = {key: index for index, key in enumerate(order)}
        cells = tuple(sorted({(key[0], groups[key]) for key in order}))
        return cls(
            embedded,
            np.array([number[photo.set, photo.identity] for photo in embedded.photos], np.intp),
            cells,
            np.array([cells.index((key[0], groups[key])) for key in order], np.intp),
        )

    @property
    def size(self) -> int:
        """How many people there are."""
        return len(self.cell_of)

    def parts(self, count: int) -> NDArray[np.intp]:
        """Deal the people of each cell out to so many parts, as evenly as can be; intp (P,)."""
        order = np.argsort(self.cell_of, kind="stable")
        parts = np.empty(self.size, np.intp)
        parts[order] = np.arange(self.size) % count
        return parts

    def only(self, people: NDArray[np.bool_]) -> "Crowd":
        """Some of the people, bool (P,), with their photos."""
        rows = np.flatnonzero(people[self.people])
        number = np.cumsum(people) - 1
        return Crowd(
            self.embedded.take(rows), number[self.people[rows]], self.cells, self.cell_of[people]
        )

    def faces(self, kind: Kind, frames: int) -> Faces:
        """The faces to be compared.

        Args:
            kind: Single photos, or as many as `frames` fused as the door fuses frames; people
                with fewer photos have no fused face, and a rest of photos is left out.
            frames: How many frames the door fuses before it opens.
        """
        embedded = self.embedded
        sessions = np.array([photo.session for photo in embedded.photos], np.str_)
        if kind is Kind.SINGLE:
            rows = np.arange(len(embedded.photos))
            return Faces(embedded.vectors, embedded.norms, self.people, sessions, rows)
        return self._fused(frames, sessions)

    def _fused(self, frames: int, sessions: NDArray[np.str_]) -> Faces:
        order = np.lexsort((sessions, self.people))
        chosen: list[NDArray[np.intp]] = []
        for rows in np.split(order, np.flatnonzero(np.diff(self.people[order])) + 1):
            # A rest shorter than a visit would be another kind of evidence.
            whole = len(rows) // frames * frames
            chosen += np.split(rows[:whole], whole // frames) if whole else []
        fused = [visit(self.embedded.take(rows)) for rows in chosen]
        dimension = self.embedded.vectors.shape[1]
        firsts = np.array([rows[0] for rows in chosen], np.intp)
        return Faces(
            np.vstack([np.empty((0, dimension), np.float32), *(one.vectors for one in fused)]),
            np.concatenate([np.empty(0, np.float32), *(one.norms for one in fused)]),
            self.people[firsts],
            sessions[firsts],
            firsts,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Strangers:
    """The cohort while it is still known who is who.

    Attributes:
        vectors: float32 (C, D), unit norm: the mean of each person's photos.
        norms: float32 (C,), raw lengths, means likewise.
        people: intp (C,), whose each is.
    """

    vectors: Values
    norms: Values
    people: NDArray[np.intp]


def strangers(crowd: Crowd, most: int = MOST_STRANGERS) -> Strangers:
    """Make a cohort of a crowd, one embedding a person.

    Groups are balanced: none has more than `BALANCE` times as many people as the smallest of those
    groups that can fill the nearest `NEAREST` by themselves; of the others everybody is taken.

    Args:
        crowd: The people.
        most: Bound on their number.
    """
    chosen = _balanced(crowd, most)
    embedded, people = crowd.embedded, crowd.people
    counts = np.bincount(people, minlength=crowd.size)
    sums = np.zeros((crowd.size, embedded.vectors.shape[1]), np.float64)
    np.add.at(sums, people, embedded.vectors)
    norms = np.bincount(people, embedded.norms, crowd.size) / counts
    means = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return Strangers(means[chosen].astype(np.float32), norms[chosen].astype(np.float32), chosen)


def _balanced(crowd: Crowd, most: int) -> NDArray[np.intp]:
    names = [group for _, group in crowd.cells]
    group_of = np.array([names.index(group) for group in names], np.intp)[crowd.cell_of]
    sizes = np.bincount(group_of)
    full = sizes[sizes >= NEAREST]
    limit = min(BALANCE * int(full.min()) if full.size else crowd.size, most)
    while limit > 1 and np.minimum(sizes, limit).sum() > most:
        limit -= 1
    members = [np.flatnonzero(group_of == group)[:limit] for group in range(len(sizes))]
    chosen: NDArray[np.intp] = np.sort(np.concatenate(members))[:most]
    return chosen
