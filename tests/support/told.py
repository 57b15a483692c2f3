"""Doubles at the seams of seeing: a network and a detector that say what they are told."""

from faceidd.camera.frame import Image
from faceidd.face.detection import Box, Detection
from faceidd.models.manifest import (
    BoxCrop,
    EmbedderManifest,
    Normalization,
    PackFile,
    Source,
)
from faceidd.models.runtime import Tensor


class ToldNetwork:
    """A network that remembers what it was fed and answers what it was told."""

    def __init__(self, input_shape: tuple[int, ...], *answers: Tensor) -> None:
        self.input_shape = input_shape
        self.runtime = "told 1.0"
        self.answers = answers
        self.fed: list[Tensor] = []

    def run(self, tensor: Tensor) -> tuple[Tensor, ...]:
        self.fed.append(tensor.copy())
        return tuple(answer.copy() for answer in self.answers)


class ToldDetector:
    """A detector that finds what it was told, whatever the image."""

    name = "told"
    square_scale = 1.0

    def __init__(self, *boxes: Box) -> None:
        self._found = tuple(Detection(box, 0.9) for box in boxes)

    def detect(self, image: Image) -> tuple[Detection, ...]:  # noqa: ARG002 - the seam's
        return self._found


def told_manifest(color: str = "rgb", mean: float = 100.0, scale: float = 50.0) -> EmbedderManifest:
    """The manifest of a small embedder: 8 x 8 px, 4 numbers."""
    digest = "0" * 64
    source = Source(
        distribution="tiny==1.0", archive_sha256=digest, member="tiny", member_sha256=digest
    )
    file = PackFile(file="tiny.tflite", sha256=digest, size_bytes=1, license="MIT", source=source)
    return EmbedderManifest.model_validate(
        {
            "name": "tiny",
            "files": {"float32": file},
            "input_px": 8,
            "color": color,
            "normalization": Normalization(mean=mean, scale=scale),
            "crop": BoxCrop(scale=1.2),
            "dimension": 4,
            "thresholds": {"cosine": 0.5, "euclidean": 1.0, "euclidean_l2": 1.0, "angular": 0.3},
        }
    )
