"""Presence: the evidence gathered on one visitor, over the frames of one visit.

Pure: time is an argument. A presence knows faces, not people; who it is and whether that is
near enough are questions to the gallery and to `access.decision`.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from faceidd.face.detection import Box
from faceidd.face.embedding import Embedding, Vector
from faceidd.units import Instant, Seconds

MOST_SIGHTINGS = 16
"""Frames that count at most, the newest; more of the same face say nothing new."""
FACENET = 0.74
"""The cosine at which FaceNet, which the distances were measured with, tells two faces apart."""
SAME_PLACE = 0.3
"""Least overlap (intersection over union) of one face with itself a frame later."""


def room(cosine: float) -> float:
    """How far a model puts faces apart, beside FaceNet, which measured the distances; at most 1.

    dlib tells two faces apart at a cosine of 0.965: what is a step with FaceNet is a leap there.

    Args:
        cosine: At which the model tells two faces apart.
    """
    return min(1.0, (1 - cosine) / (1 - FACENET))


@dataclass(frozen=True, slots=True)
class Continuity:
    """When a face is taken for that of a visitor seen a moment before.

    Attributes:
        same_place: Least cosine of a frame with the visit's mean where the place is the same;
            below, another face has taken the place.
        elsewhere: Least cosine in another place: a visitor who moved far between two frames of a
            slow board.
    """

    same_place: float
    elsewhere: float

    @classmethod
    def of_model(cls, cosine: float) -> "Continuity":
        """Derive it from the cosine at which a model tells two faces apart.

        Frames of one face that follow each other are far nearer. With FaceNet's 0.74 it gives
        0.70, which 1 in 100 East Asian impostors before a webcam reaches (1 in 3 reaches 0.5).
        """
        scale = room(cosine)
        return cls(same_place=cosine - 0.04 * scale, elsewhere=cosine + 0.01 * scale)


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """One face in one frame.

    Attributes:
        embedding: What the model says of it.
        weight: How much it counts beside other frames, above 0: the quality of its picture.
        box: Where, in frame pixels.
        seen_at: When the frame was taken.
    """

    embedding: Embedding
    weight: float
    box: Box
    seen_at: Instant


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the fresh frames of one visitor say together.

    Attributes:
        embedding: Mean of the fresh embeddings by weight, brought to unit norm.
        frames: How many frames that is.
        frames_seen: Frames of the whole visit, old ones included.
        oldest: When the oldest of the fresh frames was taken.
        newest: When the newest was.
    """

    embedding: Embedding
    frames: int
    frames_seen: int
    oldest: Instant
    newest: Instant


class Presence:
    """One visitor, from the first frame on.

    Args:
        visit: Key of the visit, unique.
        first: The sighting that began it.
        continuity: When another face is taken for this visitor's.
    """

    def __init__(self, visit: str, first: Sighting, continuity: Continuity) -> None:
        self.visit = visit
        self._continuity = continuity
        self._sightings = deque([first], maxlen=MOST_SIGHTINGS)
        self._frames_seen = 1

    @property
    def last(self) -> Sighting:
        """The newest sighting."""
        return self._sightings[-1]

    def likeness(self, seen: Sighting) -> float | None:
        """Cosine of a sighting with the visit's mean, or None if that cannot be the same visitor.

        The face must resemble the mean so far also where the place is the same: when people
        swap places, evidence on one hardly ever counts for the other; see also `decide`.
        """
        total = _total(list(self._sightings))
        cosine = float(total @ seen.embedding.vector / np.linalg.norm(total))
        same_place = self.last.box.overlap(seen.box) >= SAME_PLACE
        limit = self._continuity.same_place if same_place else self._continuity.elsewhere
        return cosine if cosine >= limit else None

    def add(self, seen: Sighting) -> None:
        """Take a sighting as one more of this visitor.

        Raises:
            ValueError: It is not newer than the last.
        """
        if seen.seen_at <= self.last.seen_at:
            raise ValueError("sightings come in the order of time")
        self._sightings.append(seen)
        self._frames_seen += 1

    def evidence(self, now: Instant, max_age: Seconds) -> Evidence | None:
        """Fuse the frames that are no older than `max_age`; None if there are none."""
        fresh = [seen for seen in self._sightings if 0 <= now - seen.seen_at <= max_age]
        if not fresh:
            return None
        return Evidence(
            embedding=_mean(fresh),
            frames=len(fresh),
            frames_seen=self._frames_seen,
            oldest=fresh[0].seen_at,
            newest=fresh[-1].seen_at,
        )


def _mean(sightings: list[Sighting]) -> Embedding:
    fused = Embedding.from_raw(_total(sightings), sightings[0].embedding.model_id)
    weights = sum(one.weight for one in sightings)
    norm = sum(one.weight * one.embedding.norm for one in sightings) / weights
    return Embedding(fused.vector, norm, fused.model_id)


def _total(sightings: list[Sighting]) -> Vector:
    weights = np.array([one.weight for one in sightings], np.float32)
    total: Vector = weights @ np.array([one.embedding.vector for one in sightings])
    return total
