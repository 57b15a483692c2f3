"""Haar cascade over OpenCV (Viola and Jones, 2001): needs no model pack.

The cascade file comes with OpenCV's own package, under OpenCV's Apache-2.0 license.
"""

import math
from pathlib import Path

import cv2
import cv2.data

from faceidd.camera.frame import Image
from faceidd.errors import ModelError
from faceidd.face.detection import Box, Detection

SCALE_STEP = 1.1
NEIGHBORS = 5


class Haar:
    """Finds frontal faces with OpenCV's `haarcascade_frontalface_default`.

    Args:
        min_face_px: The smallest window that is searched.
        min_score: Least confidence, 0..1: the logistic function of the last stage's unbounded
            weight. What barely passes the cascade scores 0.05, a clear face 0.99.

    Raises:
        ModelError: This OpenCV carries no cascade (OpenCV 5 dropped them).
    """

    name = "haar"
    square_scale = 1.0

    def __init__(self, *, min_face_px: int, min_score: float = 0.5) -> None:
        file = Path(cv2.data.haarcascades) / "haarcascade_frontalface_default.xml"
        if not file.is_file():
            raise ModelError(
                f"OpenCV {cv2.__version__} carries no Haar cascade",
                do="install opencv-python-headless 4.x or choose another detector.name",
            )
        self._cascade = cv2.CascadeClassifier(str(file))
        self._min_face_px = min_face_px
        self._min_score = min_score

    def detect(self, image: Image) -> tuple[Detection, ...]:
        """Find faces, widest first; see `FaceDetector.detect`."""
        gray = cv2.equalizeHist(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
        boxes, _, weights = self._cascade.detectMultiScale3(
            gray,
            scaleFactor=SCALE_STEP,
            minNeighbors=NEIGHBORS,
            minSize=(self._min_face_px, self._min_face_px),
            outputRejectLevels=True,
        )
        found = [
            Detection(Box(*(float(edge) for edge in box)), _logistic(float(weight)))
            for box, weight in zip(boxes, weights, strict=True)
        ]
        kept = (seen for seen in found if seen.score >= self._min_score)
        return tuple(sorted(kept, key=lambda seen: -seen.box.width))


def _logistic(weight: float) -> float:
    return 1 / (1 + math.exp(-weight))
