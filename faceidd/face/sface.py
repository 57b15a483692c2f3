"""The embedder over `cv2.FaceRecognizerSF`, OpenCV's own runner of SFace."""

import cv2
import numpy as np

from faceidd.errors import ModelError
from faceidd.face.alignment import AlignedFace
from faceidd.face.embedding import (
    Embedding,
    no_embedding,
    require_embedding,
    require_picture,
)
from faceidd.models.manifest import EmbedderManifest


class SFaceEmbedder:
    """Embeds faces with the pack `sface`.

    Args:
        manifest: The pack's manifest.
        variant: Which of its files.
        content: That file, ONNX.

    Raises:
        ModelError: OpenCV refuses the file.
    """

    def __init__(self, manifest: EmbedderManifest, variant: str, content: bytes) -> None:
        self._manifest = manifest
        self._model_id = manifest.model_id(variant)
        empty = np.empty(0, np.uint8)
        try:
            self._network = cv2.FaceRecognizerSF.create(
                "onnx", np.frombuffer(content, np.uint8), empty
            )
        except cv2.error as error:
            raise ModelError(
                f"OpenCV cannot read the {variant} file of model pack {manifest.name}: {error}",
                do=f"rebuild the pack: faceidd model build {manifest.name}",
            ) from error

    @property
    def model_id(self) -> str:
        """Digest of weights and input format."""
        return self._model_id

    @property
    def runtime(self) -> str:
        """Library and version that runs the network, for the log."""
        return f"opencv {cv2.__version__}"

    @property
    def input_px(self) -> int:
        """Side of the square pictures it takes."""
        return self._manifest.input_px

    def embed(self, face: AlignedFace) -> Embedding:
        """Embed one face; see `FaceEmbedder.embed`."""
        require_picture(face, self._manifest)
        try:
            # It turns BGR into RGB itself, and feeds the pixels as they are.
            raw = np.asarray(self._network.feature(face.image), np.float32).reshape(-1)
        except cv2.error as error:
            raise no_embedding(self._manifest, error) from error
        return require_embedding(raw, self._manifest, self._model_id)
