"""The subject of a photo: finding its faces, and which of them it is of."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from faceidd.camera.frame import Image
from faceidd.enroll.faults import Fault
from faceidd.face.quality import Rejection
from faceidd.face.recognizer import FoundFace, Recognizer

DOMINANT = 1.5
"""A face this many times as wide as the next is the photo's subject; others are passers-by."""
LONG_SIDE = 1280
"""Longer side of the copy of a large photo, in pixels."""
LEAST_SHRINKING = 0.67
SURE_PX = 160
"""Least width of a face in that copy that a model sees no better in the photo itself."""
PAD = 0.25
"""Width of the black edge put around a tightly cut photo, in the photo's heights."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The faces of a photo.

    Attributes:
        image: The picture they were found in, uint8 (H, W, 3) BGR: the photo, or a smaller copy,
            or padded where that helped.
        faces: What was found, widest first; the gate may have rejected some or all.
    """

    image: Image
    faces: tuple[FoundFace, ...]


def find_in_photo(recognizer: Recognizer, image: Image) -> Found:
    """Find the faces of a photo, also of one that is cut as tightly as only photos are.

    A large photo is searched in a smaller copy first, and that is all where its subject is large
    and sure there, for searching the whole takes seconds. Where there is no face that can be used,
    and none or one at the edge that cannot, the photo is padded and searched once more.

    Args:
        recognizer: Finds faces.
        image: The photo, uint8 (H, W, 3) BGR.

    Raises:
        ModelError: A network failed.
    """
    small = _shrunk(image)
    if small is not None:
        seen = recognizer.find(small)
        if seen and seen[0].quality.rejection is None and seen[0].face.box.width >= SURE_PX:
            return Found(small, seen)
    first = recognizer.find(image)
    reasons = {one.quality.rejection for one in first}
    if first and (None in reasons or Rejection.AT_EDGE not in reasons):
        return Found(image, first)
    edge = round(PAD * image.shape[0])
    wider = cv2.copyMakeBorder(image, edge, edge, edge, edge, cv2.BORDER_CONSTANT)
    padded = wider.astype(np.uint8, copy=False)
    again = recognizer.find(padded)
    helped = any(one.quality.rejection is None for one in again)
    return Found(padded, again) if helped or (again and not first) else Found(image, first)


def subject(faces: Sequence[FoundFace]) -> FoundFace | Fault:
    """Choose the face a photo is of, from those found in it, widest first."""
    if not faces:
        return Fault.NO_FACE
    if len(faces) > 1 and faces[0].face.box.width < DOMINANT * faces[1].face.box.width:
        return Fault.MANY_FACES
    rejection = faces[0].quality.rejection
    return faces[0] if rejection is None else Fault(rejection.value)


def _shrunk(image: Image) -> Image | None:
    """A smaller copy of a large photo; None where that would not be much smaller."""
    scale = LONG_SIDE / max(image.shape[:2])
    if scale > LEAST_SHRINKING:
        return None
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False)
