"""Whether there are comparisons enough to vouch for a target, for every group of people."""

import math

import numpy as np

from faceidd.evaluation.calibration_people import Crowd
from faceidd.evaluation.calibration_tail import CONFIDENCE, trials_needed
from faceidd.evaluation.errors import EvaluationError
from faceidd.gallery.provenance import GroupRecord

FEWEST_PEOPLE = 20
"""However many photos there are of fewer people: who is alike among them is chance."""
MOST_UNSUPPORTED = 0.1
"""Part of all people that may stand in groups which are too small to be vouched for."""


def supports(crowd: Crowd, fmr: float) -> tuple[GroupRecord, ...]:
    """Count each group's comparisons of two people, over all of its sets.

    Args:
        crowd: The people.
        fmr: The false match rate to vouch for.
    """
    needed = trials_needed(fmr)
    sizes = np.bincount(crowd.people, minlength=crowd.size)
    found = []
    for group in sorted({group for _, group in crowd.cells}):
        comparisons = people = 0
        for index, cell in enumerate(crowd.cells):
            if cell[1] == group:
                mine = sizes[crowd.cell_of == index]
                comparisons += int(mine.sum() ** 2 - (mine**2).sum()) // 2
                people += len(mine)
        enough = comparisons >= needed and people >= FEWEST_PEOPLE
        found.append(
            GroupRecord(group=group, people=people, comparisons=comparisons, supported=enough)
        )
    return tuple(found)


def require_support(crowd: Crowd, fmr: float) -> tuple[GroupRecord, ...]:
    """Count as `supports` does, and refuse where too many people are not vouched for.

    Raises:
        EvaluationError: Groups with more than `MOST_UNSUPPORTED` of all people have too few
            comparisons.
    """
    groups = supports(crowd, fmr)
    short = [one for one in groups if not one.supported]
    if sum(one.people for one in short) <= MOST_UNSUPPORTED * crowd.size:
        return groups
    needed = trials_needed(fmr)
    told = ", ".join(f"{one.group} {one.comparisons} of {one.people} people" for one in short)
    photos = len(crowd.people) / crowd.size
    raise EvaluationError(
        f"an FMR of {fmr:g} needs {needed} comparisons of different people in each group, to be"
        f" shown with {CONFIDENCE:.0%} confidence; there are: {told}",
        do=f"gather photos of about {people_needed(needed, photos)} people a group who are not"
        f" enrolled, with {photos:.1f} photos each as now, or choose a higher target",
    )


def people_needed(comparisons: int, photos: float) -> int:
    """How many people of one set, with so many photos each, give so many comparisons."""
    # Any two people give photos * photos of them, and P people are P (P - 1) / 2 twos.
    return max(FEWEST_PEOPLE, math.ceil((1 + math.sqrt(1 + 8 * comparisons / photos**2)) / 2))
