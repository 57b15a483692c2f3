"""Doubles at the seams of seeing: a network and a detector that say what they are told."""

from faceidd.camera.frame import Image
from faceidd.face.detection import Box, Detection
from faceidd.models.manifest import (
    BoxCrop,
    EmbedderManifest,
    FivePointWarp,
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
    """A detector that finds as many faces as it was told, each a little narrower."""

    name = "told"

    def __init__(self, count: int, *, gives_landmarks: bool = False) -> None:
        self.gives_landmarks = gives_landmarks
        self.count = count

    def detect(self, image: Image) -> tuple[Detection, ...]:
        side = image.shape[1] / 2
        return tuple(
            Detection(Box(4.0, 4.0, side - turn, side - turn), 0.9) for turn in range(self.count)
        )


def told_manifest(color: str = "rgb", mean: float = 100.0, scale: float = 50.0) -> EmbedderManifest:
    """The manifest of a small embedder: 8 x 8 px, 4 numbers."""
    digest = "0" * 64
    source = Source(
        distribution="tiny==1.0", archive_sha256=digest, member="tiny", member_sha256=digest
    )
    file = PackFile(file="tiny.tflite", sha256=digest, size_bytes=1, license="MIT", source=source)
    points = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
    return EmbedderManifest.model_validate(
        {
            "name": "tiny",
            "files": {"float32": file},
            "input_px": 8,
            "color": color,
            "normalization": Normalization(mean=mean, scale=scale),
            "crops": {"haar": BoxCrop(scale=1.2), "told": FivePointWarp(points=points)},
            "dimension": 4,
            "thresholds": {"cosine": 0.5, "euclidean": 1.0, "euclidean_l2": 1.0},
        }
    )
