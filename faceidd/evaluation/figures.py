"""Numbers of a report as plain data, the same for its JSON, its page and the terminal."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from faceidd.evaluation.comparisons import Comparisons, ScoredPair
from faceidd.evaluation.confidence import Rate
from faceidd.evaluation.criterion import Criterion
from faceidd.evaluation.embedded import Embedded, count_reasons
from faceidd.evaluation.identification import OpenSet
from faceidd.evaluation.labeled import LabeledPhoto
from faceidd.evaluation.lfw import Lfw
from faceidd.evaluation.people import Group, People
from faceidd.evaluation.rates import det
from faceidd.evaluation.verification import Cell, FnmrAt, fixed_rates, operating_rates

Figures = dict[str, Any]
"""What `json.dumps` takes."""

FIXED_FPIR = (1e-2, 3e-3)
"""Shares of strangers' visits returned that TPIR is told at."""


def people_figures(
    people: People, embedded: Embedded, criterion: Criterion, min_margin: float, root: Path
) -> Figures:
    """What was measured of people, as plain data.

    Args:
        people: The measurement.
        embedded: The photos it was made of.
        criterion: The criterion.
        min_margin: Least margin to the next person, in cosine, for a visit to return somebody.
        root: The folder that photos are named relative to.
    """
    return {
        "photos": photo_figures(embedded, root),
        "cells": [_cell(cell) for cell in people.cells],
        "groups": [_group(group) for group in people.groups],
        "spreads": [
            {
                "of": name,
                "worst": one.worst,
                "best": one.best,
                "ratio": one.ratio,
                "at_least": one.at_least,
            }
            for name, one in people.spreads.items()
        ],
        "open_sets": [
            {"set": name, **(_open_set(one, criterion, min_margin) if one else {})}
            for name, one in people.open_sets.items()
        ],
        "pairs": [
            {
                "cell": cell.name,
                **pair_figures(
                    cell.comparisons, embedded, criterion, root, cell.photos.__getitem__
                ),
            }
            for cell in people.cells
        ],
        "curves": [{"cell": cell.name, **curve_figures(cell.comparisons)} for cell in people.cells],
    }


def lfw_figures(lfw: Lfw, embedded: Embedded, criterion: Criterion, root: Path) -> Figures:
    """What was measured of LFW, as plain data; see `people_figures`."""
    found = lfw.comparisons
    fmr, fnmr = operating_rates(found, criterion)
    return {
        "photos": photo_figures(embedded, root),
        "accuracy": {
            "mean": lfw.accuracy.mean,
            "standard_error": lfw.accuracy.error,
            "folds": [
                {"accuracy": rate, "threshold": criterion.value(threshold)}
                for rate, threshold in zip(lfw.accuracy.folds, lfw.accuracy.thresholds, strict=True)
            ],
            "pairs": lfw.pairs,
            "pairs_without_a_face": lfw.faceless,
        },
        "pairs": [{"cell": "lfw", **pair_figures(found, embedded, criterion, root, int)}],
        "curves": [{"cell": "lfw", **curve_figures(found)}],
        "rates": {
            "genuine_pairs": found.genuine.size,
            "impostor_pairs": found.impostor_pairs,
            "fmr": rate_figures(fmr),
            "fnmr": rate_figures(fnmr),
            "fixed": [_fixed(one) for one in fixed_rates(found, criterion)],
        },
    }


def photo_figures(embedded: Embedded, root: Path) -> Figures:
    """How many photos there were, and those that were refused, each with its reason."""
    return {
        "given": len(embedded.photos) + len(embedded.refused),
        "embedded": len(embedded.photos),
        "reasons": count_reasons(embedded.refused),
        "refused": [{**_photo(one.photo, root), "reason": one.reason} for one in embedded.refused],
    }


def rate_figures(one: Rate | None) -> Figures | None:
    """A rate with its bounds, None where it is unknown."""
    if one is None or not one.trials:
        return None
    return {
        "value": one.value,
        "errors": one.errors,
        "trials": one.trials,
        "low": one.low,
        "high": one.high,
    }


