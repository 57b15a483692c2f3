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
PAD = 0.25
"""Width of the black edge put around a tightly cut photo, in the photo's heights."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The faces of a photo.

    Attributes:
        image: The picture they were found in, uint8 (H, W, 3) BGR: the photo, padded where that
            helped.
        faces: What was found, widest first; the gate may have rejected some or all.
    """

    image: Image
    faces: tuple[FoundFace, ...]


def find_in_photo(recognizer: Recognizer, image: Image) -> Found:
    """Find the faces of a photo, also of one that is cut as tightly as only photos are.

    Where there is no face that can be used, and none or one at the edge that cannot, the photo is
    padded and searched once more.

    Args:
        recognizer: Finds faces.
        image: The photo, uint8 (H, W, 3) BGR.

    Raises:
        ModelError: A network failed.
    """
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
