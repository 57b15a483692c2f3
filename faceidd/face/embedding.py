"""Embedding: what a model says of one face, now; and the seam every embedder obeys."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from faceidd.errors import ModelError
from faceidd.face.alignment import AlignedFace
from faceidd.models.manifest import EmbedderManifest

Vector = NDArray[np.float32]
"""float32 (D,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """A face as a point on the unit sphere.

    Attributes:
        vector: float32 (D,), unit Euclidean norm, not writable.
        norm: Length of the model's raw output before it was brought to unit norm; the
            `euclidean` metric compares raw outputs.
        model_id: Digest of the model that said it; only equal ids compare.
    """

    vector: Vector
    norm: float
    model_id: str

    @classmethod
    def from_raw(cls, raw: Vector, model_id: str) -> "Embedding":
        """Bring a model's raw output, float32 (D,), to unit norm.

        Raises:
            ValueError: The output is not one-dimensional, not finite, or zero.
        """
        if raw.ndim != 1:
            raise ValueError(f"an embedding has one dimension, not shape {raw.shape}")
        exact = raw.astype(np.float64)
        norm = float(np.linalg.norm(exact))
        if not np.isfinite(norm) or norm <= 0:
            raise ValueError("an embedding is finite and not zero")
        vector = (exact / norm).astype(np.float32)
        vector.flags.writeable = False
        return cls(vector, norm, model_id)


def require_picture(face: AlignedFace, manifest: EmbedderManifest) -> None:
    """Check that a face was cut for a model.

    Raises:
        ModelError: It has another size than the model takes.
    """
    takes = (manifest.input_px, manifest.input_px, 3)
    if face.image.shape != takes:
        raise ModelError(
            f"model {manifest.name} takes faces of {takes}, not {face.image.shape}",
            do="report this as a bug",
        )


def require_embedding(raw: Vector, manifest: EmbedderManifest, model_id: str) -> Embedding:
    """Make an embedding of a model's raw output, float32 (D,).

    Raises:
        ModelError: The output has another length than the manifest says, or no direction.
    """
    if raw.size != manifest.dimension:
        raise ModelError(
            f"model {manifest.name} gave {raw.size} numbers, not {manifest.dimension}",
            do=f"rebuild the pack: faceidd model build {manifest.name}",
        )
    try:
        return Embedding.from_raw(raw, model_id)
    except ValueError as error:
        raise no_embedding(manifest, error) from error


def no_embedding(manifest: EmbedderManifest, error: Exception) -> ModelError:
    """Fault of a model that failed on a face."""
    return ModelError(
        f"model {manifest.name} gave no usable embedding: {error}",
        do="run `faceidd model verify`, and check the board's memory and power",
    )


class FaceEmbedder(Protocol):
    """Turns an aligned face into an embedding."""

    @property
    def model_id(self) -> str:
        """Digest of weights and input format; stamped on every embedding."""

    @property
    def input_px(self) -> int:
        """Side of the square pictures it takes."""

    def embed(self, face: AlignedFace) -> Embedding:
        """Say what the model sees in a face.

        Raises:
            ModelError: The picture has the wrong size, or the model failed or gave no finite
                vector.
        """
