"""A shot: one face in one frame of a video, how good it is, and how it differs from others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceidd.camera.frame import Frame, Image
from faceidd.enroll.photo_folder import encode
from faceidd.face.detection import Box
from faceidd.face.embedding import Embedding
from faceidd.face.quality import Quality
from faceidd.face.quality_gate import Limits
from faceidd.face.recognizer import FoundFace

CONTEXT = 0.5
"""What is kept around a face on each side, in its width and height: enough to find it again."""
FULL_EYES_PX = 60
"""A larger distance between the eyes shows a model nothing more: its pictures are 112 to 160 px."""
YAW, PITCH, ROLL_DEG = 0.35, 0.35, 40.0
"""Turns that count as one: from the front to what the quality gate still lets by."""
_MAX_BLUR = Limits().max_blur


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A face in a frame.

    Attributes:
        sequence: The frame's number.
        score: How good the picture is, 0..1.
        place: float32 (3 + D,): yaw, pitch and roll in the units above, then the embedding. The
            Euclidean distance of two is how different the shots are, in pose and to the model.
        embedding: What the model says of it.
    """

    sequence: int
    score: float
    place: NDArray[np.float32]
    embedding: Embedding

    @classmethod
    def of(cls, frame: Frame, found: FoundFace, embedding: Embedding) -> "Shot":
        """Measure a face that was found in a frame."""
        seen = found.quality.measures
        pose = (seen.yaw / YAW, seen.pitch / PITCH, seen.roll_deg / ROLL_DEG)
        place = np.concatenate([np.array(pose, np.float32), embedding.vector])
        return cls(frame.sequence, score(found.quality), place, embedding)


def score(quality: Quality) -> float:
    """How good a picture is, 0..1: by sharpness, and by size as far as a model sees it."""
    sharp = 1 - quality.measures.blur / _MAX_BLUR
    size = min(1.0, quality.measures.eyes_px / FULL_EYES_PX)
    return float(np.clip(sharp * size, 0, 1))


def cut_out(image: Image, box: Box) -> bytes:
    """Cut a face out of a frame with its context, as far as the frame reaches; no pixel is scaled.

    Args:
        image: The frame, uint8 (H, W, 3) BGR.
        box: The face in it.

    Returns:
        The content of a JPEG file.
    """
    left, top = box.x - CONTEXT * box.width, box.y - CONTEXT * box.height
    right, bottom = left + (1 + 2 * CONTEXT) * box.width, top + (1 + 2 * CONTEXT) * box.height
    rows = slice(max(0, round(top)), max(1, round(bottom)))
    columns = slice(max(0, round(left)), max(1, round(right)))
    return encode(image[rows, columns])
