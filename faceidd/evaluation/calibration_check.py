"""The check of a calibration: is its threshold right for people it was not made of?"""

from dataclasses import dataclass

from faceidd.evaluation.calibration_attempt import COMPARED, Purpose, attempt, record
from faceidd.evaluation.calibration_people import Crowd, strangers
from faceidd.evaluation.calibration_scores import Comparer
from faceidd.gallery.provenance import CellRecord
from faceidd.gallery.scale import Scale

MOST_TOLD = 50
"""How many times the target may be exceeded and still be counted, near enough."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What was measured on people whom neither threshold nor cohort knows.

    Attributes:
        threshold: Calibrated on the others.
        cells: Measured on these, at that threshold.
    """

    threshold: float
    cells: tuple[CellRecord, ...]


def held_out(crowd: Crowd, purpose: Purpose, scale: Scale, parts: int) -> tuple[HeldOut, ...]:
    """Calibrate on all parts of the people but one, and measure on that one; for each in turn.

    A threshold made of fewer people is a worse one than that of the whole crowd.

    Args:
        crowd: The people.
        purpose: What the threshold is for.
        scale: What scores are measured in.
        parts: How many; 2 are halves, and both directions.

    Raises:
        EvaluationError: The people of a part cannot be compared.
        GalleryError: There are too few people for a cohort.
    """
    dealt = crowd.parts(parts)
    return tuple(
        _measured(crowd.only(dealt != part), crowd.only(dealt == part), purpose, scale)
        for part in range(parts)
    )


def _measured(own: Crowd, others: Crowd, purpose: Purpose, scale: Scale) -> HeldOut:
    cohort = strangers(own)
    found = attempt(own, cohort, scale, purpose)
    comparer = Comparer(others, scale, cohort, among=False)
    scores = [
        one
        for kind in COMPARED
        for one in comparer.compare(
            kind, others.faces(kind, purpose.frames), MOST_TOLD * purpose.target.fmr
        )
    ]
    return HeldOut(
        found.threshold,
        tuple(record(one, found.vote.high, found.threshold) for one in scores if one.tail.trials),
    )
