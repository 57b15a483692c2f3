"""Photos -> template: the weighted mean of a person's photos, without those of somebody else.

A photo is held against the mean of the person's other photos. Strangers' photos, filed wrongly,
are unlike it; they are left out one by one, the worst first. Where no majority of the photos is
left, nobody can tell which of them are right, and there is no template.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from faceidd.access.presence import room
from faceidd.errors import EnrollmentError

UNIT_TOLERANCE = 1e-3
LEAST_LENGTH = 1e-9

Floats = NDArray[np.float32]
_Exact = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """When photos show one person; cosines of a photo with the mean of the others.

    Attributes:
        alien: A photo below is somebody else's.
        familiar: One from here on is never left out.
        apart: One between is left out if it is this much below the median of the others among
            themselves.
    """

    alien: float
    familiar: float
    apart: float

    @classmethod
    def of_model(cls, cosine: float) -> "Agreement":
        """Derive it from the cosine at which a model tells two faces apart.

        Measured with photos of strangers planted among 3 and 5 photos of a person
        (docs/accuracy.md); see `room` for models that crowd all faces together.
        """
        scale = room(cosine)
        return cls(alien=cosine - 0.24 * scale, familiar=cosine - 0.09 * scale, apart=0.2 * scale)


class Use(StrEnum):
    """What became of a photo."""

    USED = "used"
    REPEATED = "repeated"
    """The same picture as another photo; both count as one."""
    OUTLIER = "outlier"
    DISAGREE = "disagree"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one photo gave to a template.

    Attributes:
        use: What became of it.
        share: Its part of the template's weight, 0..1; 0 for a photo that is not used.
        likeness: Its cosine with the template; where there is none, with the mean of the others.
    """

    use: Use
    share: float
    likeness: float


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A person, or one look of a person, as enrolled.

    Attributes:
        vector: float32 (D,), unit norm.
        norm: Weighted mean of the photos' raw lengths.
    """

    vector: Floats
    norm: float


@dataclass(frozen=True, slots=True)
class FusedPhotos:
    """What photos became.

    Attributes:
        template: The template; None where the photos disagree.
        contributions: What became of each photo, in order.
    """

    template: Template | None
    contributions: tuple[Contribution, ...]

    @property
    def used(self) -> int:
        """How many photos are in the template."""
        return sum(one.use is Use.USED for one in self.contributions)


def fuse(vectors: Floats, norms: Floats, weights: Floats, agreement: Agreement) -> FusedPhotos:
    """Fuse the photos of one person, or of one look of a person.

    The order of the photos does not matter, bit by bit; nor how often one and the same is given.

    Args:
        vectors: float32 (N, D), N >= 1, unit norm: the photos' embeddings.
        norms: float32 (N,), their raw lengths, above 0.
        weights: float32 (N,), quality weights, above 0, at most 1.
        agreement: When they show one person.

    Raises:
        EnrollmentError: An embedding is not of unit length, or has no raw length or weight; or
            the arrays do not fit together.
    """
    _require_usable(vectors, norms, weights)
    rows = _single(vectors, norms, weights)
    kept = _agreeing(vectors[rows].astype(np.float64), weights[rows].astype(np.float64), agreement)
    if 2 * len(kept) <= len(rows):
        return _disagreement(vectors, weights)
    return _mean(vectors, norms, weights, rows[kept])


def _single(vectors: Floats, norms: Floats, weights: Floats) -> NDArray[np.intp]:
    """Each picture once, the heaviest of its kind, in an order that is the pictures' own.

    In that order sums, and so the template, do not depend on the order in which photos come.
    """
    keys = [
        (vector.tobytes(), -float(weight), float(norm))
        for vector, weight, norm in zip(vectors, weights, norms, strict=True)
    ]
    first: dict[bytes, int] = {}
    for row in sorted(range(len(keys)), key=keys.__getitem__):
        first.setdefault(keys[row][0], row)
    return np.array(list(first.values()), np.intp)


def _agreeing(vectors: _Exact, weights: _Exact, limits: Agreement) -> NDArray[np.intp]:
    """Rows that agree, at least one."""
    kept = np.arange(len(vectors))
    while len(kept) > 1:
        likeness = _likeness_to_others(vectors[kept], weights[kept])
        worst = int(np.argmin(likeness))
        others = np.delete(kept, worst)
        if not _is_outlier(float(likeness[worst]), vectors[others], weights[others], limits):
            return kept
        kept = others
    return kept


def _is_outlier(likeness: float, others: _Exact, weights: _Exact, limits: Agreement) -> bool:
    if likeness < limits.alien:
        return True
    if likeness >= limits.familiar or len(others) == 1:
        return False
    return likeness < float(np.median(_likeness_to_others(others, weights))) - limits.apart


def _likeness_to_others(vectors: _Exact, weights: _Exact) -> _Exact:
    """Cosine of each row with the weighted mean of the other rows."""
    weighted = vectors * weights[:, None]
    others = weighted.sum(axis=0) - weighted
    lengths = np.maximum(np.linalg.norm(others, axis=1), LEAST_LENGTH)
    likeness: _Exact = (vectors * others).sum(axis=1) / lengths
    return likeness


def _mean(vectors: Floats, norms: Floats, weights: Floats, used: NDArray[np.intp]) -> FusedPhotos:
    exact = weights[used].astype(np.float64)
    shares = exact / exact.sum()
    mean = shares @ vectors[used].astype(np.float64)
    vector = mean / np.linalg.norm(mean)
    share_of = dict(zip(used.tolist(), shares.tolist(), strict=True))
    pictures = {vectors[row].tobytes() for row in used}
    contributions = []
    for row, one in enumerate(vectors):
        repeated = Use.REPEATED if one.tobytes() in pictures else Use.OUTLIER
        use = Use.USED if row in share_of else repeated
        likeness = float(vector @ one.astype(np.float64))
        contributions.append(Contribution(use, share_of.get(row, 0.0), likeness))
    template = Template(vector.astype(np.float32), float(shares @ norms[used].astype(np.float64)))
    return FusedPhotos(template, tuple(contributions))


def _disagreement(vectors: Floats, weights: Floats) -> FusedPhotos:
    likeness = _likeness_to_others(vectors.astype(np.float64), weights.astype(np.float64))
    return FusedPhotos(None, tuple(Contribution(Use.DISAGREE, 0.0, float(one)) for one in likeness))


def _require_usable(vectors: Floats, norms: Floats, weights: Floats) -> None:
    fits = vectors.ndim == 2 and len(vectors) > 0  # noqa: PLR2004 - a matrix has two axes
    if not fits or norms.shape != (len(vectors),) or weights.shape != (len(vectors),):
        raise EnrollmentError(
            f"embeddings of shape {vectors.shape} with {norms.shape} lengths and"
            f" {weights.shape} weights are no photos of a person",
            do="report this as a bug",
        )
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    measured = np.isfinite(norms) & (norms > 0) & (weights > 0) & (weights <= 1)
    if not (measured & (np.abs(lengths - 1) <= UNIT_TOLERANCE)).all():
        raise EnrollmentError(
            "an embedding is not of unit length, or has no raw length or weight",
            do="run `faceidd model verify`, and check the memory of this machine",
        )
