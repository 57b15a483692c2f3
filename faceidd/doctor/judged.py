"""Judged photos: which are one picture, and what is to be said of each one's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from faceidd.access.presence import room
from faceidd.doctor.copies import find_copies
from faceidd.doctor.labels import Label, Labels, judge_labels
from faceidd.doctor.same_people import find_same_people
from faceidd.doctor.views import View


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Photos, held against each other.

    Attributes:
        views: All of them.
        copies: Pairs that are one picture, as indices of `views`.
        repeated: Those that repeat a picture of the same person and look.
        compared: Those that show a face and do not repeat one, in the order of `labels`.
        labels: What is to be said of their names.
        same_people: Pairs of names that look like one person.
        names: Place of a person in `labels.nearest` -> a name of theirs.
    """

    views: tuple[View, ...]
    copies: tuple[tuple[int, int], ...]
    repeated: frozenset[int]
    compared: tuple[View, ...]
    labels: Labels
    same_people: tuple[tuple[str, str], ...]
    names: tuple[str, ...]

    def label(self, view: View) -> Label | None:
        """What is to be said of a photo's name; None for one that was not compared."""
        row = next((row for row, one in enumerate(self.compared) if one is view), None)
        return None if row is None else self.labels.labels[row]

    def example(self, name: str, but: View | None = None) -> tuple[Path, ...]:
        """A photo that shows a person, if there is one: the path, or nothing."""
        return next(
            (
                (one.photo.path,)
                for one, label in zip(self.compared, self.labels.labels, strict=True)
                if one.photo.name == name and one is not but and label is not Label.ANOTHERS
            ),
            (),
        )


def judge_photos(views: Sequence[View], same_face: float) -> Judged:
    """Hold photos against each other.

    Args:
        views: All photos.
        same_face: Cosine at which the model that saw them tells two faces apart.
    """
    copies = find_copies(views)
    filed = [(one.photo.name, one.photo.look) for one in views]
    repeated = frozenset(right for left, right in copies if filed[left] == filed[right])
    compared, vectors = [], []
    for row, one in enumerate(views):
        if one.embedding is not None and row not in repeated:
            compared.append(one)
            vectors.append(one.embedding.vector)
    stack = np.stack(vectors) if vectors else np.empty((0, 1), np.float32)
    names = sorted({one.photo.name for one in compared})
    place = {name: at for at, name in enumerate(names)}
    people = np.array([place[one.photo.name] for one in compared], np.intp)
    pairs = find_same_people(stack, people, room(same_face))
    for first, second in pairs:  # held against the others they are one person
        kept, joined = place[names[first]], place[names[second]]
        place = {name: kept if at == joined else at for name, at in place.items()}
    looks = sorted({(one.photo.name, one.photo.look) for one in compared})
    labels = judge_labels(
        stack,
        np.array([looks.index((one.photo.name, one.photo.look)) for one in compared], np.intp),
        np.array([place[name] for name, _ in looks], np.intp),
        room(same_face),
    )
    same_people = tuple((names[first], names[second]) for first, second in pairs)
    return Judged(
        tuple(views), copies, repeated, tuple(compared), labels, same_people, tuple(names)
    )
