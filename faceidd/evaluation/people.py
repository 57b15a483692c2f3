"""People: all that is measured of labeled photos, for each set and group."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from faceidd.evaluation.confidence import Rate
from faceidd.evaluation.criterion import Criterion
from faceidd.evaluation.draws import DrawRules
from faceidd.evaluation.embedded import Embedded, count_reasons
from faceidd.evaluation.errors import EvaluationError
from faceidd.evaluation.fusion import Fusion
from faceidd.evaluation.identification import OpenSet, identify
from faceidd.evaluation.verification import (
    Cell,
    Spread,
    by_group,
    measure_cells,
    pooled_rate,
    spread,
)
from faceidd.gallery.metric import Values
from faceidd.gallery.scoring import Scorer

SAME_FACE = 0.9999
"""Cosine from which two embeddings are of the same photos; two photos are never so near."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of people over all sets, each compared within its set.

    Attributes:
        name: The group.
        sets: The sets it is part of.
        people: Its people.
        acquisition: Share of its photos that gave no embedding.
        fmr: Share of impostor pairs accepted at the criterion; None where unknown.
        fnmr: Share of genuine pairs refused there; None where unknown.
    """

    name: str
    sets: tuple[str, ...]
    people: int
    acquisition: Rate | None
    fmr: Rate | None
    fnmr: Rate | None


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """All that was measured.

    Attributes:
        cells: Each group of each set.
        groups: Each group.
        spreads: How unequal they are served: what is unequal -> how much.
        open_sets: Set -> what became of visits; None for a set that does not allow it.
    """

    cells: tuple[Cell, ...]
    groups: tuple[Group, ...]
    spreads: dict[str, Spread]
    open_sets: dict[str, OpenSet | None]


def measure_people(
    embedded: Embedded,
    scorer: Scorer,
    criterion: Criterion,
    fusion: Fusion,
    rules: DrawRules,
    *,
    worst: int = 0,
    progress: bool = False,
) -> People:
    """Measure all there is to be measured of labeled photos.

    Args:
        embedded: The photos, with those that were refused.
        scorer: What scores are measured in.
        criterion: What is accepted.
        fusion: How photos become templates, and frames a visit.
        rules: What is drawn for open-set identification.
        worst: How many of the worst pairs of either kind to keep, a set and group.
        progress: Whether bars on stderr tell how far it is.

    Raises:
        EvaluationError: No two photos of a set and group can be compared.
    """
    cells = measure_cells(embedded, scorer, criterion, worst=worst)
    if not any(cell.comparisons.genuine.size + cell.comparisons.impostor.size for cell in cells):
        raise _too_few(embedded)
    sets = sorted({photo.set for photo in embedded.photos})
    return People(
        cells,
        tuple(_group(name, members) for name, members in by_group(cells).items()),
        _spreads(cells),
        {
            name: identify(
                embedded.take(np.flatnonzero([photo.set == name for photo in embedded.photos])),
                scorer,
                fusion,
                rules,
                progress=progress,
            )
            for name in sets
        },
    )


def leave_out(embedded: Embedded, others: Embedded) -> tuple[Embedded, int]:
    """Leave people out who stand among others, such as a cohort.

    Args:
        embedded: Photos.
        others: The others; a name or a file that is among them too is taken for the same person.

    Returns:
        The photos of the rest, and how many people were left out.
    """
    every = [*others.photos, *(one.photo for one in others.refused)]
    names = {photo.identity for photo in every}
    files = {photo.path.resolve() for photo in every}
    mine = [*embedded.photos, *(one.photo for one in embedded.refused)]
    known = {
        (photo.set, photo.identity)
        for photo in mine
        if photo.identity in names or photo.path.resolve() in files
    }
    return _without(embedded, known)


def leave_out_faces(embedded: Embedded, faces: Values) -> tuple[Embedded, int]:
    """Leave people out who are among faces that have no names; see `among`.

    Returns:
        The photos of the rest, and how many people were left out.
    """
    known = {name for name, rows in among(embedded, faces).items() if rows.size}
    return _without(embedded, known)


def among(embedded: Embedded, faces: Values) -> dict[tuple[str, str], NDArray[np.intp]]:
    """Find people among faces that have no names, such as a calibration's cohort.

    Such a cohort holds one embedding a person: of a photo, or of the mean of all photos of that
    person. So whoever is shown by the photos that it was made of is found, and nobody else is.

    Args:
        embedded: Photos of people.
        faces: float32 (C, D), unit norm.

    Returns:
        Set and identity of each person -> the rows of `faces` that are of the same photos.
    """
    people: dict[tuple[str, str], list[int]] = {}
    for row, photo in enumerate(embedded.photos):
        people.setdefault((photo.set, photo.identity), []).append(row)
    found = {}
    for name, rows in people.items():
        vectors = embedded.vectors[rows]
        mean = vectors.mean(axis=0)
        looks = np.vstack([vectors, mean / np.linalg.norm(mean)])
        found[name] = np.flatnonzero((looks @ faces.T).max(axis=0) >= SAME_FACE)
    return found


def _group(name: str, cells: tuple[Cell, ...]) -> Group:
    return Group(
        name,
        tuple(cell.set for cell in cells),
        sum(cell.people for cell in cells),
        pooled_rate([cell.acquisition for cell in cells]),
        pooled_rate([cell.fmr for cell in cells]),
        pooled_rate([cell.fnmr for cell in cells]),
    )


def _spreads(cells: tuple[Cell, ...]) -> dict[str, Spread]:
    groups = by_group(cells)
    found = {
        "FMR of sets and groups": spread({c.name: c.fmr for c in cells if c.fmr}),
        "FMR of groups": spread(_by_group(groups, "fmr")),
        "FNMR of sets and groups": spread({c.name: c.fnmr for c in cells if c.fnmr}),
        "FNMR of groups": spread(_by_group(groups, "fnmr")),
    }
    return {name: one for name, one in found.items() if one is not None}


def _by_group(groups: dict[str, tuple[Cell, ...]], name: str) -> dict[str, Rate]:
    rates = {
        group: pooled_rate([getattr(c, name) for c in cells]) for group, cells in groups.items()
    }
    return {group: one for group, one in rates.items() if one is not None}


def _without(embedded: Embedded, people: set[tuple[str, str]]) -> tuple[Embedded, int]:
    kept = [(photo.set, photo.identity) not in people for photo in embedded.photos]
    refused = tuple(
        one for one in embedded.refused if (one.photo.set, one.photo.identity) not in people
    )
    return replace(embedded.take(np.flatnonzero(kept)), refused=refused), len(people)


def _too_few(embedded: Embedded) -> EvaluationError:
    reasons = ", ".join(f"{n} {why}" for why, n in count_reasons(embedded.refused).items())
    return EvaluationError(
        f"too few photos to compare: {len(embedded.photos)} gave an embedding,"
        f" {len(embedded.refused)} did not ({reasons or 'none'}), and no two of them are of one"
        " set and group",
        do="name more photos, of at least two people or two of one",
    )
