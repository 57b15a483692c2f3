"""Attendance: who stands before the door now, and what is decided on each of them.

Pure but for its state: frames go in with their instants, decisions come out. A visit ends when
its face was not seen for the visit gap, or when another face takes its place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from faceidd.access.decision import Decision, Rules, Verdict, decide
from faceidd.access.presence import Continuity, Presence, Sighting
from faceidd.face.recognizer import SeenFace, Sight
from faceidd.gallery.matcher import Matcher
from faceidd.units import Instant, Seconds

MOST_VISITORS = 16
"""Bound on visitors kept at once; beyond it the one not seen for longest is forgotten."""
AS_NEAR = 0.8
"""A face at least this part as wide as the widest one of the last moment is as near to the door."""


@dataclass(slots=True, eq=False)
class _Visitor:
    presence: Presence
    granted: bool = False
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one frame meant for one visitor.

    Attributes:
        visit: Key of the visit.
        seen: The face in this frame.
        decision: The verdict on the visitor so far.
        news: True the one time in a visit that a grant is given, and the one time that a
            visitor is denied: nobody knows them, or the gallery refuses them now. Events tell
            news only.
    """

    visit: str
    seen: SeenFace
    decision: Decision
    news: bool


class Attendance:
    """Keeps the visitors apart and decides on each.

    Args:
        rules: When evidence is enough.
        continuity: When a face is taken for that of a visitor seen a moment before.
        visit_gap: A face not seen for longer begins a new visit.
        new_visit: Makes the key of a visit.
    """

    def __init__(
        self,
        rules: Rules,
        continuity: Continuity,
        visit_gap: Seconds,
        new_visit: Callable[[], str],
    ) -> None:
        self._rules = rules
        self._continuity = continuity
        self._visit_gap = visit_gap
        self._new_visit = new_visit
        self._visitors: list[_Visitor] = []
        # When faces that could not be judged were seen, and how wide: those of the last moment.
        self._rejected: list[tuple[Instant, float]] = []

    def renew(self, rules: Rules) -> None:
        """Go on by other rules; who is present stays, and so does the evidence on them."""
        self._rules = rules

    def update(
        self, sight: Sight, captured_at: Instant, matcher: Matcher, now: datetime | None
    ) -> tuple[Outcome, ...]:
        """Take the faces of one frame; decide on each of those that can be judged.

        A face that was rejected is nobody's evidence, but it may be the nearest one; so may one
        that was seen a moment ago and is missed in this frame.

        Args:
            sight: What was seen in the frame.
            captured_at: When the frame was taken.
            matcher: Finds who is known.
            now: The present moment by the wall clock, with its time zone; None where that cannot
                be known.

        Raises:
            GalleryError: A face cannot be compared with the gallery; nobody is judged.
        """
        for seen in sight.faces:  # what cannot be compared would spoil a visitor's evidence
            matcher.gallery.require_probe(seen.embedding)
        self._visitors = [
            visitor
            for visitor in self._visitors
            if captured_at - visitor.presence.last.seen_at <= self._visit_gap
        ]
        self._rejected = [one for one in self._rejected if self._is_fresh(one[0], captured_at)]
        self._rejected += [(captured_at, one.face.box.width) for one in sight.rejected]
        visitors = [
            self._assign(Sighting(seen.embedding, seen.quality.weight, seen.face.box, captured_at))
            for seen in sight.faces
        ]
        return tuple(
            self._judge(visitor, seen, captured_at, matcher, now)
            for visitor, seen in zip(visitors, sight.faces, strict=True)
        )

    def _is_fresh(self, seen_at: Instant, now: Instant) -> bool:
        return now - seen_at <= self._rules.max_age

    def _is_nearest(self, visitor: _Visitor, now: Instant) -> bool:
        others = [one.presence.last for one in self._visitors if one is not visitor]
        widths = [one.box.width for one in others if self._is_fresh(one.seen_at, now)]
        widths += [width for _, width in self._rejected]
        return visitor.presence.last.box.width >= AS_NEAR * max(widths, default=0.0)

    def _judge(
        self,
        visitor: _Visitor,
        seen: SeenFace,
        captured_at: Instant,
        matcher: Matcher,
        now: datetime | None,
    ) -> Outcome:
        evidence = visitor.presence.evidence(captured_at, self._rules.max_age)
        if evidence is None:
            raise RuntimeError("a visitor seen in this frame has no evidence")
        match = matcher.match(evidence.embedding)
        alone = matcher.match(seen.embedding) if evidence.frames > 1 else match
        nearest = self._is_nearest(visitor, captured_at)
        decision = decide(evidence, match, alone, self._rules, nearest=nearest, now=now)
        return Outcome(visitor.presence.visit, seen, decision, _is_news(visitor, decision))

    def _assign(self, seen: Sighting) -> _Visitor:
        """Find whose face it is; a visitor already seen in this frame cannot be it."""
        near = [
            (likeness, visitor)
            for visitor in self._visitors
            if visitor.presence.last.seen_at < seen.seen_at
            and (likeness := visitor.presence.likeness(seen)) is not None
        ]
        if near:
            visitor = max(near, key=lambda pair: pair[0])[1]
            visitor.presence.add(seen)
            return visitor
        visitor = _Visitor(Presence(self._new_visit(), seen, self._continuity))
        newest_first = sorted(self._visitors, key=lambda one: -one.presence.last.seen_at)
        self._visitors = [visitor, *newest_first[: MOST_VISITORS - 1]]
        return visitor


def _is_news(visitor: _Visitor, decision: Decision) -> bool:
    if decision.verdict is Verdict.GRANT:
        first, visitor.granted = not visitor.granted, True
        return first
    if decision.verdict is Verdict.DENY and not visitor.granted:
        first, visitor.denied = not visitor.denied, True
        return first
    return False
