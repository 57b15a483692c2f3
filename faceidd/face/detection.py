"""Detection: a face found in a frame, and the seam every detector obeys."""

from dataclasses import dataclass
from typing import Protocol

from faceidd.camera.frame import Image

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """Axis-aligned rectangle in frame pixels; (x, y) is its top left corner, y grows downward.

    A box may reach over the frame's edge: a face half out of view keeps its true size.
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def center(self) -> Point:
        """Center in frame pixels."""
        return self.x + self.width / 2, self.y + self.height / 2

    def overlap(self, other: "Box") -> float:
        """Intersection over union, 0 (apart) to 1 (the same box)."""
        wide = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        high = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        if wide <= 0 or high <= 0:
            return 0.0
        shared = wide * high
        return shared / (self.width * self.height + other.width * other.height - shared)


@dataclass(frozen=True, slots=True)
class Detection:
    """Where a detector sees a face in a frame; `face.refinement` says what of it is one.

    Attributes:
        box: Where, as this detector draws its boxes, in frame pixels.
        score: The detector's confidence, 0..1; comparable within one detector only.
    """

    box: Box
    score: float


class FaceDetector(Protocol):
    """Finds faces no narrower than its size filter.

    The filter is part of the search, not a sieve behind it: a greater `min_face_px` makes the
    search cheaper.
    """

    @property
    def name(self) -> str:
        """The detector's name in configuration and galleries."""

    @property
    def square_scale(self) -> float:
        """Side of a square that frames the face, forehead to chin, in its boxes' longer side."""

    def detect(self, image: Image) -> tuple[Detection, ...]:
        """Find faces, widest first.

        Args:
            image: uint8 (H, W, 3) BGR, any size.

        Raises:
            ModelError: The detector's network failed to run.
        """
