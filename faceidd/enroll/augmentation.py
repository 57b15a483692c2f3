"""A photo -> another one, as if lit, held or received differently: six changes, mixed at random.

Each change is a call or two of OpenCV or NumPy. What they do to recognition is measured, see
docs/enrollment.md: a gallery is better without them, so `enroll folder` makes none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from faceidd.camera.frame import Image
from faceidd.errors import EnrollmentError

Range = tuple[float, float]
"""Least and greatest value; one between them is drawn, all equally likely."""
Random = np.random.Generator


class Change(StrEnum):
    """What can be done to a photo, and what its range means."""

    FLIP = "flip"
    """Left and right exchanged; has no range."""
    TILT = "tilt"
    """Turned clockwise about its middle, in degrees; what comes in repeats the edge."""
    NOISE = "noise"
    """Gaussian noise of this standard deviation added to each channel, in gray values."""
    BRIGHTNESS = "brightness"
    """So many gray values added."""
    CONTRAST = "contrast"
    """Distance from the mean gray multiplied by this."""
    SALT_PEPPER = "salt-pepper"
    """This share of the pixels made black or white."""


RANGES: Mapping[Change, Range] = {
    Change.FLIP: (0, 0),
    Change.TILT: (-15, 15),
    Change.NOISE: (5, 15),
    Change.BRIGHTNESS: (-50, 50),
    Change.CONTRAST: (0.6, 1.4),
    Change.SALT_PEPPER: (0.005, 0.02),
}
"""Where none is named."""
LIMITS: Mapping[Change, Range] = {
    Change.FLIP: (0, 0),
    Change.TILT: (-180, 180),
    Change.NOISE: (0, 255),
    Change.BRIGHTNESS: (-255, 255),
    Change.CONTRAST: (0, 10),
    Change.SALT_PEPPER: (0, 1),
}
"""What a range may reach."""


@dataclass(frozen=True, slots=True)
class Mix:
    """Which changes are mixed.

    Attributes:
        ranges: The changes, each with its range.
        most: Most changes of one photo; of 1 to so many each number is equally likely.

    Raises:
        EnrollmentError: A range is reversed, or reaches beyond `LIMITS`.
    """

    ranges: Mapping[Change, Range]
    most: int

    def __post_init__(self) -> None:
        for change, (least, most) in self.ranges.items():
            lowest, highest = LIMITS[change]
            if not lowest <= least <= most <= highest:
                raise EnrollmentError(
                    f"{change} cannot go from {least:g} to {most:g}",
                    do=f"name the smaller number first, both from {lowest:g} to {highest:g}",
                )

    def apply(self, image: Image, random: Random) -> Image:
        """Change a photo, uint8 (H, W, 3) BGR, by some of the changes in a random order."""
        count = int(random.integers(1, min(self.most, len(self.ranges)), endpoint=True))
        for name in random.choice(sorted(self.ranges), count, replace=False):
            change = Change(name)
            image = apply(change, image, float(random.uniform(*self.ranges[change])), random)
        return image


def apply(change: Change, image: Image, value: float, random: Random) -> Image:
    """Change a photo.

    Args:
        change: How.
        image: uint8 (H, W, 3) BGR; left as it is.
        value: How much, in the change's unit.
        random: Says where noise falls.

    Returns:
        A new picture of the same shape.
    """
    return _CHANGES[change](image, value, random)


def _flip(image: Image, _value: float, _random: Random) -> Image:
    return _pixels(cv2.flip(image, 1))


def _tilt(image: Image, value: float, _random: Random) -> Image:
    height, width = image.shape[:2]
    # OpenCV counts counterclockwise.
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -value, 1)
    return _pixels(cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE))


def _noise(image: Image, value: float, random: Random) -> Image:
    noise = random.standard_normal(image.shape, np.float32) * np.float32(value)
    return _pixels(image + noise)


def _brightness(image: Image, value: float, _random: Random) -> Image:
    return _pixels(image.astype(np.float32) + np.float32(value))


def _contrast(image: Image, value: float, _random: Random) -> Image:
    mean = np.float32(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).mean())
    return _pixels(mean + (image.astype(np.float32) - mean) * np.float32(value))


def _salt_pepper(image: Image, value: float, random: Random) -> Image:
    drawn = random.random(image.shape[:2], np.float32)
    changed = image.copy()
    changed[drawn < value / 2] = 0
    changed[drawn > 1 - value / 2] = 255
    return changed


def _pixels(values: NDArray[Any]) -> Image:
    pixels: Image = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return pixels


_CHANGES: Mapping[Change, Callable[[Image, float, Random], Image]] = {
    Change.FLIP: _flip,
    Change.TILT: _tilt,
    Change.NOISE: _noise,
    Change.BRIGHTNESS: _brightness,
    Change.CONTRAST: _contrast,
    Change.SALT_PEPPER: _salt_pepper,
}
