"""View: how large a face is in a picture, by how far away it is. Pure.

A pinhole camera: a picture `w` pixels wide that sees an angle `a` from left to right has a focal
length of `f = w / (2 tan(a / 2))` pixels, and what is `s` meters wide at `d` meters is `f s / d`
pixels wide.
"""

import math
from dataclasses import dataclass

FACE_WIDTH_M = 0.15
"""A face as it is boxed here; the bizygomatic breadth of adults is 0.12 to 0.16 m
(ANSUR II, https://www.openlab.psu.edu/ansur2/)."""
USUAL_VIEW_DEG = 60.0
"""Taken where `camera.view_deg` is not set; webcams and Raspberry Pi cameras have 54 to 78."""
NEAR_M = 0.5
"""Nobody puts their face nearer to a camera unasked."""


@dataclass(frozen=True, slots=True)
class View:
    """How a camera sees.

    Attributes:
        width: Of its picture before that is turned, pixels.
        degrees: What it sees from left to right.
    """

    width: int
    degrees: float

    def face_px(self, distance_m: float) -> float:
        """Width of a face in pixels.

        Args:
            distance_m: How far away it is, meters.
        """
        return self._focal_px * FACE_WIDTH_M / distance_m

    def reach_m(self, min_face_px: int) -> float:
        """How far away a face may be that is so many pixels wide, meters."""
        return self._focal_px * FACE_WIDTH_M / min_face_px

    @property
    def _focal_px(self) -> float:
        return self.width / (2 * math.tan(math.radians(self.degrees) / 2))
