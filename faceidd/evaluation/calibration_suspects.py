"""Suspects: pairs of two people that may be one, filed under two names.

Such a pair spoils a calibration: its threshold refuses that person too. Which it is only somebody
who looks at the photos can say, so they are named and still count.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from faceidd.evaluation.calibration_attempt import Attempt
from faceidd.evaluation.calibration_people import Crowd, Kind

MOST_SUSPECTS = 10


@dataclass(frozen=True, slots=True)
class Suspect:
    """Photos of strangers to each other that are alike.

    Attributes:
        value: Their score, on the calibration's scale.
        names: Whom they are filed under; one where a photo is like somebody of the gallery.
        photos: A photo of each.
        as_genuine: Whether half of the photos of one person are less alike; None where there is
            no telling, as everybody has one photo.
    """

    value: float
    names: tuple[str, ...]
    photos: tuple[Path, ...]
    as_genuine: bool | None


def suspects(crowd: Crowd, found: Attempt) -> tuple[Suspect, ...]:
    """The people who are most alike, in all cells and the gallery, the most alike first."""
    genuine = [one.scores.genuine for one in found.ballots if one.scores.kind is Kind.SINGLE]
    known = np.concatenate([np.empty(0, np.float32), *genuine])
    median = float(np.median(known)) if known.size else None
    photos = crowd.embedded.photos
    alike: dict[tuple[int, ...], tuple[float, tuple[int, ...]]] = {}
    for one in found.ballots:
        if one.scores.kind in (Kind.SINGLE, Kind.SEARCH):
            for closeness, rows in zip(one.scores.tail.closeness, one.scores.photos, strict=True):
                key = tuple(sorted(int(crowd.people[row]) for row in rows))
                if key not in alike or alike[key][0] < closeness:
                    alike[key] = float(closeness), tuple(int(row) for row in rows)
    nearest = sorted(alike.values(), reverse=True)[:MOST_SUSPECTS]
    return tuple(
        Suspect(
            found.on_scale(closeness),
            tuple(photos[row].identity for row in rows),
            tuple(photos[row].path for row in rows),
            None if median is None else closeness >= median,
        )
        for closeness, rows in nearest
    )
