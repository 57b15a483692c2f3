"""Labeled photos with embeddings that are made up, to be measured without a model."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faceidd.enroll.templates import Agreement
from faceidd.evaluation.embedded import Embedded, Refused
from faceidd.evaluation.fusion import DoorFusion
from faceidd.evaluation.labeled import LabeledPhoto

Vectors = NDArray[np.float32]
FUSION = DoorFusion(Agreement.of_model(0.74))
"""The door's, with the limits of FaceNet."""


def unit(vectors: NDArray[np.float64] | Vectors) -> Vectors:
    """Vectors (N, D) brought to unit norm."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / lengths, np.float32)


def photo(
    name: str,
    person: str,
    *,
    set: str = "all",  # noqa: A002 - as the record calls it
    group: str = "all",
    session: str = "",
) -> LabeledPhoto:
    return LabeledPhoto(Path(name), set, person, group, session)


def embedded(
    photos: Sequence[LabeledPhoto], vectors: Vectors, refused: Mapping[LabeledPhoto, str] = {}
) -> Embedded:
    """Photos with these embeddings, and photos that gave none, each with its reason."""
    ones = np.ones(len(photos), np.float32)
    return Embedded(
        tuple(photos),
        vectors,
        ones,
        ones,
        tuple(Refused(one, reason) for one, reason in refused.items()),
    )


def crowd(
    people: int,
    photos: int,
    *,
    spread: float = 0.3,
    dimension: int = 32,
    seed: int = 0,
    set: str = "all",  # noqa: A002 - as the record calls it
    group: str = "all",
    sessions: int = 0,
) -> Embedded:
    """People in directions drawn at random, each with photos that scatter around theirs.

    Args:
        people: How many.
        photos: Of each.
        spread: Length of the scatter, in units of the person's own direction.
        dimension: Of the embeddings.
        seed: Of the drawing.
        set: Theirs.
        group: Theirs.
        sessions: Sessions that each person's photos are dealt out to; 0 names none.
    """
    random = np.random.default_rng(seed)
    centers = unit(random.normal(size=(people, 1, dimension)))
    scatter = random.normal(size=(people, photos, dimension)) * spread / np.sqrt(dimension)
    vectors = unit((centers + scatter).reshape(-1, dimension))
    labeled = [
        photo(
            f"{set}/{person:03d}_{number}.png",
            f"{set} person {person:03d}",
            set=set,
            group=group,
            session=str(number % sessions) if sessions else "",
        )
        for person in range(people)
        for number in range(photos)
    ]
    return embedded(labeled, vectors)


def together(*parts: Embedded) -> Embedded:
    """The photos of several, one after the other."""
    return Embedded(
        tuple(one for part in parts for one in part.photos),
        np.concatenate([part.vectors for part in parts]),
        np.concatenate([part.norms for part in parts]),
        np.concatenate([part.weights for part in parts]),
        tuple(one for part in parts for one in part.refused),
    )
