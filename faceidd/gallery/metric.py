"""The metrics embeddings are compared by.

`cosine` is a similarity: 1 for the same direction, greater is closer. The others are distances: 0
for the same direction, smaller is closer. `angular` is the angle as a part of a half turn,
arccos(cos) / pi. `euclidean_l2` compares unit vectors, `euclidean` the model's raw outputs; both
follow from the cosine and the raw lengths a, b: d^2 = a^2 + b^2 - 2ab cos (law of cosines), with
a = b = 1 for unit vectors.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]
UNIT_TOLERANCE = 1e-3


class Metric(StrEnum):
    """How far apart two embeddings are."""

    COSINE = "cosine"
    EUCLIDEAN = "euclidean"
    EUCLIDEAN_L2 = "euclidean_l2"
    ANGULAR = "angular"

    @property
    def greater_is_closer(self) -> bool:
        """True for a similarity, False for a distance."""
        return self is Metric.COSINE

    def values(self, cosines: Values, norm: Values, norms: Values) -> Values:
        """Turn cosines of embeddings into this metric's values.

        Args:
            cosines: float32, any shape, -1..1.
            norm: Raw lengths of the one side, float32, of a shape that broadcasts to it.
            norms: Raw lengths of the other side, likewise.

        Returns:
            float32, the shape of `cosines`.
        """
        if self is Metric.COSINE:
            return cosines
        if self is Metric.ANGULAR:
            angles: Values = (np.arccos(np.clip(cosines, -1, 1)) / np.pi).astype(np.float32)
            return angles
        if self is Metric.EUCLIDEAN_L2:
            norm, norms = np.ones_like(norm), np.ones_like(norms)
        squares = norm**2 + norms**2 - 2 * norm * norms * cosines
        distances: Values = np.sqrt(np.clip(squares, 0, None)).astype(np.float32)
        return distances

    def closeness(self, values: Values) -> Values:
        """Values signed so that greater is closer."""
        return values if self.greater_is_closer else -values


def products(vectors: Values, others: Values) -> Values:
    """Products of vectors with others, one by one; where one side is a single vector, with that.

    Each row is added up in the same order, so equal rows have equal products wherever they stand; a
    product of matrices does not promise that.

    Args:
        vectors: float32 (..., D).
        others: float32 (D,), or the shape of `vectors`.

    Returns:
        float32 (...).
    """
    if hasattr(np, "vecdot"):
        quick: Values = np.vecdot(vectors, others)
        return quick
    slower: Values = np.einsum("...i,...i->...", vectors, others)  # NumPy 1, under tflite-runtime
    return slower


def are_unit(vectors: Values) -> bool:
    """Whether all of some vectors, float32 (..., D), have length 1; what is no number has not."""
    with np.errstate(over="ignore", invalid="ignore"):  # what runs over is not of length 1
        squares = products(vectors, vectors)
    return bool((np.abs(np.sqrt(squares) - 1) <= UNIT_TOLERANCE).all())
