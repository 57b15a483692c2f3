"""Faces in a frame as the face room gives them, without a camera or a network."""

from faceidd.face.detection import Box
from faceidd.face.quality import Measures, Quality, Rejection
from faceidd.face.recognizer import FoundFace
from faceidd.face.refinement import Face

MEASURES = Measures(
    eyes_px=60,
    inside=1,
    yaw=0,
    pitch=0.5,
    roll_deg=0,
    brightness=120,
    dark=0,
    bright=0,
    blur=0.4,
    mouth_edges=1,
    spread=0.03,
)


def found(box: Box, rejection: Rejection | None = None, *, weight: float = 1.0) -> FoundFace:
    """A frontal face in a box, good or rejected."""
    wide, high = box.width, box.height
    eye_r, eye_l, nose, mouth_r, mouth_l = (
        (box.x + x * wide, box.y + y * high)
        for x, y in ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
    )
    face = Face(box, 0.99, (eye_r, eye_l, nose, mouth_r, mouth_l), spread=0.03)
    return FoundFace(face, Quality(rejection, weight, MEASURES))
