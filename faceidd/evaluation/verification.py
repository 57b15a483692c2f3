"""Verification: one cell of people, a group of a set, compared photo by photo; and all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from faceidd.evaluation.comparisons import Comparisons, compare_all
from faceidd.evaluation.confidence import Rate, pooled, rate
from faceidd.evaluation.criterion import Criterion
from faceidd.evaluation.embedded import Embedded, Refused, count_reasons
from faceidd.evaluation.rates import accepted, equal_error_rate, threshold_at
from faceidd.gallery.scoring import Scorer

FIXED_FMR = (1e-2, 1e-3, 1e-4)
"""Rates that FNMR is told at."""


@dataclass(frozen=True, slots=True)
class FnmrAt:
    """FNMR at the lowest threshold that keeps a given FMR.

    Attributes:
        fmr: That rate.
        threshold: That threshold, on the scale.
        fnmr: Share of genuine pairs refused there; None without genuine pairs.
    """

    fmr: float
    threshold: float
    fnmr: Rate | None


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A group of people in a set, and how often they are mistaken.

    Attributes:
        set: The set.
        group: The group.
        people: People of whom there is an embedding.
        lost: People all of whose photos were refused.
        photos: Rows in the whole evaluation's `Embedded`, which the pairs' rows refer to.
        acquisition: Share of photos that gave no embedding.
        reasons: How many photos gave none, by reason.
        comparisons: All its pairs.
        fmr: Share of impostor pairs accepted at the criterion; None without a threshold, or
            without such pairs.
        fnmr: Share of genuine pairs refused there, likewise.
        eer: Equal error rate; None without pairs of either kind.
        fixed: FNMR at those of `FIXED_FMR` that its pairs support.
    """

    set: str
    group: str
    people: int
    lost: int
    photos: tuple[int, ...]
    acquisition: Rate
    reasons: dict[str, int]
    comparisons: Comparisons
    fmr: Rate | None
    fnmr: Rate | None
    eer: float | None
    fixed: tuple[FnmrAt, ...]

    @property
    def name(self) -> str:
        """Set and group, as people read it."""
        return self.set if self.group == "all" else f"{self.set}, {self.group}"


@dataclass(frozen=True, slots=True)
class Spread:
    """How unequally two cells or groups are served.

    Attributes:
        worst: Name of the one that surely has the highest rate: by its lower bound.
        best: Name of the one that surely has the lowest: by its upper bound.
        ratio: The worst's rate by the best's; None where the best has no error at all.
        at_least: The worst's lower bound by the best's upper one: what chance hardly explains
            away; 1 where it explains all.
    """

    worst: str
    best: str
    ratio: float | None
    at_least: float


def measure_cells(
    embedded: Embedded, scorer: Scorer, criterion: Criterion, *, worst: int = 0
) -> tuple[Cell, ...]:
    """Compare the people of each group of each set among themselves.

    Args:
        embedded: All photos, with those that were refused.
        scorer: What scores are measured in.
        criterion: What is accepted.
        worst: How many of the worst pairs of either kind to keep, a cell.
    """
    every = [*embedded.photos, *(one.photo for one in embedded.refused)]
    names = sorted({(photo.set, photo.group) for photo in every})
    return tuple(_cell(name, embedded, scorer, criterion, worst) for name in names)


def by_group(cells: Sequence[Cell]) -> dict[str, tuple[Cell, ...]]:
    """The cells of each group."""
    groups = sorted({cell.group for cell in cells})
    return {group: tuple(cell for cell in cells if cell.group == group) for group in groups}


def spread(rates: dict[str, Rate]) -> Spread | None:
    """How unequal rates are; None of fewer than two."""
    if len(rates) < 2:  # noqa: PLR2004 - one is equal to itself
        return None
    worst = max(rates, key=lambda name: rates[name].low)
    best = min(rates, key=lambda name: rates[name].high)
    high, low = rates[worst], rates[best]
    ratio = high.value / low.value if low.errors else None
    return Spread(worst, best, ratio, max(1.0, high.low / low.high))


def pooled_rate(rates: Sequence[Rate | None]) -> Rate | None:
    """The rate of those that are known together; None where none is."""
    known = [one for one in rates if one is not None]
    return pooled(known) if known else None


def _cell(
    name: tuple[str, str], embedded: Embedded, scorer: Scorer, criterion: Criterion, worst: int
) -> Cell:
    rows = [at for at, one in enumerate(embedded.photos) if (one.set, one.group) == name]
    refused = [one for one in embedded.refused if (one.photo.set, one.photo.group) == name]
    photos = embedded.take(np.array(rows, np.intp))
    found = compare_all(photos, scorer, worst=worst)
    people = {photo.identity for photo in photos.photos}
    fmr, fnmr = operating_rates(found, criterion)
    return Cell(
        *name,
        people=len(people),
        lost=len({one.photo.identity for one in refused} - people),
        photos=tuple(rows),
        acquisition=_acquisition(refused, len(rows)),
        reasons=count_reasons(refused),
        comparisons=found,
        fmr=fmr,
        fnmr=fnmr,
        eer=equal_error_rate(found.genuine, found.impostor),
        fixed=fixed_rates(found, criterion),
    )


def operating_rates(found: Comparisons, criterion: Criterion) -> tuple[Rate | None, Rate | None]:
    """FMR and FNMR at the criterion, each None where it cannot be told."""
    limit = criterion.closeness
    if limit is None:
        return None, None
    impostor, genuine = found.impostor, found.genuine
    return (
        rate(accepted(impostor, limit), impostor.size) if impostor.size else None,
        rate(genuine.size - accepted(genuine, limit), genuine.size) if genuine.size else None,
    )


def fixed_rates(found: Comparisons, criterion: Criterion) -> tuple[FnmrAt, ...]:
    """FNMR at those of `FIXED_FMR` that the pairs support."""
    genuine = found.genuine
    at = [(fmr, threshold_at(found.impostor, fmr)) for fmr in FIXED_FMR]
    return tuple(
        FnmrAt(
            fmr,
            criterion.value(limit),
            rate(genuine.size - accepted(genuine, limit), genuine.size) if genuine.size else None,
        )
        for fmr, limit in at
        if limit is not None
    )


def _acquisition(refused: Sequence[Refused], embedded: int) -> Rate:
    return rate(len(refused), len(refused) + embedded)
