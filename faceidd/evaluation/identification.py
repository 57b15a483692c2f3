"""Open-set identification (ISO/IEC 19795-1): visits of people, half of whom the door knows."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from faceidd.evaluation.draws import Draw, Drawing, DrawRules
from faceidd.evaluation.embedded import Embedded
from faceidd.evaluation.fusion import Fused, Fusion
from faceidd.evaluation.rates import Closeness, accepted, threshold_at
from faceidd.gallery.scoring import Scorer

NOBODY = -np.inf
"""Closeness of a visit for which the gallery returned somebody else first."""


@dataclass(frozen=True, slots=True, eq=False)
class Searches:
    """Searches of visits in a gallery: the nearest person of each.

    Attributes:
        closeness: float32 (N,), of the nearest person; `NOBODY` where that is the wrong one.
        margins: float32 (N,), how much nearer, in cosine, that is than the next person.
    """

    closeness: Closeness
    margins: Closeness


@dataclass(frozen=True, slots=True, eq=False)
class OpenSet:
    """What became of all visits of all draws.

    Attributes:
        rules: What was drawn.
        people: People in the set.
        able: Those who have photos enough to be enrolled.
        enrolled: Enrollments of all draws together.
        disagreed: Enrollments that failed because the photos disagreed; these people came neither
            as known nor as strangers.
        known: Visits of enrolled people.
        strangers: Visits of others.
        known_frames: Frames really fused -> how many visits of enrolled people had them.
        stranger_frames: The same of strangers.
    """

    rules: DrawRules
    people: int
    able: int
    enrolled: int
    disagreed: int
    known: Searches
    strangers: Searches
    known_frames: dict[int, int]
    stranger_frames: dict[int, int]

    def tpir_at(self, fpir: float) -> float | None:
        """Share of visits that returned the right person, at a share of strangers returned.

        Args:
            fpir: Share of strangers' visits for which somebody is returned, 0..1.

        Returns:
            That share; None where there are so few visits of strangers that one is more.
        """
        threshold = threshold_at(np.sort(self.strangers.closeness), fpir)
        if threshold is None:
            return None
        return accepted(np.sort(self.known.closeness), threshold) / self.known.closeness.size

    def returned(self, threshold: float, margin: float) -> tuple[int, int]:
        """Visits that returned the right person, and strangers' visits that returned anybody.

        Args:
            threshold: Least closeness.
            margin: Least margin to the next person, in cosine.
        """
        known, strangers = (
            accepted(np.sort(one.closeness[one.margins >= margin]), threshold)
            for one in (self.known, self.strangers)
        )
        return known, strangers


def identify(
    embedded: Embedded,
    scorer: Scorer,
    fusion: Fusion,
    rules: DrawRules,
    *,
    progress: bool = False,
) -> OpenSet | None:
    """Enroll half the people of a set, again and again, and let all of them come.

    Args:
        embedded: Photos of one set.
        scorer: What scores are measured in.
        fusion: How photos become templates, and frames a visit.
        rules: What is drawn.
        progress: Whether a bar on stderr tells how far it is.

    Returns:
        What became of it; None where nobody has photos enough, there is no second person to be a
        stranger, or all enrollments failed.
    """
    drawing = Drawing(embedded.photos, rules)
    if not drawing.able:
        return None
    random = np.random.default_rng(rules.seed)
    found: list[_Found] = []
    tried = 0
    for _ in tqdm(range(rules.repeats), "identifying", unit="draw", disable=not progress):
        draw = drawing.draw(random)
        if draw is None:
            continue
        enrolled = [fusion.templates(embedded.take(rows)) for rows in draw.enrolled]
        tried += len(enrolled)
        if any(len(one.norms) for one in enrolled):
            found.append(_search(embedded, scorer, fusion, draw, enrolled))
    if not found:
        return None
    done = sum(one.enrolled for one in found)
    return OpenSet(
        rules,
        drawing.people,
        drawing.able,
        done,
        tried - done,
        _joined([one.known for one in found]),
        _joined([one.strangers for one in found]),
        dict(sorted(Counter(size for one in found for size in one.known_frames).items())),
        dict(sorted(Counter(size for one in found for size in one.stranger_frames).items())),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    enrolled: int
    known: Searches
    strangers: Searches
    known_frames: list[int]
    stranger_frames: list[int]


def _search(
    embedded: Embedded, scorer: Scorer, fusion: Fusion, draw: Draw, enrolled: list[Fused]
) -> _Found:
    owners = [at for at, one in enumerate(enrolled) if len(one.norms)]
    templates = _stacked([enrolled[at] for at in owners])
    first = np.cumsum([0, *(len(enrolled[at].norms) for at in owners)])[:-1]
    mates = [(owners.index(at), rows) for at, rows in draw.visits if at in owners]
    visits = [rows for _, rows in mates] + list(draw.strangers)
    probes = _stacked([fusion.visit(embedded.take(rows)) for rows in visits])
    values = scorer.values(
        scorer.prepare(probes.vectors, probes.norms),
        scorer.prepare(templates.vectors, templates.norms),
    )
    nearest = np.maximum.reduceat(scorer.scale.closeness(values), first, axis=1)
    cosines = np.maximum.reduceat(probes.vectors @ templates.vectors.T, first, axis=1)
    best, closeness = nearest.argmax(axis=1), nearest.max(axis=1)
    margins = _margins(cosines, best)
    count = len(mates)
    right = best[:count] == np.array([at for at, _ in mates], np.intp)
    return _Found(
        len(owners),
        Searches(np.where(right, closeness[:count], np.float32(NOBODY)), margins[:count]),
        Searches(closeness[count:], margins[count:]),
        [rows.size for _, rows in mates],
        [rows.size for rows in draw.strangers],
    )


def _margins(cosines: Closeness, best: NDArray[np.intp]) -> Closeness:
    """How much nearer the chosen person is than the next; infinite in a gallery of one."""
    rows = np.arange(len(cosines))
    others = cosines.copy()
    others[rows, best] = -np.inf
    margins: Closeness = cosines[rows, best] - others.max(axis=1)
    return margins


def _stacked(parts: list[Fused]) -> Fused:
    return Fused(
        np.concatenate([part.vectors for part in parts]),
        np.concatenate([part.norms for part in parts]),
    )


def _joined(parts: list[Searches]) -> Searches:
    return Searches(
        np.concatenate([part.closeness for part in parts]),
        np.concatenate([part.margins for part in parts]),
    )
