"""Pictures with real faces of known size at known places, made of two public-domain portraits."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from faceidd.camera.frame import Image
from faceidd.models.portraits import PortraitName, portrait

EILEEN: PortraitName = "eileen_collins"
GRACE: PortraitName = "grace_hopper"
FACES: dict[PortraitName, tuple[int, int, int]] = {EILEEN: (225, 120, 100), GRACE: (265, 235, 197)}
"""Center (x, y) and width of the face in the portrait, from above the brows to below the lips."""
AROUND = 1.1
"""How much of the portrait comes along: face widths from the face's center to each side."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody in a scene: whose face, how wide and where its center is, in pixels."""

    name: PortraitName
    width: float
    center: tuple[float, float]


@cache
def picture(name: PortraitName) -> Image:
    """The whole portrait, BGR."""
    image = cv2.imread(str(portrait(name)), cv2.IMREAD_COLOR)
    assert image is not None
    return image.astype(np.uint8, copy=False)


def head(name: PortraitName, width: float) -> Image:
    """Head and neck of a portrait, square, scaled until the face has this width; BGR."""
    x, y, face = FACES[name]
    reach = round(AROUND * face)
    part = picture(name)[y - reach : y + reach, x - reach : x + reach]
    side = round(2 * reach * width / face)
    how = cv2.INTER_AREA if width < face else cv2.INTER_LINEAR
    return cv2.resize(part, (side, side), interpolation=how).astype(np.uint8, copy=False)


def scene(*visitors: Visitor, size: tuple[int, int] = (640, 480)) -> Image:
    """A frame of (width, height), gray from dark to light, with people, the later in front."""
    wide, high = size
    margin = max(size)
    grays = np.linspace(40, 215, wide + 2 * margin).astype(np.uint8)
    canvas = np.tile(grays[:, None], (high + 2 * margin, 1, 3))
    for visitor in visitors:
        part = head(visitor.name, visitor.width)
        half = part.shape[0] // 2
        left = margin + round(visitor.center[0]) - half
        top = margin + round(visitor.center[1]) - half
        canvas[top : top + part.shape[0], left : left + part.shape[1]] = part
    return canvas[margin : margin + high, margin : margin + wide].copy()
