"""Labeled photos -> embeddings, with what was refused and why; remembered between runs.

What is measured from them knows nothing of how they came to be: embeddings of any other program
can be put into an `Embedded` and judged by the same rules.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

import faceidd.evaluation.subject
from faceidd.camera.frame import Image
from faceidd.enroll.embedding_cache import EmbeddingCache, PhotoEmbedding
from faceidd.enroll.recognizer_digest import recognizer_digest
from faceidd.evaluation.labeled import LabeledPhoto
from faceidd.evaluation.subject import decode, subject
from faceidd.face.recognizer import Recognizer

NO_FACE = "no_face"


@dataclass(frozen=True, slots=True)
class Refused:
    """A photo that gave no embedding.

    Attributes:
        photo: The photo.
        reason: `missing`, `unreadable`, `no_face`, or a value of `face.quality.Rejection`.
    """

    photo: LabeledPhoto
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """Photos and what a model says of the face each is of; N photos gave an embedding.

    Attributes:
        photos: Those N, in the order of the rows.
        vectors: float32 (N, D), unit norm.
        norms: float32 (N,), raw lengths.
        weights: float32 (N,), how much each counts where several are fused, above 0, at most 1.
        refused: The others.
    """

    photos: tuple[LabeledPhoto, ...]
    vectors: NDArray[np.float32]
    norms: NDArray[np.float32]
    weights: NDArray[np.float32]
    refused: tuple[Refused, ...]

    def take(self, rows: NDArray[np.intp]) -> "Embedded":
        """The photos of some rows, in their order; nothing of what was refused."""
        return Embedded(
            tuple(self.photos[row] for row in rows),
            self.vectors[rows],
            self.norms[rows],
            self.weights[rows],
            (),
        )


class PhotoModel(Protocol):
    """Says of a photo what its subject's embedding is; the door's recognizer, or any other."""

    @property
    def key(self) -> str:
        """Digest of everything that its answers depend on."""

    def look(self, image: Image) -> PhotoEmbedding | str:
        """Embed the subject of a photo, uint8 (H, W, 3) BGR, or say why not.

        Raises:
            ModelError: A network failed.
        """


class RecognizerModel:
    """The door's recognizer, looking at photos.

    Args:
        recognizer: The recognizer.
        gate: Whether faces that its quality gate refuses are refused here too.
    """

    def __init__(self, recognizer: Recognizer, *, gate: bool) -> None:
        self._recognizer = recognizer
        self._gate = gate

    @property
    def key(self) -> str:
        """Digest of model, detector, crop rule, limits, and the code between them."""
        return recognizer_digest(self._recognizer, (faceidd.evaluation.subject,), gate=self._gate)

    def look(self, image: Image) -> PhotoEmbedding | str:
        """Embed the subject of a photo, or say why not; see `PhotoModel.look`."""
        found = subject(image, self._recognizer)
        if found is None:
            return NO_FACE
        quality = found.found.quality
        if self._gate and quality.rejection is not None:
            return quality.rejection.value
        embedding = self._recognizer.embed(found.image, found.found.face)
        return PhotoEmbedding(embedding.vector, embedding.norm, quality.weight)


def embed_photos(
    photos: Sequence[LabeledPhoto],
    recognizer: Recognizer,
    *,
    cache: Path | None,
    gate: bool = True,
    progress: bool = False,
) -> Embedded:
    """Embed the subject of each photo with the door's recognizer.

    Args:
        photos: The photos.
        recognizer: The detector and model.
        cache: Folder in which embeddings are kept between runs, made where it is missing; it
            holds what tells people apart, and is its owner's only. None keeps nothing.
        gate: Whether faces that the quality gate refuses are refused.
        progress: Whether a bar on stderr tells how far it is.

    Raises:
        ModelError: A network failed.
    """
    model = RecognizerModel(recognizer, gate=gate)
    return embed_with(photos, model, cache=cache, progress=progress)


def embed_with(
    photos: Sequence[LabeledPhoto],
    model: PhotoModel,
    *,
    cache: Path | None,
    progress: bool = False,
) -> Embedded:
    """Embed the subject of each photo with any model; see `embed_photos`."""
    bar = tqdm(photos, "embedding", unit="photo", disable=not progress)
    file = None if cache is None else cache / f"{model.key}.npz"
    with EmbeddingCache.opened(file) as known:
        looks = [_look(photo.path, model, known) for photo in bar]
    return _embedded(photos, looks)


def count_reasons(refused: Sequence[Refused]) -> dict[str, int]:
    """How many photos were refused for each reason, the most frequent first."""
    return dict(Counter(one.reason for one in refused).most_common())


def _look(path: Path, model: PhotoModel, known: EmbeddingCache) -> PhotoEmbedding | str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "unreadable"
    digest = hashlib.sha256(content).hexdigest()
    look = known.get(digest)
    if look is None:
        image = decode(content)
        if isinstance(image, str):
            return image  # not for ever: a package that reads it may be installed
        look = model.look(image)
        known.put(digest, look)
    return look


def _embedded(photos: Sequence[LabeledPhoto], looks: Sequence[PhotoEmbedding | str]) -> Embedded:
    seen = [
        (photo, look)
        for photo, look in zip(photos, looks, strict=True)
        if not isinstance(look, str)
    ]
    refused = tuple(
        Refused(photo, look)
        for photo, look in zip(photos, looks, strict=True)
        if isinstance(look, str)
    )
    vectors = [look.vector for _, look in seen]
    return Embedded(
        tuple(photo for photo, _ in seen),
        np.stack(vectors) if vectors else np.empty((0, 0), np.float32),
        np.array([look.norm for _, look in seen], np.float32),
        np.array([look.weight for _, look in seen], np.float32),
        refused,
    )
