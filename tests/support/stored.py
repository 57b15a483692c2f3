"""What the tests of the store put into it."""

import base64
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from pyrage import x25519

from faceidd.gallery.gallery import Gallery, Person
from faceidd.store.addition import AdditionRules
from faceidd.sync.door_file import DoorFile

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULES = AdditionRules(alike=0.7)
MODEL = "a" * 64


def door_file(door: str = "front", *, model_id: str = MODEL) -> DoorFile:
    """The file of a door with a key of its own."""
    return DoorFile(
        door=door,
        recipient=str(x25519.Identity.generate().to_public()),
        model_id=model_id,
        model_name="facenet int8",
        signing_key=base64.b64encode(bytes(32)).decode(),
    )


def faces(count: int, dimension: int = 128, *, seed: int = 0) -> NDArray[np.float32]:
    """Templates of people of whom no two are alike: float32 (N, D), unit norm."""
    raw = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    unit: NDArray[np.float32] = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    return unit


def people(
    names: dict[str, NDArray[np.float32]],
    *,
    model_id: str = MODEL,
    detector: str = "blazeface",
    groups: tuple[str, ...] = (),
) -> Gallery:
    """A gallery of people whose ids are their names, each with their templates."""
    rows = [
        (owner, row) for owner, some in enumerate(names.values()) for row in np.atleast_2d(some)
    ]
    count = len(rows)
    return Gallery(
        model_id=model_id,
        model_name=f"model {model_id[0]}",
        detector=detector,
        people=tuple(Person(name, name, groups=groups) for name in names),
        vectors=np.stack([row for _, row in rows]),
        norms=np.linspace(0.1, 12, count, dtype=np.float32),
        owners=np.array([owner for owner, _ in rows], np.intp),
        photos=np.arange(1, count + 1, dtype=np.int64),
    )
