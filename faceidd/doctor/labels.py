"""Labels: does each photo show whom it is filed under? Pure.

Each photo is held against the mean of its person's other photos and against everybody else's mean.
One that is clearly nearer to somebody else shows somebody else; that is asked of the worst photo of
each person first, which is then left out of the means, for one wrong photo makes the right ones
beside it look wrong too. Who is nearer does not depend on how alike the model finds the people of a
group, so this needs no threshold of likeness and no cohort. A photo that is hardly nearer to its
person than to all the others shows perhaps nobody of the gallery.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

NEARER = 0.05
"""How much nearer, in cosine, a photo must be to somebody else to be theirs; as the door's least
margin between two people, with FaceNet; see `room`."""
SHARE = 0.4
"""And at least by this part of how much nearer photos are usually to their own person than to the
nearest other: where people are told apart easily, a little nearer means nothing."""
HARDLY = 0.3
"""A photo whose lead on the average of the others is below this part of the gallery's median lead
is nobody's."""
FEWEST_PEOPLE = 3
"""With fewer, there is no telling what is usual."""

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]


class Label(StrEnum):
    """What is to be said of a photo's name."""

    FITS = "fits"
    ANOTHERS = "anothers"
    """It is nearer to another person of the gallery."""
    NOBODYS = "nobodys"
    """It is hardly nearer to its person than to anybody."""
    ALONE = "alone"
    """There is no other photo of the person that it could be held against."""


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """What is to be said of N photos.

    Attributes:
        labels: One each.
        own: float32 (N,), cosine with the mean of the person's other photos; NaN without any.
        other: float32 (N,), cosine with the nearest other person; NaN without any.
        nearest: intp (N,), that person; -1 without any.
    """

    labels: tuple[Label, ...]
    own: Floats
    other: Floats
    nearest: Rows


def judge_labels(vectors: Floats, looks: Rows, owners: Rows, room: float = 1.0) -> Labels:
    """Judge the names that photos are filed under.

    Args:
        vectors: float32 (N, D), unit norm: an embedding of each photo; of one picture that is
            there several times only one.
        looks: intp (N,), the look that each is filed under.
        owners: intp (L,), look -> person.
        room: How far apart the model puts faces, as of `access.presence.room`.
    """
    if not len(vectors):
        nothing = np.empty(0, np.float32)
        return Labels((), nothing, nothing, np.empty(0, np.intp))
    kept = np.ones(len(vectors), bool)
    evidence = _Evidence(vectors, looks, owners)
    nearer = max(NEARER * room, SHARE * evidence.usual_margin(kept))
    while True:
        own, other, nearest = evidence.weigh(kept)
        wrong = np.flatnonzero(kept & (own - other < -nearer))
        if not wrong.size:
            break
        worst_last = wrong[np.argsort(other[wrong] - own[wrong], kind="stable")]
        kept[list(dict(zip(looks[worst_last].tolist(), worst_last, strict=True)).values())] = False
    # Whoever looked wrong only beside a wrong photo comes back.
    kept |= ~(own - other < -nearer)
    own, other, nearest = evidence.weigh(kept)
    lead = own - evidence.average(kept)
    usual = np.nanmedian(lead[kept]) if np.isfinite(lead[kept]).any() else np.nan
    enough = len(np.unique(owners[looks])) >= FEWEST_PEOPLE
    labels = []
    for row in range(len(vectors)):
        if not kept[row]:
            labels.append(Label.ANOTHERS)
        elif np.isnan(own[row]):
            labels.append(Label.ALONE)
        else:
            hardly = enough and lead[row] < HARDLY * usual
            labels.append(Label.NOBODYS if hardly else Label.FITS)
    return Labels(tuple(labels), own, other, nearest)


class _Evidence:
    """Holds photos against means of photos."""

    def __init__(self, vectors: Floats, looks: Rows, owners: Rows) -> None:
        self._vectors, self._looks, self._owners = vectors, looks, owners
        self._mine = owners[None] == owners[looks][:, None]  # (N, L): the person's own looks

    def weigh(self, kept: NDArray[np.bool_]) -> tuple[Floats, Floats, Rows]:
        """Cosine of each photo with its own person and with the nearest other, and who that is."""
        cosines, known = self._cosines(kept)
        cosines[:, ~known] = -np.inf
        # A photo is no evidence for itself: of its own look it meets the mean of the others.
        sums, counts = self._sums(kept)
        others = sums[self._looks] - self._vectors * kept[:, None]
        own_look = (self._vectors * _unit(others)).sum(axis=1)
        alone = counts[self._looks] == kept
        rows = np.arange(len(self._looks))
        cosines[rows, self._looks] = np.where(alone, -np.inf, own_look)
        own = np.where(self._mine, cosines, -np.inf).max(axis=1)
        foreign = np.where(self._mine, -np.inf, cosines)
        other = foreign.max(axis=1)
        nearest = np.where(np.isfinite(other), self._owners[foreign.argmax(axis=1)], -1)
        return _told(own), _told(other), nearest

    def usual_margin(self, kept: NDArray[np.bool_]) -> float:
        """How much nearer a photo is to its own person than to the next, on the median."""
        own, other, _ = self.weigh(kept)
        margins = own - other
        return float(np.nanmedian(margins)) if np.isfinite(margins).any() else 0.0

    def average(self, kept: NDArray[np.bool_]) -> Floats:
        """Mean cosine of each photo with all other people; NaN without any."""
        cosines, known = self._cosines(kept)
        others = known[None] & ~self._mine
        counts = others.sum(axis=1)
        sums = np.where(others, cosines, 0).sum(axis=1)
        return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan).astype(np.float32)

    def _cosines(self, kept: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.bool_]]:
        sums, counts = self._sums(kept)
        return self._vectors @ _unit(sums).T, counts > 0

    def _sums(self, kept: NDArray[np.bool_]) -> tuple[Floats, Rows]:
        sums = np.zeros((len(self._owners), self._vectors.shape[1]), np.float32)
        np.add.at(sums, self._looks[kept], self._vectors[kept])
        return sums, np.bincount(self._looks[kept], minlength=len(self._owners))


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Floats = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit


def _told(cosines: Floats) -> Floats:
    return np.where(np.isfinite(cosines), cosines, np.nan).astype(np.float32)
