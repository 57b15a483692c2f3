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
    """Count each group's pairs of two people, over all of its sets.

    Photos of the same two people say much the same, so that however many there are of each, two
    people are one trial.

    Args:
        crowd: The people.
        fmr: The false match rate to vouch for.
    """
    needed = trials_needed(fmr)
    sizes = np.bincount(crowd.cell_of, minlength=len(crowd.cells))
    found = []
    for group in sorted({group for _, group in crowd.cells}):
        comparisons = people = 0
        for index, cell in enumerate(crowd.cells):
            if cell[1] == group:
                comparisons += int(sizes[index] * (sizes[index] - 1)) // 2
                people += int(sizes[index])
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
    raise EvaluationError(
        f"an FMR of {fmr:g} needs {needed} comparisons of two people in each group, to be"
        f" shown with {CONFIDENCE:.0%} confidence; there are: {told}",
        do=f"gather photos of about {people_needed(needed)} people of one set in each group"
        " who are not enrolled, or choose a higher target",
    )


def people_needed(comparisons: int) -> int:
    """How many people of one set are so many pairs: P of them are P (P - 1) / 2."""
    return max(FEWEST_PEOPLE, math.ceil((1 + math.sqrt(1 + 8 * comparisons)) / 2))
