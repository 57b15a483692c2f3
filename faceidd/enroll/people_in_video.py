"""Who is in a video: faces that follow each other, told apart by their embeddings.

The video's subject is whoever is its dominant face most often. People who pass by are kept apart,
so that no photo of theirs is taken for the subject's.
"""

from collections.abc import Callable
from dataclasses import dataclass

from faceidd.enroll.acquaintance import Acquaintance, cosine
from faceidd.enroll.choice import Keeper, Picture
from faceidd.enroll.shot import Shot

MOST_PEOPLE = 8
"""People kept apart at a time; of more, whoever was seen least is forgotten."""


@dataclass(frozen=True, slots=True, eq=False)
class PersonInVideo:
    """Somebody in a video.

    Attributes:
        seen: Their faces in the frames where theirs was the dominant one.
        keeper: Keeps shots of them.
    """

    seen: Acquaintance
    keeper: Keeper

    def absorb(self, other: "PersonInVideo") -> None:
        """Take over the shots of somebody who is the same person."""
        for one in other.keeper.kept():
            self.keeper.offer(one.shot, one.picture)
        self.seen.absorb(other.seen)


class PeopleInVideo:
    """Keeps people apart.

    Args:
        same: Least cosine at which a face is somebody's, see `access.presence.Continuity`.
        keeper: Makes what keeps a person's shots.

    Attributes:
        frames: Frames in which somebody was seen.
    """

    def __init__(self, same: float, keeper: Callable[[], Keeper]) -> None:
        self.frames = 0
        self._same = same
        self._keeper = keeper
        self._people: list[PersonInVideo] = []

    def see(self, shot: Shot, picture: Picture) -> None:
        """Find out whose a shot is, and take it."""
        self.frames += 1
        face = shot.embedding
        person = max(self._people, key=lambda one: one.seen.likeness(face), default=None)
        if person is not None and person.seen.likeness(face) >= self._same:
            person.seen.add(face)
        else:
            person = PersonInVideo(Acquaintance(face), self._keeper())
            self._people.append(person)
        person.keeper.offer(shot, picture)
        if len(self._people) > MOST_PEOPLE:
            self._people.remove(min(self._people[:-1], key=lambda one: one.seen.faces))

    def subject(self) -> PersonInVideo | None:
        """Whoever was seen most, with all shots that are theirs; None if nobody was.

        After that it knows of everybody else as they are, see `rival`.
        """
        most = sorted(self._people, key=lambda one: -one.seen.faces)
        if not most:
            return None
        subject, *others = most
        self._people = [subject]
        for other in others:
            if cosine(subject.seen.total, other.seen.total) >= self._same:
                subject.absorb(other)
            else:
                self._people.append(other)
        return subject

    def rival(self) -> int:
        """In how many frames whoever was seen most but for the subject was seen."""
        return max((one.seen.faces for one in self._people[1:]), default=0)
