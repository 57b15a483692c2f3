"""Outcomes as `access` gives them, without a camera or a model."""

import numpy as np
from support.sights import found

from faceidd.access.attendance import Outcome
from faceidd.access.decision import Decision, Reason, Verdict
from faceidd.face.detection import Box
from faceidd.face.embedding import Embedding
from faceidd.face.recognizer import SeenFace
from faceidd.gallery.gallery import Person
from faceidd.gallery.matcher import Match
from faceidd.gallery.scale import Scale
from faceidd.units import Instant

MINA = Person("p-mina", "Mina")


def outcome(verdict: Verdict, at: float, *, visit: str = "v1") -> Outcome:
    """What a visitor's frame taken at an instant came to."""
    granted = verdict is Verdict.GRANT
    place = found(Box(100, 100, 150, 150))
    seen = SeenFace(
        place.face,
        place.quality,
        Embedding.from_raw(np.array([1.0, 0.0], np.float32), model_id="m"),
    )
    decision = Decision(
        verdict=verdict,
        reason=Reason.RECOGNIZED if granted else Reason.STRANGER,
        person=MINA if granted else None,
        match=Match(MINA, Scale(), 0.75 if granted else 0.25, 0.5),
        frames=3,
        oldest=Instant(at - 0.5),
        newest=Instant(at),
    )
    return Outcome(visit, seen, decision, news=True)


def grant(at: float, *, visit: str = "v1") -> Outcome:
    """A visitor who was recognized."""
    return outcome(Verdict.GRANT, at, visit=visit)
