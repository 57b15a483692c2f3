"""Views: what the doctor sees of each photo; a photo is read once and not kept."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceidd.camera.frame import Image
from faceidd.enroll.faults import Fault
from faceidd.enroll.photos import Photo
from faceidd.enroll.reading import decode, read_content
from faceidd.enroll.report import printable
from faceidd.enroll.subject import find_in_photo, subject
from faceidd.evaluation.subject import Subject
from faceidd.face.alignment import warp
from faceidd.face.embedding import Embedding
from faceidd.face.quality import Quality
from faceidd.face.quality_gate import POINTS, SIDE_PX
from faceidd.face.recognizer import Recognizer

WHOLE_PX, FACE_PX = 64, 32
"""Sides of the small gray pictures that copies of photos are found by."""

Thumb = NDArray[np.float32]
"""float32 (S, S): a picture in gray, small."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What was seen of a photo.

    Attributes:
        photo: The photo.
        sha256: Digest of its file; blank where it cannot be read.
        fault: Why enrollment refuses it; None if it does not.
        whole: The whole picture, S = `WHOLE_PX`; None where there is none.
        face: The face, warped to its place, S = `FACE_PX`; None where no face can be used.
        embedding: What the model says of that face; None likewise.
        quality: How good its picture is; None likewise.
    """

    photo: Photo
    sha256: str
    fault: Fault | None
    whole: Thumb | None = None
    face: Thumb | None = None
    embedding: Embedding | None = None
    quality: Quality | None = None

    @property
    def path(self) -> str:
        """The photo's path as it can be printed."""
        return printable(self.photo.path)


def view_photos(
    photos: Sequence[Photo],
    recognizer: Recognizer,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> tuple[View, ...]:
    """Look at photos as enrollment does.

    Args:
        photos: The photos.
        recognizer: The door's.
        progress: Told how many photos are done, of how many.

    Raises:
        ModelError: A network failed.
    """
    views = []
    for number, photo in enumerate(photos, 1):
        views.append(_view(photo, recognizer))
        progress(number, len(photos))
    return tuple(views)


def examined_face(image: Image, recognizer: Recognizer) -> Subject | None:
    """The face of a photo that `view_photos` looks at: the widest; None if there is none.

    Args:
        image: The photo, uint8 (H, W, 3) BGR.
        recognizer: Finds faces.

    Raises:
        ModelError: A network failed.
    """
    found = find_in_photo(recognizer, image)
    return Subject(found.image, found.faces[0]) if found.faces else None


def _view(photo: Photo, recognizer: Recognizer) -> View:
    content = read_content(photo.path)
    if isinstance(content, Fault):
        return View(photo, "", content)
    sha256, image = hashlib.sha256(content).hexdigest(), decode(content)
    if isinstance(image, Fault):
        return View(photo, sha256, image)
    found = find_in_photo(recognizer, image)
    chosen = subject(found.faces)
    whole = _small(image, WHOLE_PX)
    if isinstance(chosen, Fault):
        return View(photo, sha256, chosen, whole)
    warped = warp(found.image, chosen.face, POINTS, SIDE_PX)
    embedding = recognizer.embed(found.image, chosen.face)
    return View(photo, sha256, None, whole, _small(warped, FACE_PX), embedding, chosen.quality)


def _small(image: Image, side: int) -> Thumb:
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return cv2.resize(gray, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
