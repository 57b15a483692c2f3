"""The tail of the trials on strangers: the nearest of them, and the threshold that lets few pass.

Comparisons of few people are not independent: two who look alike make a false match of many of
their photos. So how far the threshold could lie elsewhere is told by resampling people, not
comparisons (Bolle, Ratha and Pankanti, "Error analysis of pattern recognition systems - the subsets
bootstrap", 2004), and the upper end of that interval is the threshold.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceidd.gallery.metric import Values

CONFIDENCE = 0.95
"""One-sided: a threshold is too low for the people it stands for in one of twenty calibrations."""
RESAMPLES = 1000
STEP = 1e-4
"""Thresholds are rounded up to this, so that what is told is what is used."""
BATCH = 50


def trials_needed(share: float) -> int:
    """How many independent trials without an error show that a share is no greater.

    (1 - share)^n = 1 - `CONFIDENCE`; the rule of three: about 3 / share (Jovanovic and Levy, "A
    Look at the Rule of Three", 1997).
    """
    return math.ceil(math.log1p(-CONFIDENCE) / math.log1p(-share))


@dataclass(frozen=True, slots=True)
class Vote:
    """The threshold that some trials ask for, in closeness.

    Attributes:
        low: Where it would lie with other people of the same kind; 5 % lie below this.
        point: Where these trials put it.
        high: 5 % lie above this.
    """

    low: float
    point: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Tail:
    """The nearest of many trials on strangers.

    A trial compares the faces of two people, or searches a gallery for the face of one.

    Attributes:
        trials: How many there were.
        closeness: float32 (T,), of the nearest, descending.
        owners: intp (T, 2) or (T, 1), whose faces each trial is of, 0..P-1.
        faces: intp (P,), how many faces each person has.
    """

    trials: int
    closeness: Values
    owners: NDArray[np.intp]
    faces: NDArray[np.intp]

    def accepted(self, threshold: float) -> int:
        """How many trials reach a threshold, in closeness; no less than the tail's end."""
        return int((self.closeness.astype(np.float64) >= threshold).sum())

    def vote(self, share: float) -> Vote | None:
        """The least threshold that no more than a share of the trials reach; None without trials.

        Where the share is less than one trial, none may reach it. Resampling is seeded: the same
        trials give the same vote, and a smaller share never a lower threshold.
        """
        if not self.closeness.size:
            return None
        everybody = np.ones((1, len(self.faces)), np.int64)
        point = float(self._least(everybody, share)[0])
        found = np.sort([point, *self._resampled(share)])
        # Ranks, not quantiles: a score that was observed, not one between two.
        low = found[math.floor((1 - CONFIDENCE) * (found.size - 1))]
        high = found[math.ceil(CONFIDENCE * (found.size - 1))]
        return Vote(float(low), point, _above(max(point, high)))

    def _resampled(self, share: float) -> Iterator[float]:
        """The highest score that may not pass, in each resample of the people that has trials."""
        size = len(self.faces)
        random = np.random.default_rng(0)
        for start in range(0, RESAMPLES, BATCH):
            count = min(BATCH, RESAMPLES - start)
            drawn = random.multinomial(size, np.full(size, 1 / size), count)
            yield from self._least(drawn[self._trials(drawn) > 0], share)

    def _least(self, weights: NDArray[np.int64], share: float) -> Values:
        """The highest score that may not pass, where people count by weights (R, P)."""
        first, *second = self.owners.T
        passed = weights[:, first]
        if second:
            passed *= weights[:, second[0]]
        np.cumsum(passed, axis=1, out=passed)
        allowed = share * self._trials(weights)
        # 1000 * 1e-3 shall be 1, whatever the float64 says.
        beyond = passed > (allowed * (1 + 1e-12))[:, None]
        at = np.where(beyond.any(axis=1), beyond.argmax(axis=1), len(self.closeness) - 1)
        least: Values = self.closeness[at]
        return least

    def _trials(self, weights: NDArray[np.int64]) -> NDArray[np.int64]:
        faces = weights * self.faces
        if self.owners.shape[1] == 1:
            searches: NDArray[np.int64] = faces.sum(axis=1)
            return searches
        # Copies of one person are not two people.
        pairs: NDArray[np.int64] = faces.sum(axis=1) ** 2 - (faces**2).sum(axis=1)
        return pairs // 2


def _above(closeness: float) -> float:
    """The least multiple of `STEP` above a score."""
    return round((math.floor(float(closeness) / STEP) + 1) * STEP, 10)
