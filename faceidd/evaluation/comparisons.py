"""Every photo of a set against every other: the scores, and the pairs that did worst."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from faceidd.evaluation.embedded import Embedded
from faceidd.evaluation.rates import Closeness
from faceidd.gallery.scoring import Scorer

BLOCK = 1024
"""Photos held against as many others at a time."""
MOST_IMPOSTORS = 50_000_000
"""Impostor scores kept; of more pairs, as many are drawn at random."""
CANDIDATES = 400
"""Worst impostor pairs kept in the search for those of different people."""


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """Two photos and how close their faces are.

    Attributes:
        value: Their score, on the scale it was measured in.
        first: Row of the one among the photos compared.
        second: Row of the other.
    """

    value: float
    first: int
    second: int


@dataclass(frozen=True, slots=True, eq=False)
class Comparisons:
    """All pairs of some photos.

    Attributes:
        genuine: Closeness of the pairs of one person, ascending; not those of one session.
        impostor: Closeness of the pairs of two people, ascending; of more than
            `MOST_IMPOSTORS` pairs a random part.
        impostor_pairs: How many pairs of two people there are.
        worst_genuine: Those of one person that are least alike, the worst first; one a person.
        worst_impostor: Those of two people that are most alike, the worst first; one for any two.
    """

    genuine: Closeness
    impostor: Closeness
    impostor_pairs: int
    worst_genuine: tuple[ScoredPair, ...]
    worst_impostor: tuple[ScoredPair, ...]


def compare_all(
    embedded: Embedded, scorer: Scorer, *, worst: int = 0, most: int = MOST_IMPOSTORS
) -> Comparisons:
    """Compare every photo with every other, block by block.

    Two photos of a person from one session are no genuine pair, where sessions are known: at a
    door the two were taken on different days.

    Args:
        embedded: Photos of one set.
        scorer: What scores are measured in.
        worst: How many of the worst pairs of either kind to keep.
        most: Bound on the impostor scores kept.
    """
    names = np.unique([photo.identity for photo in embedded.photos], return_inverse=True)[1]
    sessions = np.array([photo.session for photo in embedded.photos], np.str_)
    starts = range(0, len(names), BLOCK)
    parts = [slice(start, start + BLOCK) for start in starts]
    blocks = [scorer.prepare(embedded.vectors[rows], embedded.norms[rows]) for rows in parts]
    sign = np.float32(1 if scorer.scale.greater_is_closer else -1)
    found = _Gathered(names, sessions, worst, most)
    for (row, one), (column, other) in combinations_with_replacement(
        zip(starts, blocks, strict=True), 2
    ):
        found.add(row, column, sign * scorer.values(one, other))
    return found.comparisons(float(sign))


class _Gathered:
    """What is kept of the blocks: all genuine scores, the impostors' scores, the worst of both."""

    def __init__(
        self, names: NDArray[np.intp], sessions: NDArray[np.str_], worst: int, most: int
    ) -> None:
        sizes = np.bincount(names) if names.size else np.zeros(0, np.intp)
        pairs = names.size * (names.size - 1) // 2 - int((sizes * (sizes - 1) // 2).sum())
        self._names = names
        self._sessions = sessions
        self._worst = worst
        self._pairs = pairs
        self._share = min(1.0, most / pairs) if pairs else 1.0
        self._random = np.random.default_rng(0)
        self._impostor: list[Closeness] = []
        self._genuine: list[Closeness] = []
        self._genuine_rows: list[NDArray[np.intp]] = []
        self._near: list[tuple[float, int, int]] = []

    def add(self, row: int, column: int, closeness: Closeness) -> None:
        """Take the scores of the photos from `row` on with those from `column` on, (R, C)."""
        down = np.arange(row, row + closeness.shape[0])[:, None]
        across = np.arange(column, column + closeness.shape[1])
        offset = np.array([row, column])
        later = across > down
        same = self._names[down] == self._names[across]
        apart = (self._sessions[down] != self._sessions[across]) | (self._sessions[across] == "")
        rows = np.argwhere(later & same & apart)
        self._genuine.append(closeness[rows[:, 0], rows[:, 1]])
        self._genuine_rows.append(rows + offset)
        different = later & ~same
        scores = closeness[different]
        if self._worst and scores.size:
            self._keep_nearest(offset, closeness, different, scores)
        if self._share < 1:
            scores = scores[self._random.random(scores.size) < self._share]
        self._impostor.append(scores)

    def _keep_nearest(
        self,
        offset: NDArray[np.intp],
        closeness: Closeness,
        different: NDArray[np.bool_],
        scores: Closeness,
    ) -> None:
        kept = min(CANDIDATES, scores.size)
        least = np.partition(scores, scores.size - kept)[-kept]
        rows = np.argwhere(different & (closeness >= least))[: 2 * CANDIDATES]
        self._near += [
            (float(closeness[row, column]), int(first), int(second))
            for (row, column), (first, second) in zip(rows, rows + offset, strict=True)
        ]
        self._near = sorted(self._near, reverse=True)[:CANDIDATES]

    def comparisons(self, sign: float) -> Comparisons:
        """All that was gathered."""
        genuine = np.concatenate([np.empty(0, np.float32), *self._genuine])
        rows = np.concatenate([np.empty((0, 2), np.intp), *self._genuine_rows])
        order = np.argsort(genuine, kind="stable")
        far = ((float(genuine[at]), int(rows[at, 0]), int(rows[at, 1])) for at in order)
        impostor = np.sort(np.concatenate([np.empty(0, np.float32), *self._impostor]))
        return Comparisons(
            genuine[order],
            impostor,
            self._pairs,
            self._apart(far, sign),
            self._apart(self._near, sign),
        )

    def _apart(
        self, ordered: Iterable[tuple[float, int, int]], sign: float
    ) -> tuple[ScoredPair, ...]:
        """The first pairs, each of other people than those before."""
        chosen: dict[tuple[int, int], ScoredPair] = {}
        for closeness, first, second in ordered:
            if len(chosen) == self._worst:
                break
            one, other = sorted((int(self._names[first]), int(self._names[second])))
            chosen.setdefault((one, other), ScoredPair(sign * closeness, first, second))
        return tuple(chosen.values())
