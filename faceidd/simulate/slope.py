"""Slope: does a quantity grow, with its confidence interval; least squares, errors by Newey-West.

Samples of one process resemble those before them, so that the usual error of a slope is too small.
Newey and West (Econometrica 55, 1987) add the covariances up to a lag; the lag is Newey and West's
of 1994, floor(4 (n / 100)^(2/9)), or a tenth of the samples, for memory moves in steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, sqrt

import numpy as np

Z_95 = 1.959964
"""Of the normal distribution: 95 % lie within so many standard deviations."""
LEAST = 8
"""Fewer samples say nothing."""


@dataclass(frozen=True, slots=True)
class Slope:
    """How a quantity changes.

    Attributes:
        value: In its unit, for each of the unit it is measured along.
        low: Lower end of the 95 % confidence interval.
        high: Upper end of it.
    """

    value: float
    low: float
    high: float

    def times(self, factor: float) -> "Slope":
        """The same in another unit."""
        return Slope(factor * self.value, factor * self.low, factor * self.high)


def fit(along: Sequence[float], values: Sequence[float]) -> Slope | None:
    """Fit a line.

    Args:
        along: What the quantity is measured along, as time.
        values: The quantity, in the order of time.

    Returns:
        The slope; None for fewer than `LEAST` samples, or where all were taken at one moment.
    """
    count = len(values)
    if count < LEAST or min(along) == max(along):
        return None
    x = np.asarray(along, float) - np.mean(along)
    y = np.asarray(values, float)
    spread = float(x @ x)
    value = float(x @ y) / spread
    scores = x * (y - y.mean() - value * x)
    lag = max(floor(4 * (count / 100) ** (2 / 9)), count // 10)
    variance = float(scores @ scores)
    for step in range(1, lag + 1):
        weight = 1 - step / (lag + 1)  # Bartlett's, so that no variance is below 0
        variance += 2 * weight * float(scores[step:] @ scores[:-step])
    error = sqrt(max(0.0, variance) * count / (count - 2)) / spread
    return Slope(value, value - Z_95 * error, value + Z_95 * error)
