"""Decision: a verdict on one visitor, with its reason. Pure, and the only place of thresholds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from faceidd.access.presence import Evidence
from faceidd.gallery.gallery import Person
from faceidd.gallery.matcher import Match
from faceidd.gallery.scale import Scale
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
    AMBIGUOUS = "ambiguous"
    NOT_NEAREST = "not_nearest"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    NOT_YET_RECOGNIZED = "not_yet_recognized"
    COMMANDED = "commanded"


@dataclass(frozen=True, slots=True)
class Rules:
    """When a measurement is enough for a verdict.

    Attributes:
        scale: What `threshold` is measured in.
        threshold: Least similarity, or greatest distance, at which a face is a person's.
        min_margin: Least margin to the next person, as `Match.margin`; with less, the face
            may be either's.
        min_frames: Fresh frames of one face, fused, before anybody is recognized.
        stranger_frames: Frames of a visit after which a face that is nobody's is a stranger's.
        max_age: Age beyond which a frame no longer counts.
    """

    scale: Scale
    threshold: float
    min_margin: float
    min_frames: int
    stranger_frames: int
    max_age: Seconds

    def accepts(self, match: Match) -> bool:
        """Whether a match is near enough. False for what is not a number.

        Raises:
            ValueError: The match was measured on another scale.
        """
        if match.scale != self.scale:
            raise ValueError(f"a score in {match.scale} was held against one in {self.scale}")
        if self.scale.greater_is_closer:
            return match.value >= self.threshold
        return match.value <= self.threshold


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict on one visitor.

    Attributes:
        verdict: Grant, deny or undecided.
        reason: Why.
        person: Who was recognized; None unless the verdict is GRANT, and for a command.
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

    @classmethod
    def by_command(cls, at: Instant) -> "Decision":
        """The verdict of somebody afar who may open the door.

        Args:
            at: When the command came; it grows old from here like a frame.
        """
        return cls(Verdict.GRANT, Reason.COMMANDED, None, None, 0, at, at)


def decide(
    evidence: Evidence,
    match: Match | None,
    alone: Match | None,
    rules: Rules,
    *,
    nearest: bool,
    now: datetime | None,
) -> Decision:
    """Judge one visitor.

    The newest frame must be the person's by itself too: a mean of several frames stays near a
    person for a while after somebody else has taken the place. The door's subject is the nearest
    visitor: nobody behind a stranger opens the door for that stranger.

    Args:
        evidence: What the fresh frames say together.
        match: The nearest person to `evidence.embedding`; None if the gallery is empty.
        alone: The nearest person to the newest of these frames.
        rules: When that is enough.
        nearest: Whether this visitor is the door's subject.
        now: The present moment by the wall clock, with its time zone: whoever expired, or is not
            valid yet, is refused. None where it cannot be known: so is whoever has such a day.
    """
    known = match is not None and rules.accepts(match)
    # Asked this way round, a margin that is not a number is none.
    if match is None or not known or not match.margin >= rules.min_margin:
        if evidence.frames_seen < rules.stranger_frames:
            doubt = Reason.AMBIGUOUS if known else Reason.NOT_YET_RECOGNIZED
            return _decision(Verdict.UNDECIDED, doubt, evidence, match)
        reason = Reason.AMBIGUOUS if known else Reason.STRANGER
        return _decision(Verdict.DENY, reason, evidence, match)
    lacking = _lacking(evidence, match, alone, rules, nearest=nearest)
    if lacking is not None:
        return _decision(Verdict.UNDECIDED, lacking, evidence, match)
    refusal = refusal_of(match.person, now)
    if refusal is not None:
        return _decision(Verdict.DENY, refusal, evidence, match)
    return _decision(Verdict.GRANT, Reason.RECOGNIZED, evidence, match, match.person)


def refusal_of(
    person: Person, now: datetime | None
) -> Literal[Reason.EXPIRED, Reason.NOT_YET_VALID] | None:
    """Why the gallery refuses a person at a moment; None where it does not.

    Args:
        person: Somebody of the gallery.
        now: The moment by the wall clock, with its time zone; None where that cannot be known, and
            everybody with a first or a last day is refused.
    """
    if person.expires_at is not None and (now is None or has_expired(person, now)):
        return Reason.EXPIRED
    if person.valid_from is not None and (now is None or now < person.valid_from):
        return Reason.NOT_YET_VALID
    return None


def has_expired(person: Person, now: datetime) -> bool:
    """Whether a person is refused from now on, or was before.

    Args:
        person: Somebody of the gallery.
        now: The present moment by the wall clock, with its time zone.
    """
    return person.expires_at is not None and now >= person.expires_at


def _lacking(
    evidence: Evidence, match: Match, alone: Match | None, rules: Rules, *, nearest: bool
) -> Reason | None:
    """What the evidence on somebody known still lacks; None if it is enough."""
    if alone is None or alone.person != match.person or not rules.accepts(alone):
        return Reason.NEWEST_DIFFERS
    if evidence.frames < rules.min_frames:
        return Reason.TOO_FEW_FRAMES
    return None if nearest else Reason.NOT_NEAREST


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
