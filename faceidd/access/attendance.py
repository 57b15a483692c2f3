"""Attendance: who stands before the door now, and what is decided on each of them.

Pure but for its state: frames go in with their instants, decisions come out. A visit ends when
its face was not seen for the visit gap, or when another face takes its place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from faceidd.access.decision import Decision, Rules, Verdict, decide
from faceidd.access.presence import Presence, Sighting
from faceidd.face.recognizer import SeenFace
from faceidd.gallery.gallery import Gallery
from faceidd.units import Instant, Seconds

MOST_VISITORS = 16
"""Bound on visitors kept at once; beyond it the one not seen for longest is forgotten."""


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
            visitor nobody knows is called a stranger. Events tell news only.
    """

    visit: str
    seen: SeenFace
    decision: Decision
    news: bool


class Attendance:
    """Keeps the visitors apart and decides on each.

    Args:
        rules: When evidence is enough.
        visit_gap: A face not seen for longer begins a new visit.
        new_visit: Makes the key of a visit.
    """

    def __init__(self, rules: Rules, visit_gap: Seconds, new_visit: Callable[[], str]) -> None:
        self._rules = rules
        self._visit_gap = visit_gap
        self._new_visit = new_visit
        self._visitors: list[_Visitor] = []

    def update(
        self, faces: Sequence[SeenFace], captured_at: Instant, gallery: Gallery
    ) -> tuple[Outcome, ...]:
        """Take the faces of one frame; decide on each of them.

        Args:
            faces: The frame's faces with their embeddings, widest first.
            captured_at: When the frame was taken.
            gallery: Who is known.

        Raises:
            GalleryError: A face cannot be compared with the gallery; nobody is judged.
        """
        for face in faces:
            gallery.require_probe(face.embedding)  # or it would spoil a visitor's evidence
        self._visitors = [
            visitor
            for visitor in self._visitors
            if captured_at - visitor.presence.last.seen_at <= self._visit_gap
        ]
        return tuple(self._judge(face, captured_at, gallery) for face in faces)

    def _judge(self, face: SeenFace, captured_at: Instant, gallery: Gallery) -> Outcome:
        visitor = self._assign(Sighting(face.embedding, face.detection.box, captured_at))
        evidence = visitor.presence.evidence(captured_at, self._rules.max_age)
        if evidence is None:
            raise RuntimeError("a visitor seen in this frame has no evidence")
        match = gallery.match(evidence.embedding, self._rules.metric)
        alone = gallery.match(face.embedding, self._rules.metric)
        decision = decide(evidence, match, alone, self._rules)
        return Outcome(visitor.presence.visit, face, decision, _is_news(visitor, decision))

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
        visitor = _Visitor(Presence(self._new_visit(), seen))
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
