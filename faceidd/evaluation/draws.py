"""Draws for open-set identification: who is enrolled from which photos, and which frames come.

Half the people of a set, drawn at random, are strangers; the others are enrolled, as far as they
have photos enough. Whoever has not is a stranger as often as others, and never enrolled.
Where the sessions of photos are known, a visit is of one session, and never of one of those that
the person was enrolled from: at a door nobody comes on the day of enrollment only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceidd.evaluation.labeled import LabeledPhoto

Rows = NDArray[np.intp]
"""intp (N,), rows of an `Embedded`."""


@dataclass(frozen=True, slots=True)
class DrawRules:
    """What is drawn.

    Attributes:
        photos: Photos each person is enrolled from.
        frames: Frames a visit has; fewer where a person has not so many photos left.
        repeats: Times that people and photos are drawn anew.
        seed: Of the draws; the same seed gives the same draws.
    """

    photos: int = 3
    frames: int = 3
    repeats: int = 100
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """One draw.

    Attributes:
        enrolled: The photos of each enrolled person.
        visits: Visits of enrolled people, each with the index of its person in `enrolled`.
        strangers: Visits of people who are not enrolled.
    """

    enrolled: tuple[Rows, ...]
    visits: tuple[tuple[int, Rows], ...]
    strangers: tuple[Rows, ...]


class Drawing:
    """The people of a set, ready to be drawn from.

    Args:
        photos: Photos of one set.
        rules: What is drawn.
    """

    def __init__(self, photos: Sequence[LabeledPhoto], rules: DrawRules) -> None:
        self._rules = rules
        self._sessions = any(photo.session for photo in photos)
        by_person: dict[str, dict[str, list[int]]] = {}
        for row, photo in enumerate(photos):
            sessions = by_person.setdefault(photo.identity, {})
            sessions.setdefault(photo.session, []).append(row)
        self._people = [
            [np.array(rows, np.intp) for _, rows in sorted(sessions.items())]
            for _, sessions in sorted(by_person.items())
        ]
        self._able = {at for at, one in enumerate(self._people) if self._is_able(one)}

    @property
    def people(self) -> int:
        """How many people there are."""
        return len(self._people)

    @property
    def able(self) -> int:
        """How many of them have photos enough to be enrolled and to come again."""
        return len(self._able)

    def draw(self, random: np.random.Generator) -> Draw | None:
        """Draw once; None where nobody of the half that was drawn can be enrolled."""
        order = [int(at) for at in random.permutation(len(self._people))]
        half = len(order) // 2
        splits = [self._split(self._people[at], random) for at in order[:half] if at in self._able]
        if not splits:
            return None
        return Draw(
            tuple(photos for photos, _ in splits),
            tuple(
                (owner, visit)
                for owner, (_, left) in enumerate(splits)
                for visit in self._visits(left, random)
            ),
            tuple(visit for at in order[half:] for visit in self._visits(self._people[at], random)),
        )

    def _is_able(self, sessions: list[Rows]) -> bool:
        photos = sum(session.size for session in sessions)
        if not self._sessions:
            return photos > self._rules.photos
        return len(sessions) > 1 and photos - min(map(len, sessions)) >= self._rules.photos

    def _split(self, sessions: list[Rows], random: np.random.Generator) -> tuple[Rows, list[Rows]]:
        """The photos to enroll a person from, and what is left for visits, by session."""
        wanted = self._rules.photos
        if not self._sessions:
            rows = random.permutation(sessions[0])
            return rows[:wanted], [rows[wanted:]]
        photos = sum(session.size for session in sessions)
        spare = [at for at, one in enumerate(sessions) if photos - one.size >= wanted]
        kept = int(random.choice(spare))
        others = [int(at) for at in random.permutation(len(sessions)) if at != kept]
        taken: list[Rows] = []
        while sum(map(len, taken)) < wanted:
            taken.append(random.permutation(sessions[others.pop()]))
        return np.concatenate(taken)[:wanted], [sessions[at] for at in [kept, *others]]

    def _visits(self, sessions: list[Rows], random: np.random.Generator) -> list[Rows]:
        """Cut photos into visits; a rest of fewer frames is a visit only where it is all."""
        visits = []
        for session in sessions:
            rows = random.permutation(session)
            frames = min(self._rules.frames, rows.size)
            whole = rows.size // frames * frames
            visits += list(rows[:whole].reshape(-1, frames))
        return visits
