"""Frame -> faces with their embeddings: the whole of seeing, in one call."""

from dataclasses import dataclass

from faceidd.camera.frame import Image
from faceidd.face.alignment import align
from faceidd.face.detection import Detection, FaceDetector
from faceidd.face.embedding import Embedding, FaceEmbedder
from faceidd.models.manifest import CropRule

MOST_FACES = 4
"""Faces embedded a frame, the widest first, so that a crowd cannot stall the door."""


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face in a frame and what the model says of it."""

    detection: Detection
    embedding: Embedding


class Recognizer:
    """Finds, aligns and embeds the faces of a frame.

    Args:
        detector: Finds faces; its size filter drops the far ones.
        embedder: Embeds them.
        rule: How the embedder's pack crops this detector's boxes.
    """

    def __init__(self, detector: FaceDetector, embedder: FaceEmbedder, rule: CropRule) -> None:
        self.detector = detector
        self.embedder = embedder
        self.rule = rule

    @property
    def model_id(self) -> str:
        """Digest of the model whose embeddings it gives."""
        return self.embedder.model_id

    def see(self, image: Image) -> tuple[SeenFace, ...]:
        """Find and embed the faces of an image, widest first, at most `MOST_FACES`.

        Args:
            image: uint8 (H, W, 3) BGR.

        Raises:
            ModelError: A network failed; nothing is known of this image.
        """
        found = self.detector.detect(image)[:MOST_FACES]
        return tuple(SeenFace(one, self.embed(image, one)) for one in found)

    def embed(self, image: Image, detection: Detection) -> Embedding:
        """Embed one face that was found in an image.

        Raises:
            ModelError: The network failed.
        """
        return self.embedder.embed(align(image, detection, self.rule, self.embedder.input_px))
