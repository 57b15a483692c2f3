"""Frame -> faces with their embeddings: the whole of seeing, in one call."""

from dataclasses import dataclass

from faceidd.camera.frame import Image
from faceidd.face.alignment import align
from faceidd.face.detection import FaceDetector
from faceidd.face.embedding import Embedding, FaceEmbedder
from faceidd.face.quality import Quality
from faceidd.face.quality_gate import QualityGate
from faceidd.face.refinement import Face, Refiner
from faceidd.face.stages import OnStage, Stopwatch, unheard
from faceidd.models.manifest import CropRule

MOST_FACES = 4
"""Faces looked at a frame, the widest first, so that a crowd cannot stall the door."""


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face in a frame, good enough to be judged, and what the model says of it."""

    face: Face
    quality: Quality
    embedding: Embedding


@dataclass(frozen=True, slots=True)
class FoundFace:
    """A face in a frame and how good its picture is; not embedded."""

    face: Face
    quality: Quality


@dataclass(frozen=True, slots=True)
class Sight:
    """All that was seen in one frame.

    Attributes:
        faces: Faces that can be judged, widest first.
        rejected: Faces that cannot, each with its reason, widest first.
    """

    faces: tuple[SeenFace, ...]
    rejected: tuple[FoundFace, ...]


class Recognizer:
    """Finds, refines, judges the picture of, and embeds the faces of a frame.

    Args:
        detector: Finds faces; its size filter drops the far ones.
        refiner: Gives each its exact box and landmarks, and refuses what is no face.
        gate: Refuses faces whose picture is too poor.
        embedder: Embeds them.
        rule: How the embedder's pack cuts a face.
        same_face: Cosine at which the embedder tells two faces apart, of its pack: what says that
            two pictures show one face is derived from it.

    Attributes:
        on_stage: Is told how long each stage took.
    """

    def __init__(
        self,
        detector: FaceDetector,
        refiner: Refiner,
        gate: QualityGate,
        embedder: FaceEmbedder,
        *,
        rule: CropRule,
        same_face: float,
    ) -> None:
        self.detector = detector
        self.refiner = refiner
        self.gate = gate
        self.embedder = embedder
        self.rule = rule
        self.same_face = same_face
        self.on_stage: OnStage = unheard

    @property
    def model_id(self) -> str:
        """Digest of the model whose embeddings it gives."""
        return self.embedder.model_id

    def find(self, image: Image) -> tuple[FoundFace, ...]:
        """Find the faces of an image, widest first, at most `MOST_FACES`; embed none.

        What the detector found and the refiner calls no face is left out.

        Args:
            image: uint8 (H, W, 3) BGR.

        Raises:
            ModelError: A network failed; nothing is known of this image.
        """
        stopwatch = Stopwatch(self.on_stage)
        found = self.detector.detect(image)[:MOST_FACES]
        stopwatch.lap("detect")
        faces = [face for face in self.refiner.refine(image, found) if face is not None]
        faces.sort(key=lambda face: -face.box.width)
        stopwatch.lap("refine")
        judged = tuple(FoundFace(face, self.gate.judge(image, face)) for face in faces)
        stopwatch.lap("quality")
        return judged

    def see(self, image: Image) -> Sight:
        """Find the faces of an image and embed those whose picture is good enough.

        Args:
            image: uint8 (H, W, 3) BGR.

        Raises:
            ModelError: A network failed; nothing is known of this image.
        """
        found = self.find(image)
        good = [one for one in found if one.quality.rejection is None]
        return Sight(
            tuple(SeenFace(one.face, one.quality, self.embed(image, one.face)) for one in good),
            tuple(one for one in found if one.quality.rejection is not None),
        )

    def embed(self, image: Image, face: Face) -> Embedding:
        """Embed one face that was found in an image.

        Raises:
            ModelError: The network failed.
        """
        stopwatch = Stopwatch(self.on_stage)
        aligned = align(image, face, self.rule, self.embedder.input_px)
        stopwatch.lap("align")
        embedding = self.embedder.embed(aligned)
        stopwatch.lap("embed")
        return embedding
