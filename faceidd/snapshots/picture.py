"""The picture of a face: cut out with a margin, bounded in size, and nothing in it but pixels."""

import cv2
import numpy as np

from faceidd.camera.frame import Image
from faceidd.face.detection import Box
from faceidd.face.region import cut

MARGIN = 0.25
"""What is shown around the face, in parts of the longer side of its box."""
LONGEST_PX = 480
MOST_BYTES = 64 * 1024
QUALITIES = (90, 80, 65, 50, 35)
"""JPEG qualities, the best that is small enough is taken."""
SHRINK = 0.7


def face_picture(image: Image, box: Box) -> bytes:
    """Make the picture of a face in a frame.

    Args:
        image: uint8 (H, W, 3) BGR.
        box: The face; may reach over the frame's edge, and the picture then ends there.

    Returns:
        A JPEG of at most `LONGEST_PX` a side and `MOST_BYTES`, without metadata: OpenCV writes
        none but the JFIF header.

    Raises:
        ValueError: The box lies outside of the frame.
    """
    place = _within(image, box)
    scale = min(1.0, LONGEST_PX / max(place.width, place.height))
    while True:
        size = (max(1, round(scale * place.width)), max(1, round(scale * place.height)))
        picture = cut(image, place, size)
        for quality in QUALITIES:
            jpeg = _jpeg(picture, quality)
            if len(jpeg) <= MOST_BYTES:
                return jpeg
        scale *= SHRINK


def _within(image: Image, box: Box) -> Box:
    height, width = image.shape[:2]
    around = MARGIN * max(box.width, box.height)
    left, top = max(0, round(box.x - around)), max(0, round(box.y - around))
    right = min(width, round(box.x + box.width + around))
    bottom = min(height, round(box.y + box.height + around))
    if left >= right or top >= bottom:
        raise ValueError("the face lies outside of the frame")
    return Box(left, top, right - left, bottom - top)


def _jpeg(picture: Image, quality: int) -> bytes:
    made, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not made:
        raise ValueError("OpenCV made no JPEG")
    return np.asarray(jpeg).tobytes()
