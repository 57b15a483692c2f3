"""Who is in a video: faces that follow each other, told apart by their embeddings.

The video's subject is whoever is its dominant face most often. People who pass by are kept apart,
so that no photo of theirs is taken for the subject's.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from faceidd.enroll.choice import Keeper, Picture
from faceidd.enroll.shot import Shot

Exact = NDArray[np.float64]

MOST_PEOPLE = 8
"""People kept apart at a time; of more, whoever was seen least is forgotten."""


class PersonInVideo:
    """Somebody in a video.

    Args:
        keeper: Keeps shots of them.
        dimension: Of the embeddings.

    Attributes:
        keeper: That.
        frames: Frames in which theirs was the dominant face.
        total: Sum of the embeddings of these frames, float64 (D,).
    """

    def __init__(self, keeper: Keeper, dimension: int) -> None:
        self.keeper = keeper
        self.frames = 0
        self.total = np.zeros(dimension)
        self._last = np.zeros(dimension)

    def likeness(self, vector: Exact) -> float:
        """Cosine of a face, float64 (D,), with their mean, or with their last if that is nearer.

        The last one, because a head that turns drifts away from its mean.
        """
        return max(_cosine(vector, self.total), _cosine(vector, self._last))

    def see(self, shot: Shot, picture: Picture) -> None:
        """Take a shot for theirs."""
        self.keeper.offer(shot, picture)
        self.frames += 1
        self._last = shot.embedding.vector.astype(np.float64)
        self.total = self.total + self._last

    def absorb(self, other: "PersonInVideo") -> None:
        """Take over the shots of somebody who is the same person."""
        for one in other.keeper.kept():
            self.keeper.offer(one.shot, one.picture)
        self.frames += other.frames
        self.total = self.total + other.total


class PeopleInVideo:
    """Keeps people apart.

    Args:
        same: Least cosine at which a face is somebody's, see `access.presence.Continuity`.
        keeper: Makes what keeps a person's shots.
    """

    def __init__(self, same: float, keeper: Callable[[], Keeper]) -> None:
        self._same = same
        self._keeper = keeper
        self._people: list[PersonInVideo] = []
        self.frames = 0

    def see(self, shot: Shot, picture: Picture) -> None:
        """Find out whose a shot is, and take it."""
        self.frames += 1
        vector = shot.embedding.vector.astype(np.float64)
        person = max(self._people, key=lambda one: one.likeness(vector), default=None)
        if person is None or person.likeness(vector) < self._same:
            person = PersonInVideo(self._keeper(), len(vector))
            self._people.append(person)
        person.see(shot, picture)
        if len(self._people) > MOST_PEOPLE:
            self._people.remove(min(self._people[:-1], key=lambda one: one.frames))

    def subject(self) -> PersonInVideo | None:
        """Whoever was seen most, with all shots that are theirs; None if nobody was."""
        most = sorted(self._people, key=lambda one: -one.frames)
        if not most:
            return None
        subject, *others = most
        for other in others:
            if _cosine(subject.total, other.total) >= self._same:
                subject.absorb(other)
        self._people = [subject]
        return subject


def _cosine(one: Exact, two: Exact) -> float:
    """0 with nobody."""
    lengths = float(np.linalg.norm(one) * np.linalg.norm(two))
    return float(one @ two) / lengths if lengths > 0 else 0.0
