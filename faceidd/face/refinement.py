"""Detection -> Face: the same exact box and five landmarks, whichever detector found it.

Every detector draws its box differently, and most give no landmarks. MTCNN's O-Net looks at two
squares around the box: it refuses what is no face, the mean of its two answers is the face's box,
and how far they disagree tells how sure its landmarks are. A last look, at the square of that
box, gives the landmarks themselves. Crop, pose and quality are measured from these.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from faceidd.camera.frame import Image
from faceidd.errors import ModelError
from faceidd.face.detection import Box, Detection, Point
from faceidd.face.onet import Floats, OutputNet, squared

Landmarks = tuple[Point, Point, Point, Point, Point]
"""Right eye, left eye (the subject's), nose tip, right and left mouth corner, in frame pixels."""

SQUARES = (0.92, 1.1)
"""Sides of the two squares, in units of the detector's own square."""
LEAST_SIDE_PX = 2.0
"""A shorter box is none of a face."""
MOST_SIDE = 2.0
"""Nor is one that is longer than this many times the frame."""
LEAST_SCORE = 0.7
"""Least chance of a face (paper, section II.C). Of 4,400 faces of all sets measured 5 fall below,
all of them profiles or no faces."""


@dataclass(frozen=True, slots=True)
class Face:
    """A face in a frame, exactly.

    Attributes:
        box: Forehead to chin, ear to ear, in frame pixels; may reach over the frame's edge.
        score: Chance that it is a face, 0..1.
        landmarks: The five points.
        spread: How far apart the network's answers for one landmark lie at most, in units of the
            distance between the eyes. Below 0.1 for a face in full view; more for a covered one.
    """

    box: Box
    score: float
    landmarks: Landmarks
    spread: float


class Refiner:
    """Refines what a detector found.

    Args:
        network: O-Net.
        square_scale: Side of the detector's own square, in units of its boxes' longer side.
        min_score: Least chance of a face, 0..1.
    """

    def __init__(
        self, network: OutputNet, *, square_scale: float, min_score: float = LEAST_SCORE
    ) -> None:
        self._network = network
        self._scales = tuple(square_scale * size for size in SQUARES)
        self._min_score = min_score

    def refine(self, image: Image, found: Sequence[Detection]) -> tuple[Face | None, ...]:
        """Refine the detections of one image.

        Args:
            image: uint8 (H, W, 3) BGR.
            found: What a detector found in it.

        Returns:
            A face for each detection in order, None where the network sees no face or the
            middle of it lies outside of the frame.

        Raises:
            ModelError: The network failed.
        """
        faces: list[Face | None] = [None] * len(found)
        seen = [row for row, one in enumerate(found) if _is_in_view(one.box, image)]
        if not seen:
            return tuple(faces)
        try:
            looked = self._look(image, [found[row].box for row in seen])
        except (cv2.error, ValueError) as error:
            raise ModelError(
                f"O-Net failed on an image of shape {image.shape}: {error}",
                do="run `faceidd model verify mtcnn`",
            ) from error
        for row, face in zip(seen, looked, strict=True):
            faces[row] = face
        return tuple(faces)

    def _look(self, image: Image, seen: Sequence[Box]) -> tuple[Face | None, ...]:
        boxes = np.array([_corners(box) for box in seen], np.float32)
        squares = np.concatenate([squared(boxes, scale) for scale in self._scales])
        rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
        answers = self._network.look(rgb, squares)
        views = (len(self._scales), len(seen))
        scores = answers.scores.reshape(views).min(axis=0)
        corners = answers.boxes.reshape(*views, 4).mean(axis=0)
        landmarks = answers.landmarks.reshape(*views, 5, 2)
        return tuple(
            self._face(rgb, corners[row], float(scores[row]), landmarks[:, row])
            for row in range(len(seen))
        )

    def _face(self, rgb: Image, corners: Floats, score: float, views: Floats) -> Face | None:
        left, top, right, bottom = (float(edge) for edge in corners)
        box = Box(left, top, right - left, bottom - top)
        if score < self._min_score or not _is_in_view(box, rgb):
            return None
        points = self._network.look(rgb, squared(corners[None])).landmarks[0]
        eyes = float(np.linalg.norm(points[1] - points[0]))
        if not eyes > 0:
            return None
        spread = float(np.linalg.norm(np.ptp(views, axis=0), axis=1).max()) / eyes
        eye_r, eye_l, nose, mouth_r, mouth_l = ((float(x), float(y)) for x, y in points)
        return Face(box, score, (eye_r, eye_l, nose, mouth_r, mouth_l), spread)


def _is_in_view(box: Box, image: Image) -> bool:
    """Whether a box can be looked at; none with an edge that is not a number can."""
    height, width = image.shape[:2]
    x, y = box.center
    longest = max(box.width, box.height)
    fits = LEAST_SIDE_PX <= longest <= MOST_SIDE * max(width, height)
    return bool(fits and 0 <= x <= width and 0 <= y <= height)


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.x + box.width, box.y + box.height
