"""Scoring: embeddings against templates, with what a cohort of strangers says of either.

A model finds the faces of some people more alike than those of others: one cosine means another
chance of error for each group. A cohort of strangers repairs that. Centering moves the origin of
all embeddings to the cohort's mean. Adaptive symmetric score normalization (Matejka et al.,
"Analysis of Score Normalization in Multilingual Speaker Recognition", 2017) tells by how many
standard deviations two faces are nearer to each other than either is to the cohort's nearest.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceidd.errors import GalleryError
from faceidd.gallery.metric import Values, are_unit
from faceidd.gallery.scale import Normalization, Scale

NEAREST = 100
"""How many of the cohort each face is held against, the nearest ones; measured: 50 to 200 give the
same errors (docs/accuracy.md)."""
FEWEST = 30
"""A cohort of fewer strangers says too little."""
LEAST_DEVIATION = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Embeddings of strangers, one each, without their identities.

    Attributes:
        model_id: Digest of the model they come from.
        vectors: float32 (C, D), unit norm, not writable.
        norms: float32 (C,), raw lengths, not writable.

    Raises:
        GalleryError: There are too few of them, or they are no embeddings.
    """

    model_id: str
    vectors: Values
    norms: Values

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or self.norms.shape != (len(self.vectors),):  # noqa: PLR2004 - a matrix has two axes
            raise GalleryError("the cohort's tables do not fit together", do="calibrate again")
        if len(self.vectors) < FEWEST:
            raise GalleryError(
                f"a cohort of {len(self.vectors)} strangers says too little",
                do=f"gather at least {FEWEST} people who are not enrolled",
            )
        if not are_unit(self.vectors):
            raise GalleryError("a face of the cohort is not of unit length", do="calibrate again")
        if not (np.isfinite(self.norms) & (self.norms > 0)).all():
            raise GalleryError("a face of the cohort has no raw length", do="calibrate again")
        self.vectors.flags.writeable = self.norms.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """N embeddings, ready to be scored.

    Attributes:
        vectors: float32 (N, D), unit norm, centered where the scale says so.
        norms: float32 (N,), raw lengths.
        mean: float32 (N,), mean closeness to the nearest of the cohort; zero without s_norm.
        deviation: float32 (N,), its standard deviation, above zero; one without s_norm.
    """

    vectors: Values
    norms: Values
    mean: Values
    deviation: Values

    def take(self, rows: NDArray[np.intp]) -> "Prepared":
        """Some of them, in the order of `rows`."""
        return Prepared(self.vectors[rows], self.norms[rows], self.mean[rows], self.deviation[rows])


def s_norm(closeness: Values, probes: Prepared, templates: Prepared) -> Values:
    """Normalize the closeness of P probes to T templates, symmetrically.

    Args:
        closeness: float32 (P, T).
        probes: What the cohort says of the probes.
        templates: What it says of the templates.

    Returns:
        float32 (P, T): by how many standard deviations each pair is nearer to each other than
        either is to the nearest of the cohort.
    """
    of_probes = (closeness - probes.mean[:, None]) / probes.deviation[:, None]
    of_templates = (closeness - templates.mean) / templates.deviation
    normalized: Values = ((of_probes + of_templates) / 2).astype(np.float32, copy=False)
    return normalized


class Scorer:
    """Scores embeddings on one scale.

    Args:
        scale: The scale.
        cohort: The strangers it needs; None for a scale without normalization.
        nearest: How many of the cohort each face is held against.

    Attributes:
        center: float32 (D,), what is taken off every vector; None where nothing is.

    Raises:
        GalleryError: The scale needs a cohort and there is none.
    """

    def __init__(
        self, scale: Scale, cohort: Cohort | None = None, *, nearest: int = NEAREST
    ) -> None:
        if scale.normalization is not Normalization.NONE and cohort is None:
            raise GalleryError(
                f"scores on the scale {scale} need a cohort", do="run `faceidd calibrate`"
            )
        self.scale = scale
        self._nearest = nearest
        centers = scale.normalization is Normalization.CENTERING
        self.center = cohort.vectors.mean(axis=0) if cohort is not None and centers else None
        self._cohort = cohort if scale.normalization is Normalization.S_NORM else None

    @property
    def needs_preparing(self) -> bool:
        """Whether embeddings are held against the cohort one by one before they are scored."""
        return self._cohort is not None

    def prepare(self, vectors: Values, norms: Values) -> Prepared:
        """Do once what each embedding needs, whatever it is compared with.

        Args:
            vectors: float32 (N, D), unit norm.
            norms: float32 (N,), raw lengths.
        """
        if self.center is not None:
            vectors = vectors - self.center
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
            vectors = (vectors / np.maximum(lengths, LEAST_DEVIATION)).astype(np.float32)
        if self._cohort is None:
            return Prepared(vectors, norms, np.zeros_like(norms), np.ones_like(norms))
        cosines = vectors @ self._cohort.vectors.T
        closeness = self._closeness(cosines, norms, self._cohort.norms)
        size = closeness.shape[1]
        kept = min(self._nearest, size)
        near = np.partition(closeness, size - kept, axis=1)[:, size - kept :]
        deviation = np.maximum(near.std(axis=1), np.float32(LEAST_DEVIATION))
        return Prepared(vectors, norms, near.mean(axis=1), deviation)

    def values(self, probes: Prepared, templates: Prepared) -> Values:
        """Scores of every probe with every template.

        Returns:
            float32 (P, T), on the scale.
        """
        cosines = probes.vectors @ templates.vectors.T
        return self.scale.closeness(self.closeness(cosines, probes, templates))

    def closeness(self, cosines: Values, probes: Prepared, templates: Prepared) -> Values:
        """Scores signed so that greater is closer, of cosines that are known.

        Args:
            cosines: float32 (P, T), of the prepared vectors.
            probes: The probes, prepared; their vectors are not asked for.
            templates: The templates, likewise.

        Returns:
            float32 (P, T).
        """
        closeness = self._closeness(cosines, probes.norms, templates.norms)
        return closeness if self._cohort is None else s_norm(closeness, probes, templates)

    def _closeness(self, cosines: Values, norms: Values, other_norms: Values) -> Values:
        metric = self.scale.metric
        return metric.closeness(metric.values(cosines, norms[:, None], other_norms))
