"""The metrics embeddings are compared by.

`cosine` is a similarity: 1 for the same direction, greater is closer. The Euclidean metrics are
distances: 0 for the same point, smaller is closer. `euclidean_l2` compares unit vectors,
`euclidean` the model's raw outputs; both follow from the cosine and the raw lengths a, b:
d^2 = a^2 + b^2 - 2ab cos (law of cosines), with a = b = 1 for unit vectors.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]


class Metric(StrEnum):
    """How far apart two embeddings are."""

    COSINE = "cosine"
    EUCLIDEAN = "euclidean"
    EUCLIDEAN_L2 = "euclidean_l2"

    @property
    def greater_is_closer(self) -> bool:
        """True for a similarity, False for a distance."""
        return self is Metric.COSINE

    def values(self, cosines: Values, norm: float, norms: Values) -> Values:
        """Turn cosines of one embedding with many into this metric's values.

        Args:
            cosines: float32 (N,), -1..1.
            norm: Raw length of the one.
            norms: Raw lengths of the many, float32 (N,).

        Returns:
            float32 (N,).
        """
        if self is Metric.COSINE:
            return cosines
        if self is Metric.EUCLIDEAN_L2:
            norm, norms = 1.0, np.ones_like(norms)
        squares = norm**2 + norms**2 - 2 * norm * norms * cosines
        distances: Values = np.sqrt(np.clip(squares, 0, None)).astype(np.float32)
        return distances

    def closeness(self, values: Values) -> Values:
        """Values signed so that greater is closer."""
        return values if self.greater_is_closer else -values
