"""Drawn face: a picture that everybody has and that shows nobody, with a face where it was drawn.

It is what a door tests itself with. All detectors find it, and the refiner finds its landmarks.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from faceidd.camera.frame import Image
from faceidd.face.detection import Box
from faceidd.face.refinement import Landmarks

SIZE = (640, 480)
"""Width and height of the picture."""
CENTER = (320, 240)
PICTURE = "drawn-face/1"
"""Its name; another one, should it ever be drawn otherwise: answers about it are written down."""
_SHIFT = 4  # bits of fraction that OpenCV draws with
_WALL = (130, 140, 150)
_SHAPES: tuple[tuple[float, float, float, float, tuple[int, int, int]], ...] = (
    # dx, dy, half width, half height, color (BGR); those that follow lie above.
    (0, 210, 150, 90, (90, 60, 50)),  # shoulders
    (0, 110, 45, 70, (110, 140, 190)),  # neck
    (0, -25, 112, 140, (30, 40, 55)),  # hair
    (0, 10, 92, 122, (135, 170, 220)),  # face
    (0, 20, 14, 34, (125, 158, 208)),  # nose
    (4, 24, 6, 28, (150, 185, 230)),
    (-45, 45, 24, 18, (125, 155, 215)),  # cheeks
    (45, 45, 24, 18, (125, 155, 215)),
    *(
        (side * 40 + dx, dy, wide, high, color)
        for side in (-1, 1)
        for dx, dy, wide, high, color in (
            (0, -38, 26, 6, (40, 55, 80)),  # brow
            (0, -14, 24, 14, (112, 142, 185)),  # socket
            (0, -12, 19, 9, (235, 235, 240)),  # eye
            (0, -12, 9, 9, (50, 40, 35)),
            (0, -12, 4, 4, (10, 10, 10)),
            (0, -20, 20, 4, (50, 60, 80)),  # lid
        )
    ),
    (0, 45, 20, 11, (120, 153, 203)),  # tip of the nose
    (-10, 50, 6, 4, (60, 80, 120)),
    (10, 50, 6, 4, (60, 80, 120)),
    (0, 82, 34, 11, (95, 95, 175)),  # mouth
    (0, 80, 32, 2.5, (50, 50, 100)),
    (0, 105, 24, 6, (120, 153, 203)),  # chin
)
_LANDMARKS: Landmarks = ((280, 228), (360, 228), (320, 285), (288, 321), (352, 321))


@dataclass(frozen=True, slots=True, eq=False)
class DrawnFace:
    """The picture, and what is to be found in it.

    Attributes:
        image: uint8 (480, 640, 3) BGR.
        box: The face, forehead to chin.
        landmarks: Right eye, left eye (the subject's), nose tip, right and left mouth corner.
    """

    image: Image
    box: Box
    landmarks: Landmarks


def drawn_face() -> DrawnFace:
    """Draw it."""
    width, height = SIZE
    image = np.full((height, width, 3), _WALL, np.uint8)
    x, y = CENTER
    for dx, dy, wide, high, color in _SHAPES:
        center, axes = _fixed(x + dx, y + dy), _fixed(wide, high)
        cv2.ellipse(image, center, axes, 0, 0, 360, color, cv2.FILLED, cv2.LINE_AA, _SHIFT)
    cv2.GaussianBlur(image, (0, 0), 1.5, dst=image)
    return DrawnFace(
        image,
        Box(x - 92, y - 112, 184, 244),
        _LANDMARKS,
    )


def _fixed(first: float, second: float) -> tuple[int, int]:
    return round(first * (1 << _SHIFT)), round(second * (1 << _SHIFT))
