"""Verification in folds: each fold of pairs judged by the threshold that is best on the others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceidd.evaluation.rates import Closeness


@dataclass(frozen=True, slots=True)
class FoldAccuracy:
    """Share of pairs judged rightly.

    Attributes:
        mean: Over the folds.
        error: Standard error of the mean.
        folds: Of each fold.
        thresholds: Closeness that each was judged by.
    """

    mean: float
    error: float
    folds: tuple[float, ...]
    thresholds: tuple[float, ...]


def verify(folds: NDArray[np.intp], same: NDArray[np.bool_], closeness: Closeness) -> FoldAccuracy:
    """Judge N pairs.

    Huang et al., "Labeled Faces in the Wild", 2007: image-restricted View 2, over the folds that
    there are; the standard error is theirs, from the deviation of a sample.

    Args:
        folds: (N,), the fold of each pair; at least two folds.
        same: (N,), whether it is of one person.
        closeness: (N,), its score; -inf for a pair that cannot be compared, which is called
            different at any threshold.

    Raises:
        ValueError: There are fewer than two folds.
    """
    numbers = np.unique(folds)
    if numbers.size < 2:  # noqa: PLR2004 - a fold's threshold comes from another
        raise ValueError("a fold is judged by the others, and there are none")
    thresholds = [_best(closeness[folds != fold], same[folds != fold]) for fold in numbers]
    rates = [
        float(((closeness[folds == fold] >= threshold) == same[folds == fold]).mean())
        for fold, threshold in zip(numbers, thresholds, strict=True)
    ]
    error = float(np.std(rates, ddof=1) / np.sqrt(len(rates)))
    return FoldAccuracy(float(np.mean(rates)), error, tuple(rates), tuple(thresholds))


def _best(closeness: Closeness, same: NDArray[np.bool_]) -> float:
    """The lowest of the thresholds that judge the most pairs rightly, among the scores."""
    order = np.argsort(closeness, kind="stable")
    scores, same = closeness[order], same[order]
    below = np.concatenate([[0], np.cumsum(~same)])[:-1]  # rightly refused
    above = np.cumsum(same[::-1])[::-1]  # rightly accepted
    right = below + above
    # Equal scores fall on one side together: only the first of them is a threshold.
    first = np.concatenate([[True], scores[1:] > scores[:-1]]) & np.isfinite(scores)
    if not first.any():
        return np.inf
    return float(scores[np.argmax(np.where(first, right, -1))])
