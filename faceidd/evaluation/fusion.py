"""Fusion as the door does it: photos into templates, the frames of a visit into one embedding."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from faceidd.access.presence import MOST_SIGHTINGS, Continuity, Presence, Sighting
from faceidd.enroll.templates import Agreement, fuse
from faceidd.evaluation.embedded import Embedded
from faceidd.face.detection import Box
from faceidd.face.embedding import Embedding
from faceidd.gallery.metric import Values
from faceidd.units import Instant, Seconds

MOST_FRAMES = MOST_SIGHTINGS
"""More frames of a visit than this the door does not fuse."""


@dataclass(frozen=True, slots=True, eq=False)
class Fused:
    """Embeddings made of several.

    Attributes:
        vectors: float32 (N, D), unit norm.
        norms: float32 (N,), raw lengths.
    """

    vectors: Values
    norms: Values


class Fusion(Protocol):
    """How several embeddings of one person become fewer."""

    def templates(self, photos: Embedded) -> Fused:
        """Enroll a person from photos, at least one: into templates; into none if they disagree."""

    def visit(self, frames: Embedded) -> Fused:
        """Make one embedding of the frames of a visit, 1 to `MOST_FRAMES`."""


class DoorFusion:
    """The door's own: `enroll.templates` for photos, `access.presence` for visits.

    Args:
        agreement: When photos show one person.
    """

    def __init__(self, agreement: Agreement) -> None:
        self._agreement = agreement

    def templates(self, photos: Embedded) -> Fused:
        """Enroll a person; see `Fusion.templates`."""
        fused = fuse(photos.vectors, photos.norms, photos.weights, self._agreement)
        template = fused.template
        if template is None:
            return Fused(photos.vectors[:0], photos.norms[:0])
        return Fused(template.vector[None], np.array([template.norm], np.float32))

    def visit(self, frames: Embedded) -> Fused:
        """Make one embedding of the frames of a visit; see `Fusion.visit`.

        Raises:
            ValueError: There is no frame, or more than the door fuses.
        """
        return visit(frames)


def visit(frames: Embedded) -> Fused:
    """Make one embedding of the frames of a visit, 1 to `MOST_FRAMES`, as the door does.

    Raises:
        ValueError: There is no frame, or more than the door fuses.
    """
    if not 1 <= len(frames.photos) <= MOST_FRAMES:
        raise ValueError(f"a visit has 1 to {MOST_FRAMES} frames, not {len(frames.photos)}")
    sightings = [
        Sighting(Embedding(vector, float(norm), ""), float(weight), _PLACE, Instant(float(at)))
        for at, (vector, norm, weight) in enumerate(
            zip(frames.vectors, frames.norms, frames.weights, strict=True)
        )
    ]
    presence = Presence("", sightings[0], _ANY)
    for seen in sightings[1:]:
        presence.add(seen)
    evidence = presence.evidence(sightings[-1].seen_at, Seconds(float(len(sightings))))
    if evidence is None:  # never: no frame is older than the visit
        raise ValueError("a visit without a fresh frame")
    fused = evidence.embedding
    return Fused(fused.vector[None], np.array([fused.norm], np.float32))


_PLACE = Box(0, 0, 1, 1)
_ANY = Continuity(-1, -1)
