"""Galleries and embeddings with chosen numbers."""

from collections.abc import Mapping, Sequence

import numpy as np

from faceidd.face.embedding import Embedding
from faceidd.gallery.gallery import Gallery, Person

MODEL = "a" * 64


def embedding(*raw: float, model_id: str = MODEL) -> Embedding:
    """What a model with this raw output says."""
    return Embedding.from_raw(np.array(raw, np.float32), model_id)


def gallery(people: Mapping[str, Sequence[Embedding]], dimension: int = 3) -> Gallery:
    """A gallery of people and their templates; the ids are the names in small letters."""
    rows = [(owner, one) for owner, some in enumerate(people.values()) for one in some]
    vectors = [one.vector for _, one in rows] or [np.empty((0, dimension), np.float32)]
    return Gallery(
        model_id=MODEL,
        model_name="facenet int8",
        detector="blazeface",
        people=tuple(Person(name.lower(), name) for name in people),
        vectors=np.vstack(vectors),
        norms=np.array([one.norm for _, one in rows], np.float32),
        owners=np.array([owner for owner, _ in rows], np.intp),
        photos=np.ones(len(rows), np.int64),
    )
