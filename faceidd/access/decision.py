"""Decision: a verdict on one visitor, with its reason. Pure, and the only place of thresholds."""

from dataclasses import dataclass
from enum import StrEnum

from faceidd.access.presence import Evidence
from faceidd.gallery.gallery import Match, Person
from faceidd.gallery.metric import Metric
from faceidd.units import Instant, Seconds


class Verdict(StrEnum):
    """What follows for the door. Only GRANT moves it."""

    GRANT = "grant"
    DENY = "deny"
    UNDECIDED = "undecided"


class Reason(StrEnum):
    """Why."""

    RECOGNIZED = "recognized"
    STRANGER = "stranger"
    TOO_FEW_FRAMES = "too_few_frames"
    NEWEST_DIFFERS = "newest_differs"
    NOT_YET_RECOGNIZED = "not_yet_recognized"


@dataclass(frozen=True, slots=True)
class Rules:
    """When a measurement is enough for a verdict.

    Attributes:
        metric: What `threshold` is measured in.
        threshold: Least similarity, or greatest distance, at which a face is a person's.
        min_frames: Fresh frames of one face, fused, before anybody is recognized.
        stranger_frames: Frames of a visit after which a face that is nobody's is a stranger's.
        max_age: Age beyond which a frame no longer counts.
    """

    metric: Metric
    threshold: float
    min_frames: int
    stranger_frames: int
    max_age: Seconds

    def accepts(self, match: Match) -> bool:
        """Whether a match is near enough. False for what is not a number.

        Raises:
            ValueError: The match was measured in another metric.
        """
        if match.metric is not self.metric:
            raise ValueError(f"a {match.metric} value was held against a {self.metric} threshold")
        if self.metric.greater_is_closer:
            return match.value >= self.threshold
        return match.value <= self.threshold


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict on one visitor.

    Attributes:
        verdict: Grant, deny or undecided.
        reason: Why.
        person: Who was recognized; None unless the verdict is GRANT.
        match: The measurement behind it, if there was one.
        frames: Frames it rests on.
        oldest: When the first of these frames was taken.
        newest: When the last was; the decision's age counts from here.
    """

    verdict: Verdict
    reason: Reason
    person: Person | None
    match: Match | None
    frames: int
    oldest: Instant
    newest: Instant


def decide(evidence: Evidence, match: Match | None, alone: Match | None, rules: Rules) -> Decision:
    """Judge one visitor.

    The newest frame must be the person's by itself too: a mean of several frames stays near a
    person for a while after somebody else has taken the place.

    Args:
        evidence: What the fresh frames say together.
        match: The nearest person to `evidence.embedding`; None if the gallery is empty.
        alone: The nearest person to the newest of these frames.
        rules: When that is enough.
    """
    if match is not None and rules.accepts(match):
        if alone is None or alone.person != match.person or not rules.accepts(alone):
            return _decision(Verdict.UNDECIDED, Reason.NEWEST_DIFFERS, evidence, match)
        if evidence.frames >= rules.min_frames:
            return _decision(Verdict.GRANT, Reason.RECOGNIZED, evidence, match, match.person)
        return _decision(Verdict.UNDECIDED, Reason.TOO_FEW_FRAMES, evidence, match)
    if evidence.frames_seen >= rules.stranger_frames:
        return _decision(Verdict.DENY, Reason.STRANGER, evidence, match)
    return _decision(Verdict.UNDECIDED, Reason.NOT_YET_RECOGNIZED, evidence, match)


def _decision(
    verdict: Verdict,
    reason: Reason,
    evidence: Evidence,
    match: Match | None,
    person: Person | None = None,
) -> Decision:
    return Decision(
        verdict, reason, person, match, evidence.frames, evidence.oldest, evidence.newest
    )
