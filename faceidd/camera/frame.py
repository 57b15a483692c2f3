"""Frame: one image from a camera."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceidd.units import Instant

Image = NDArray[np.uint8]
"""uint8 (H, W, 3), blue-green-red as OpenCV gives it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One image from a camera, made read-only so that every room sees the same light.

    Attributes:
        image: uint8 (H, W, 3) BGR, not writable.
        captured_at: When the image was taken from its source, on the monotonic clock.
        sequence: Count of images since the source was opened, from 0; gaps are dropped frames.
    """

    image: Image
    captured_at: Instant
    sequence: int

    def __post_init__(self) -> None:
        self.image.flags.writeable = False
