"""Cutting a rectangle out of an image, also where it reaches over the image's edge."""

import cv2
import numpy as np

from faceidd.camera.frame import Image
from faceidd.face.detection import Box


def cut(
    image: Image, box: Box, size: tuple[int, int], *, border: int = cv2.BORDER_REPLICATE
) -> Image:
    """Resample the part of an image under a box to a given size.

    Shrinking to half and less averages the pixels it merges, so that a large face and a small one
    reach a model equally smooth; up to there neighbors are interpolated, which is cheaper.

    Args:
        image: uint8 (H, W, 3).
        box: Rectangle in the image's pixels; rounded to whole pixels, may leave the image.
        size: Width and height of the result.
        border: OpenCV border type for what lies outside of the image.

    Returns:
        uint8 (size[1], size[0], 3), a copy.

    Raises:
        ValueError: The box does not touch the image or is far larger than it.
    """
    height, width = image.shape[:2]
    left, top = round(box.x), round(box.y)
    right, bottom = left + max(1, round(box.width)), top + max(1, round(box.height))
    if not (left < width and top < height and right > 0 and bottom > 0):
        raise ValueError("the box lies outside of the image")
    if max(right - left, bottom - top) > 4 * max(height, width):
        raise ValueError("the box is more than four times as large as the image")
    inside = image[max(0, top) : min(bottom, height), max(0, left) : min(right, width)]
    missing = (max(0, -top), max(0, bottom - height), max(0, -left), max(0, right - width))
    if any(missing):
        inside = cv2.copyMakeBorder(inside, *missing, border).astype(np.uint8, copy=False)
    shrinking = inside.shape[0] >= 2 * size[1] or inside.shape[1] >= 2 * size[0]
    how = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    return cv2.resize(inside, size, interpolation=how).astype(np.uint8, copy=False)
