"""How like somebody a face is, whose faces come one after the other."""

import numpy as np
from numpy.typing import NDArray

from faceidd.face.embedding import Embedding

Exact = NDArray[np.float64]


class Acquaintance:
    """What was seen of one person so far.

    Args:
        first: Their first face.

    Attributes:
        total: Sum of their embeddings, float64 (D,).
        faces: How many these are.
    """

    def __init__(self, first: Embedding) -> None:
        self.total: Exact = first.vector.astype(np.float64)
        self.faces = 1
        self._last = self.total

    def likeness(self, face: Embedding) -> float:
        """Cosine of a face with their mean, or with their last one if that is nearer.

        The last one, because a head that turns drifts away from its mean.
        """
        vector = face.vector.astype(np.float64)
        return max(cosine(vector, self.total), cosine(vector, self._last))

    def add(self, face: Embedding) -> None:
        """Take a face for theirs."""
        self._last = face.vector.astype(np.float64)
        self.total = self.total + self._last
        self.faces += 1

    def absorb(self, other: "Acquaintance") -> None:
        """Take all faces of somebody who is the same person."""
        self.total = self.total + other.total
        self.faces += other.faces


def cosine(one: Exact, two: Exact) -> float:
    """Cosine of two sums of embeddings, float64 (D,); 0 with a sum of nothing."""
    lengths = float(np.linalg.norm(one) * np.linalg.norm(two))
    return float(one @ two) / lengths if lengths > 0 else 0.0
