"""The comparisons behind a calibration: every impostor pair of a cell, normalized by others.

Nobody's score may be normalized by a cohort that holds that person: it would look better than it
is. So the people are dealt out to parts, and the faces of two parts are compared with what the
people of all other parts say of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceidd.evaluation.calibration_people import Crowd, Faces, Kind, Strangers
from faceidd.evaluation.calibration_tail import Tail
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.metric import Values
from faceidd.gallery.scale import Normalization, Scale
from faceidd.gallery.scoring import FEWEST, NEAREST, Cohort, Prepared, Scorer

PARTS = 10
BLOCK = 512
"""Faces held against all others at a time."""
LEAST_KEPT = 2000
"""The highest impostor scores kept of a cell, at least."""
KEPT = 6
"""How many times as many are kept as the target lets pass, for the thresholds of resamples."""

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class CellScores:
    """What the comparisons of one cell gave.

    Attributes:
        cell: (set, group).
        kind: What was compared.
        tail: The nearest impostors.
        photos: intp (T, 2) or (T, 1), the photos' rows of each of them.
        genuine: float32 (G,), closeness of the pairs of one person, ascending.
    """

    cell: tuple[str, str]
    kind: Kind
    tail: Tail
    photos: NDArray[np.intp]
    genuine: Values


def enough_strangers(crowd: Crowd, strangers: Strangers) -> bool:
    """Whether any two parts leave a cohort to the others."""
    sizes = np.bincount(crowd.parts(PARTS)[strangers.people], minlength=PARTS)
    return bool(sizes.sum() - np.sort(sizes)[-2:].sum() >= FEWEST)


class Comparer:
    """Compares faces on one scale, each normalized by a cohort without its person.

    Args:
        crowd: The people.
        scale: What scores are measured in.
        strangers: The cohort.
        among: Whether the cohort is made of the crowd's people; if not, it is of others.
    """

    def __init__(
        self, crowd: Crowd, scale: Scale, strangers: Strangers, *, among: bool = True
    ) -> None:
        self.scale = scale
        self._crowd = crowd
        self._strangers = strangers
        apart = among and scale.normalization is not Normalization.NONE
        self._count = PARTS if apart else 1
        self._parts = crowd.parts(self._count)

    def compare(self, kind: Kind, faces: Faces, fmr: float) -> tuple[CellScores, ...]:
        """Compare every two faces of a cell.

        Args:
            kind: What they are.
            faces: The faces.
            fmr: The share of impostor pairs that is going to be accepted.
        """
        cell_of = self._crowd.cell_of[faces.people]
        cells = [
            _Gathering(faces, np.flatnonzero(cell_of == index), fmr)
            for index in range(len(self._crowd.cells))
        ]
        for scorer, one, other in self._pairs_of_parts(faces):
            for index, gathering in enumerate(cells):
                left, right = (side.of(cell_of[side.rows] == index) for side in (one, other))
                for block in left.blocks():
                    values = scorer.values(block.prepared, right.prepared)
                    gathering.add(block.rows, right.rows, self.scale.closeness(values))
        return tuple(
            gathering.scores(cell, kind)
            for cell, gathering in zip(self._crowd.cells, cells, strict=True)
        )

    def search(self, kind: Kind, faces: Faces, gallery: Gallery) -> tuple[CellScores, ...]:
        """Search every face in a gallery.

        Args:
            kind: What they are.
            faces: The faces.
            gallery: It knows nobody of the crowd, and at least one other.
        """
        nearest = np.empty(len(faces.norms), np.float32)
        for part in range(self._count):
            scorer = self._scorer(part, part)
            known = scorer.prepare(gallery.vectors, gallery.norms)
            for block in self._side(faces, part, scorer).blocks():
                values = scorer.values(block.prepared, known)
                nearest[block.rows] = self.scale.closeness(values).max(axis=1)
        cell_of = self._crowd.cell_of[faces.people]
        return tuple(
            _searched(kind, cell, faces, np.flatnonzero(cell_of == index), nearest)
            for index, cell in enumerate(self._crowd.cells)
        )

    def _pairs_of_parts(self, faces: Faces) -> Iterator[tuple[Scorer, "_Side", "_Side"]]:
        for one in range(self._count):
            for other in range(one, self._count):
                scorer = self._scorer(one, other)
                yield scorer, self._side(faces, one, scorer), self._side(faces, other, scorer)

    def _side(self, faces: Faces, part: int, scorer: Scorer) -> "_Side":
        rows = np.flatnonzero(self._parts[faces.people] == part)
        return _Side(rows, scorer.prepare(faces.vectors[rows], faces.norms[rows]))

    def _scorer(self, one: int, other: int) -> Scorer:
        """A scorer whose cohort holds nobody of two parts."""
        if self.scale.normalization is Normalization.NONE:
            return Scorer(self.scale)
        if self._count == 1:
            return Scorer(self.scale, Cohort("", self._strangers.vectors, self._strangers.norms))
        parts = self._parts[self._strangers.people]
        kept = np.flatnonzero((parts != one) & (parts != other))
        # As large a part of a smaller cohort, so that scores are those that the whole one gives.
        nearest = round(min(NEAREST, len(parts)) * len(kept) / len(parts))
        cohort = Cohort("", self._strangers.vectors[kept], self._strangers.norms[kept])
        return Scorer(self.scale, cohort, nearest=nearest)


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """Faces, by their rows, prepared for one scorer."""

    rows: Rows
    prepared: Prepared

    def of(self, chosen: NDArray[np.bool_]) -> "_Side":
        return _Side(self.rows[chosen], self.prepared.take(np.flatnonzero(chosen)))

    def blocks(self) -> Iterator["_Side"]:
        for start in range(0, len(self.rows), BLOCK):
            block = np.arange(start, min(start + BLOCK, len(self.rows)))
            yield _Side(self.rows[block], self.prepared.take(block))


class _Gathering:
    """What is kept of a cell's comparisons: all genuine scores, the nearest impostors, a count."""

    def __init__(self, faces: Faces, rows: Rows, fmr: float) -> None:
        self._faces = faces
        self._rows = rows
        self._people, self._sizes = np.unique(faces.people[rows], return_counts=True)
        self._comparisons = (rows.size**2 - int((self._sizes**2).sum())) // 2
        self._kept = max(LEAST_KEPT, int(KEPT * fmr * self._comparisons))
        self._least = -np.inf
        self._genuine = [np.empty(0, np.float32)]
        self._near = [np.empty(0, np.float32)]
        self._pairs = [np.empty((0, 2), np.intp)]

    def add(self, first: Rows, second: Rows, closeness: Values) -> None:
        """Take the closeness (F, S) of some faces to others; a pair met twice counts once."""
        once = (first[:, None] < second) | ~np.isin(first, second)[:, None]
        same = self._faces.people[first][:, None] == self._faces.people[second]
        sessions = self._faces.sessions
        apart = (sessions[first][:, None] != sessions[second]) | (sessions[second] == "")
        self._genuine.append(closeness[once & same & apart])
        near = np.argwhere(once & ~same & (closeness > self._least))
        self._near.append(closeness[near[:, 0], near[:, 1]])
        self._pairs.append(np.stack([first[near[:, 0]], second[near[:, 1]]], axis=1))
        if sum(map(len, self._near)) > 4 * self._kept:
            self._thin_out()

    def _thin_out(self) -> None:
        near, pairs = np.concatenate(self._near), np.concatenate(self._pairs)
        order = np.lexsort((pairs[:, 1], pairs[:, 0], -near))[: self._kept]
        self._near, self._pairs = [near[order]], [pairs[order]]
        if len(order) == self._kept:
            self._least = float(near[order[-1]])

    def scores(self, cell: tuple[str, str], kind: Kind) -> CellScores:
        """All that was gathered."""
        self._thin_out()
        (pairs,) = self._pairs
        owners = np.searchsorted(self._people, self._faces.people[pairs])
        return CellScores(
            cell,
            kind,
            Tail(self._comparisons, self._near[0], owners, self._sizes),
            self._faces.photos[pairs],
            np.sort(np.concatenate(self._genuine)),
        )


def _searched(
    kind: Kind, cell: tuple[str, str], faces: Faces, rows: Rows, nearest: Values
) -> CellScores:
    people, sizes = np.unique(faces.people[rows], return_counts=True)
    ordered = rows[np.argsort(-nearest[rows], kind="stable")]
    owners = np.searchsorted(people, faces.people[ordered])
    tail = Tail(len(rows), nearest[ordered], owners[:, None], sizes)
    return CellScores(cell, kind, tail, faces.photos[ordered][:, None], np.empty(0, np.float32))
