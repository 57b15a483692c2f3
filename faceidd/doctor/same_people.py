"""One person under two names: photos that are as near to the other name as to their own. Pure.

What counts is each photo's lead: how much nearer it is to its own person's other photos than to the
mean of the other's. Photos of one person under two names have none, on the median and on both
sides; a wrong photo among right ones makes one side's lead small, but never both.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

NONE = 0.06
"""A median lead below this is none, with FaceNet; see `access.presence.room`. Measured: of two
people 0.11 at least, of one under two names 0.05 at most in 95 of 100 (docs/gallery.md)."""
LITTLE = 0.12
"""The other side's must be below this."""

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]


def find_same_people(
    vectors: Floats, people: Rows, room: float = 1.0
) -> tuple[tuple[int, int], ...]:
    """Pairs of names that look like one person, the smaller first; in order.

    Nobody of whom there is one photo only is paired with another such one: that is left to the
    door's threshold.

    Args:
        vectors: float32 (N, D), unit norm: an embedding of each photo; of one picture that is
            there several times under a name only one.
        people: intp (N,), whom each is filed under, from 0 on.
        room: How far apart the model puts faces, as of `access.presence.room`.
    """
    count = int(people.max()) + 1 if len(people) else 0
    sums = np.zeros((count, vectors.shape[1]), np.float32)
    np.add.at(sums, people, vectors)
    counts = np.bincount(people, minlength=count)
    leads = np.array([*_leads(vectors, people, sums, counts)], np.float32).reshape(count, count)
    low, high = np.fmin(leads, leads.T), np.fmax(leads, leads.T)
    same = (low < NONE * room) & (high < LITTLE * room)
    return tuple((int(one), int(other)) for one, other in np.argwhere(same) if one < other)


def _leads(vectors: Floats, people: Rows, sums: Floats, counts: Rows) -> Iterator[Floats]:
    """Of each person, the median lead on every other; NaN on themselves and with one photo."""
    means = _unit(sums)
    for person in range(len(counts)):
        mine = vectors[people == person]
        if len(mine) > 1:
            own = (mine * _unit(sums[person] - mine)).sum(axis=1)
            leads = np.median(own[:, None] - mine @ means.T, axis=0)
            leads[[person, *np.flatnonzero(counts == 0)]] = np.nan
            yield leads
        else:
            yield np.full(len(counts), np.nan, np.float32)


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return unit
