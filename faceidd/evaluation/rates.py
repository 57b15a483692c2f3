"""Error rates of comparisons (ISO/IEC 19795-1), from scores alone.

Scores are closeness: greater is closer, whatever they were measured in. All functions take them in
ascending order, so that each answer is a search and not a count.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Closeness = NDArray[np.float32]
"""float32 (N,), greater is closer, ascending where it is said so."""


@dataclass(frozen=True, slots=True, eq=False)
class Det:
    """A curve of detection error trade-off: P thresholds, descending.

    Attributes:
        fmr: float64 (P,), share of impostor pairs accepted.
        fnmr: float64 (P,), share of genuine pairs refused.
    """

    fmr: NDArray[np.float64]
    fnmr: NDArray[np.float64]


def accepted(ascending: Closeness, threshold: float) -> int:
    """How many scores reach a threshold, compared exactly as the door does."""
    return int(ascending.size - np.searchsorted(ascending, _least_above(threshold), side="left"))


def threshold_at(impostor: Closeness, fmr: float) -> float | None:
    """The lowest threshold that accepts no more than a share of the impostor pairs.

    Args:
        impostor: Scores of impostor pairs, ascending.
        fmr: That share, 0..1.

    Returns:
        The threshold; None where there are so few pairs that one of them is more than the share:
        of such a rate they say nothing.
    """
    allowed = int(np.floor(impostor.size * fmr * (1 + 1e-12)))  # 1000 * 1e-3 shall be 1
    if allowed < 1:
        return None
    if allowed >= impostor.size:
        return float(impostor[0])
    return float(np.nextafter(impostor[-allowed - 1], np.float32(np.inf)))


def equal_error_rate(genuine: Closeness, impostor: Closeness) -> float | None:
    """The rate at the threshold where FMR and FNMR are as near to each other as they get.

    Args:
        genuine: Scores of genuine pairs, ascending.
        impostor: Scores of impostor pairs, ascending.

    Returns:
        The mean of the two rates there; None without pairs of either kind.
    """
    if not genuine.size or not impostor.size:
        return None
    low = min(genuine[0], impostor[0])
    high = np.nextafter(max(genuine[-1], impostor[-1]), np.float32(np.inf))
    # FNMR - FMR never falls with the threshold: -1 at `low`, 1 at `high`. Find where it turns.
    while np.nextafter(low, high) < high:
        middle = low + (high - low) / np.float32(2)
        middle = middle if low < middle < high else np.nextafter(low, high)
        fmr, fnmr = _rates(genuine, impostor, float(middle))
        low, high = (middle, high) if fnmr < fmr else (low, middle)
    sides = [_rates(genuine, impostor, float(threshold)) for threshold in (low, high)]
    return min((abs(fnmr - fmr), (fmr + fnmr) / 2) for fmr, fnmr in sides)[1]


def det(genuine: Closeness, impostor: Closeness, points: int = 200) -> Det:
    """The trade-off, from one impostor pair accepted to all of them.

    Args:
        genuine: Scores of genuine pairs, ascending, at least one.
        impostor: Scores of impostor pairs, ascending, at least one.
        points: How many thresholds at most, evenly spread over the logarithm of FMR.
    """
    ranks = np.unique(np.geomspace(1, impostor.size, points).round().astype(np.intp))
    thresholds = impostor[impostor.size - ranks]
    count = impostor.size - np.searchsorted(impostor, thresholds, side="left")
    refused = np.searchsorted(genuine, thresholds, side="left")
    return Det(count / impostor.size, refused / genuine.size)


def _rates(genuine: Closeness, impostor: Closeness, threshold: float) -> tuple[float, float]:
    return (
        accepted(impostor, threshold) / impostor.size,
        1 - accepted(genuine, threshold) / genuine.size,
    )


def _least_above(threshold: float) -> np.float32:
    """The least float32 that reaches a threshold; comparing in float64 would copy all scores."""
    nearest = np.float32(threshold)
    return nearest if float(nearest) >= threshold else np.nextafter(nearest, np.float32(np.inf))
