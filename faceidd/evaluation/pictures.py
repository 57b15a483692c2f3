"""Pictures of faces for a report: what the model sees of a photo's subject, as data URIs."""

import base64
from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2

from faceidd.camera.frame import Image
from faceidd.evaluation.subject import Subject, read_image, subject
from faceidd.face.alignment import align
from faceidd.face.recognizer import Recognizer

SIDE_PX = 112
JPEG_QUALITY = 85

FaceChoice = Callable[[Image, Recognizer], Subject | None]
"""A photo -> the face it is of; None if there is none."""
FacePicture = Callable[[Path], str | None]
"""A photo's file -> data URI of the picture of its subject; None if there is none."""


def aligned_faces(recognizer: Recognizer, choose: FaceChoice = subject) -> FacePicture:
    """Make pictures of faces as a recognizer's embedder sees them.

    Args:
        recognizer: The one that embedded the photos.
        choose: How the face was chosen that was embedded.
    """

    @cache
    def picture(path: Path) -> str | None:
        image = read_image(path)
        seen = None if isinstance(image, str) else choose(image, recognizer)
        if seen is None:
            return None
        return jpeg_uri(align(seen.image, seen.found.face, recognizer.rule, SIDE_PX).image)

    return picture


def jpeg_uri(image: Image) -> str:
    """A picture, uint8 (H, W, 3) BGR, as a data URI."""
    _, content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(content.tobytes()).decode()