def pair_figures(
    found: Comparisons,
    embedded: Embedded,
    criterion: Criterion,
    root: Path,
    row_of: Callable[[int], int],
) -> Figures:
    """The worst pairs.

    Args:
        found: Comparisons of some of the photos.
        embedded: All photos.
        criterion: The criterion; it tells which pairs are errors.
        root: The folder that photos are named relative to.
        row_of: A photo's row among those compared -> its row among all.
    """

    def listed(pairs: Sequence[ScoredPair], *, genuine: bool) -> list[Figures]:
        return [
            {
                "value": pair.value,
                "error": criterion.accepts(pair.value) is not None
                and criterion.accepts(pair.value) != genuine,
                "first": _photo(embedded.photos[row_of(pair.first)], root),
                "second": _photo(embedded.photos[row_of(pair.second)], root),
            }
            for pair in pairs
        ]

    return {
        "genuine": listed(found.worst_genuine, genuine=True),
        "impostor": listed(found.worst_impostor, genuine=False),
    }


def curve_figures(found: Comparisons) -> Figures:
    """The detection error trade-off; empty without pairs of either kind."""
    if not found.genuine.size or not found.impostor.size:
        return {"fmr": [], "fnmr": []}
    curve = det(found.genuine, found.impostor)
    return {"fmr": curve.fmr.tolist(), "fnmr": curve.fnmr.tolist()}


def _cell(cell: Cell) -> Figures:
    return {
        "name": cell.name,
        "set": cell.set,
        "group": cell.group,
        "people": cell.people,
        "people_lost": cell.lost,
        "photos": cell.acquisition.trials,
        "embedded": len(cell.photos),
        "failure_to_acquire": rate_figures(cell.acquisition),
        "reasons": cell.reasons,
        "genuine_pairs": cell.comparisons.genuine.size,
        "impostor_pairs": cell.comparisons.impostor_pairs,
        "impostor_scores": cell.comparisons.impostor.size,
        "fmr": rate_figures(cell.fmr),
        "fnmr": rate_figures(cell.fnmr),
        "eer": cell.eer,
        "fixed": [_fixed(one) for one in cell.fixed],
    }


def _fixed(one: FnmrAt) -> Figures:
    return {"fmr": one.fmr, "threshold": one.threshold, "fnmr": rate_figures(one.fnmr)}


def _group(group: Group) -> Figures:
    return {
        "name": group.name,
        "sets": list(group.sets),
        "people": group.people,
        "failure_to_acquire": rate_figures(group.acquisition),
        "fmr": rate_figures(group.fmr),
        "fnmr": rate_figures(group.fnmr),
    }


def _open_set(one: OpenSet, criterion: Criterion, min_margin: float) -> Figures:
    visits, strangers = one.known.closeness.size, one.strangers.closeness.size
    limit = criterion.closeness
    returned = None if limit is None else one.returned(limit, min_margin)
    return {
        "people": one.people,
        "able_to_enroll": one.able,
        "enrollments": one.enrolled,
        "enrollments_failed": one.disagreed,
        "photos": one.rules.photos,
        "frames": one.rules.frames,
        "draws": one.rules.repeats,
        "seed": one.rules.seed,
        "visits": visits,
        "visits_by_frames": {str(frames): n for frames, n in one.known_frames.items()},
        "stranger_visits": strangers,
        "stranger_visits_by_frames": {str(frames): n for frames, n in one.stranger_frames.items()},
        "fixed": [{"fpir": fpir, "tpir": one.tpir_at(fpir)} for fpir in FIXED_FPIR],
        "min_margin": min_margin,
        "tpir": None if returned is None else returned[0] / visits,
        "fpir": None if returned is None else returned[1] / strangers,
    }


def _photo(photo: LabeledPhoto, root: Path) -> Figures:
    path = photo.path
    name = path.relative_to(root) if path.is_relative_to(root) else path
    return {
        "file": name.as_posix(),
        "set": photo.set,
        "identity": photo.identity,
        "group": photo.group,
    }
