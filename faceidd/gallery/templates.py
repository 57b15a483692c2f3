"""Templates: those of a gallery, each held against a probe where it lies.

One search reads every template once from memory; how fast that goes is how fast memory is. There is
no second copy of them, also where a scale asks for other vectors: a centered cosine follows from
the plain product.
"""

import numpy as np
from numpy.typing import NDArray

from faceidd.face.embedding import Embedding
from faceidd.gallery.metric import Values, products
from faceidd.gallery.scoring import LEAST_DEVIATION, Prepared, Scorer

BLOCK = 1024
"""Templates that are prepared at once; each takes as many numbers as the cohort has strangers."""


class Templates:
    """Templates, ready to be searched on one scale.

    Args:
        scorer: Scores on the scale.
        vectors: float32 (N, D), unit norm.
        norms: float32 (N,), raw lengths.
    """

    def __init__(self, scorer: Scorer, vectors: Values, norms: Values) -> None:
        self._scorer = scorer
        self._vectors = vectors
        blocks = [
            scorer.prepare(vectors[begin : begin + BLOCK], norms[begin : begin + BLOCK])
            for begin in (range(0, len(vectors), BLOCK) if scorer.needs_preparing else ())
        ]
        nothing, one = np.zeros(1, np.float32), np.ones(1, np.float32)
        self._ready = Prepared(
            vectors,
            norms,
            np.concatenate([block.mean for block in blocks]) if blocks else nothing,
            np.concatenate([block.deviation for block in blocks]) if blocks else one,
        )
        self._lengths = None if scorer.center is None else _lengths(vectors, scorer.center)

    def held_against(self, probe: Embedding) -> tuple[Values, Values]:
        """How near a probe is to each template.

        Returns:
            Closeness on the scale, greater is closer, and cosine: float32 (N,) each. Equal
            templates have equal values, wherever they stand.
        """
        cosines = products(self._vectors, probe.vector)
        ready = self._scorer.prepare(probe.vector[None], np.array([probe.norm], np.float32))
        prepared = cosines
        if self._lengths is not None and self._scorer.center is not None:
            shifted = products(self._vectors, ready.vectors[0])
            prepared = (shifted - products(self._scorer.center, ready.vectors[0])) / self._lengths
        return self._scorer.closeness(prepared[None], ready, self._ready)[0], cosines


def _lengths(vectors: Values, center: Values) -> Values:
    """Lengths of the centered vectors, float32 (N,)."""
    found = [
        np.linalg.norm(vectors[begin : begin + BLOCK] - center, axis=1)
        for begin in range(0, len(vectors), BLOCK)
    ]
    lengths: NDArray[np.float32] = np.concatenate([np.empty(0, np.float32), *found])
    return np.maximum(lengths, np.float32(LEAST_DEVIATION))
