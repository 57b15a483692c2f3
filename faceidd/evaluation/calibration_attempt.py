"""One attempt: all comparisons on one scale, the vote of each cell, and the strictest of them."""

from dataclasses import dataclass
from itertools import chain

import numpy as np

from faceidd.evaluation.calibration_people import Crowd, Kind, Strangers
from faceidd.evaluation.calibration_scores import CellScores, Comparer
from faceidd.evaluation.calibration_tail import Vote
from faceidd.evaluation.confidence import rate
from faceidd.evaluation.errors import EvaluationError
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.metric import Metric
from faceidd.gallery.provenance import CellRecord, Target
from faceidd.gallery.scale import Normalization, Scale

COMPARED = (Kind.SINGLE, Kind.FUSED)
SEARCHED = {Kind.SEARCH: Kind.SINGLE, Kind.FUSED_SEARCH: Kind.FUSED}
"""Which faces are searched in a gallery."""
FEWEST_GENUINE = 30
"""A cell with fewer genuine comparisons says too little of the right people."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a threshold is for.

    Attributes:
        target: How often strangers may be accepted.
        frames: How many frames the door fuses before it opens.
        metric: How embeddings are compared.
        normalization: What a cohort does to scores; None lets the measurement choose.
    """

    target: Target
    frames: int
    metric: Metric = Metric.COSINE
    normalization: Normalization | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Ballot:
    """What one cell's trials gave, and the threshold they ask for; None without any trial."""

    scores: CellScores
    vote: Vote | None


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """What the comparisons gave on one scale.

    Attributes:
        scale: The scale.
        ballots: Of every cell with a trial or a genuine comparison.
        ruling: The one with the strictest vote.
        vote: That vote.
    """

    scale: Scale
    ballots: tuple[Ballot, ...]
    ruling: Ballot
    vote: Vote

    @property
    def threshold(self) -> float:
        """The threshold, on the scale."""
        return self.on_scale(self.vote.high)

    @property
    def fnmr(self) -> float | None:
        """Share of the genuine comparisons refused: the mean over the cells that have enough.

        Where none has, that of all together; None without any.
        """
        genuine = [one.scores.genuine for one in self.ballots if len(one.scores.genuine)]
        enough = [some for some in genuine if len(some) >= FEWEST_GENUINE]
        judged = enough or ([np.concatenate(genuine)] if genuine else [])
        shares = [float((some < self.vote.high).mean()) for some in judged]
        return float(np.mean(shares)) if shares else None

    def on_scale(self, closeness: float) -> float:
        """A closeness, as a score of the scale."""
        return closeness if self.scale.greater_is_closer else -closeness

    def records(self) -> tuple[CellRecord, ...]:
        """What was measured in each cell, at the threshold."""
        return tuple(
            record(one.scores, self.vote.high, self.on_scale(one.vote.high))
            for one in self.ballots
            if one.vote is not None
        )


def attempt(crowd: Crowd, strangers: Strangers, scale: Scale, purpose: Purpose) -> Attempt:
    """Compare a crowd's faces on one scale.

    Args:
        crowd: The people.
        strangers: The cohort made of them.
        scale: What scores are measured in.
        purpose: What the threshold is for.

    Raises:
        EvaluationError: No two people can be compared.
    """
    comparer = Comparer(crowd, scale, strangers)
    fmr = purpose.target.fmr
    scores = [comparer.compare(kind, crowd.faces(kind, purpose.frames), fmr) for kind in COMPARED]
    return _elected(scale, tuple(Ballot(one, one.tail.vote(fmr)) for one in chain(*scores)))


def searched(
    found: Attempt, crowd: Crowd, strangers: Strangers, purpose: Purpose, gallery: Gallery
) -> Attempt:
    """Let the searches of a crowd's faces in a gallery vote too.

    Args:
        found: What the comparisons gave.
        crowd: As for `attempt`.
        strangers: As for `attempt`.
        purpose: As for `attempt`; its target names the gallery's size.
        gallery: It knows nobody of the crowd.
    """
    fpir = purpose.target.fpir or purpose.target.expected_fpir()
    if fpir is None or not gallery.people:
        return found
    comparer = Comparer(crowd, found.scale, strangers)
    scores = [
        comparer.search(kind, crowd.faces(faces, purpose.frames), gallery)
        for kind, faces in SEARCHED.items()
    ]
    ballots = tuple(Ballot(one, one.tail.vote(fpir)) for one in chain(*scores))
    return _elected(found.scale, (*found.ballots, *ballots))


def record(scores: CellScores, threshold: float, own: float) -> CellRecord:
    """What was measured in a cell.

    Args:
        scores: Its comparisons or searches.
        threshold: In closeness.
        own: The threshold that the cell alone asks for, as it is told.
    """
    bounds = rate(scores.tail.accepted(threshold), scores.tail.trials)
    return CellRecord(
        set=scores.cell[0],
        group=scores.cell[1],
        kind=scores.kind.value,
        people=len(scores.tail.faces),
        faces=int(scores.tail.faces.sum()),
        trials=bounds.trials,
        accepted=bounds.errors,
        low=bounds.low,
        high=bounds.high,
        threshold=own,
        genuine=len(scores.genuine),
        refused=int((scores.genuine < threshold).sum()),
    )


def _elected(scale: Scale, ballots: tuple[Ballot, ...]) -> Attempt:
    voting = [(one, one.vote) for one in ballots if one.vote is not None]
    if not voting:
        raise EvaluationError(
            "no two people of one set and group can be compared",
            do="name a folder with photos of many people who are not enrolled",
        )
    ruling, vote = max(voting, key=lambda pair: pair[1].high)
    return Attempt(scale, ballots, ruling, vote)
