"""The subject of a photo: of the faces that enrollment finds in it, the one nearest to the center.

A photo for evaluation may show bystanders; none is refused for that, as enrollment would do.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from faceidd.camera.frame import Image
from faceidd.enroll import reading
from faceidd.enroll.faults import Fault
from faceidd.enroll.subject import PAD, find_in_photo
from faceidd.face.recognizer import FoundFace, Recognizer


@dataclass(frozen=True, slots=True)
class Subject:
    """The face a photo is of.

    Attributes:
        image: The picture it was found in, uint8 (H, W, 3) BGR: the photo, perhaps padded.
        found: The face in that picture, and its quality; the gate may have rejected it.
    """

    image: Image
    found: FoundFace


def read_image(path: Path) -> Image | str:
    """Read a photo, turned upright by its EXIF orientation.

    Returns:
        uint8 (H, W, 3) BGR; or why there is none, `missing` or as `enroll.faults` names it.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "unreadable"
    return decode(content)


def decode(content: bytes) -> Image | str:
    """Decode a photo's file; see `read_image` and `enroll.reading.decode`."""
    image = reading.decode(content)
    return image.value if isinstance(image, Fault) else image


def padded(image: Image) -> Image:
    """Put the same black edge around a photo, uint8 (H, W, 3) BGR, for a model other than ours."""
    edge = round(PAD * image.shape[0])
    wider = cv2.copyMakeBorder(image, edge, edge, edge, edge, cv2.BORDER_CONSTANT)
    return wider.astype(np.uint8, copy=False)


def subject(image: Image, recognizer: Recognizer) -> Subject | None:
    """Find the face a photo is of; a photo cut tightly is padded, see `enroll.subject`.

    Args:
        image: The photo, uint8 (H, W, 3) BGR.
        recognizer: Finds faces.

    Returns:
        The face, though the gate may have rejected it; None if there is none.

    Raises:
        ModelError: A network failed.
    """
    seen = find_in_photo(recognizer, image)
    if not seen.faces:
        return None
    height, width = seen.image.shape[:2]
    middle = np.array([width / 2, height / 2])
    centers = np.array([one.face.box.center for one in seen.faces])
    nearest = int(np.linalg.norm(centers - middle, axis=1).argmin())
    return Subject(seen.image, seen.faces[nearest])
