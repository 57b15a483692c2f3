"""Calibration: the threshold at which strangers of every group are refused as often as asked.

Each cell votes for a threshold, and the strictest vote rules: `calibration_attempt`. What is
compared is `calibration_scores`', how a vote is counted `calibration_tail`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from faceidd import __version__
from faceidd.evaluation.calibration_attempt import Attempt, Purpose, attempt, searched
from faceidd.evaluation.calibration_people import Crowd, Strangers, strangers
from faceidd.evaluation.calibration_scores import enough_strangers
from faceidd.evaluation.calibration_support import require_support
from faceidd.evaluation.errors import EvaluationError
from faceidd.gallery.calibration import Calibration
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.provenance import GroupRecord, Provenance, Seeing, TrialRecord
from faceidd.gallery.scale import Normalization, Scale
from faceidd.gallery.scoring import FEWEST, Cohort

PREFERRED = (Normalization.S_NORM, Normalization.CENTERING, Normalization.NONE)
"""Which scale is taken where the people have one photo each, so that nothing tells them apart:
measured to be the order of the default pack, FaceNet (docs/accuracy.md)."""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Whose threshold it is: the model's digest and name, and what a face goes through before."""

    model_id: str
    name: str
    seeing: Seeing


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """A calibration, and the comparisons behind it."""

    calibration: Calibration
    attempt: Attempt


def calibrate(
    crowd: Crowd,
    model: ModelFacts,
    purpose: Purpose,
    made_at: datetime,
    gallery: Gallery | None = None,
) -> Calibrated:
    """Derive a threshold, on the scale that refuses the fewest of the right people.

    Args:
        crowd: Photos of people who are strangers to the door.
        model: The model they were embedded with.
        purpose: What the threshold is for.
        made_at: The present moment.
        gallery: The door's; the photos are searched in it too.

    Raises:
        EvaluationError: There are too few comparisons, or people, for what was asked.
        GalleryModelError: The gallery was enrolled with another model.
    """
    if gallery is not None:
        gallery.require_model(model.model_id, model.name)
    groups = require_support(crowd, purpose.target.fmr)
    cohort = strangers(crowd)
    tried = [attempt(crowd, cohort, scale, purpose) for scale in _scales(crowd, cohort, purpose)]
    best = min(tried, key=lambda one: 1.0 if one.fnmr is None else one.fnmr)
    if gallery is not None:
        best = searched(best, crowd, cohort, purpose, gallery)
    calibration = Calibration(
        model.model_id,
        best.scale,
        best.threshold,
        _shipped(cohort, model.model_id, best.scale),
        _provenance(crowd, model, purpose, made_at, groups=groups, tried=tried, best=best),
    )
    return Calibrated(calibration, best)


def _scales(crowd: Crowd, cohort: Strangers, purpose: Purpose) -> tuple[Scale, ...]:
    asked = PREFERRED if purpose.normalization is None else (purpose.normalization,)
    if enough_strangers(crowd, cohort):
        return tuple(Scale(purpose.metric, one) for one in asked)
    if Normalization.NONE in asked:
        return (Scale(purpose.metric),)
    raise EvaluationError(
        f"{len(cohort.people)} people are too few for a cohort",
        do=f"gather at least {2 * FEWEST} people who are not enrolled, or use --normalization none",
    )


def _shipped(cohort: Strangers, model_id: str, scale: Scale) -> Cohort | None:
    """The cohort as it is kept: in an order that says nothing of who is who."""
    if scale.normalization is Normalization.NONE:
        return None
    order = np.random.default_rng(0).permutation(len(cohort.people))
    return Cohort(model_id, cohort.vectors[order], cohort.norms[order])


def _provenance(
    crowd: Crowd,
    model: ModelFacts,
    purpose: Purpose,
    made_at: datetime,
    *,
    groups: tuple[GroupRecord, ...],
    tried: Sequence[Attempt],
    best: Attempt,
) -> Provenance:
    scores = best.ruling.scores
    low, high = best.on_scale(best.vote.low), best.threshold
    return Provenance(
        made_at=made_at,
        version=__version__,
        model_name=model.name,
        seeing=model.seeing,
        frames=purpose.frames,
        target=purpose.target,
        people=crowd.size,
        photos=len(crowd.embedded.photos),
        low=min(low, high),
        high=max(low, high),
        ruled_by=f"{scores.cell[0]}, {scores.cell[1]}, {scores.kind}",
        cells=best.records(),
        groups=groups,
        tried=tuple(
            TrialRecord(
                normalization=one.scale.normalization, threshold=one.threshold, fnmr=one.fnmr
            )
            for one in tried
        ),
    )
