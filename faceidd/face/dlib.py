"""The embedder over dlib's own network; dlib is needed only where a pack says so.

dlib reads a network from a named file only. What was verified is what runs: the bytes are handed
over as a file in memory, which nobody else can reach.
"""

import os

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


class DlibEmbedder:
    """Embeds faces with the pack `dlib`.

    Args:
        manifest: The pack's manifest.
        variant: Which of its files.
        content: That file.

    Raises:
        ModelError: dlib is not installed, or refuses the file.
    """

    def __init__(self, manifest: EmbedderManifest, variant: str, content: bytes) -> None:
        try:
            import dlib  # noqa: PLC0415 - installed only where it is chosen
        except ImportError as error:
            raise ModelError(
                f"dlib cannot be imported: {error}",
                do="install it: pip install 'faceidd[dlib]', or choose another models.embedder",
            ) from error
        self.runtime = f"dlib {dlib.__version__}"
        self._manifest = manifest
        self._model_id = manifest.model_id(variant)
        descriptor = os.memfd_create("faceidd-dlib")
        try:
            with os.fdopen(os.dup(descriptor), "wb") as file:
                file.write(content)
            self._network = dlib.face_recognition_model_v1(f"/proc/self/fd/{descriptor}")
        except (OSError, RuntimeError) as error:
            raise ModelError(
                f"dlib refuses the {variant} file of model pack {manifest.name}: {error}",
                do=f"rebuild the pack: faceidd model build {manifest.name}",
            ) from error
        finally:
            os.close(descriptor)

    @property
    def model_id(self) -> str:
        """Digest of weights and input format."""
        return self._model_id

    @property
    def input_px(self) -> int:
        """Side of the square pictures it takes."""
        return self._manifest.input_px

    def embed(self, face: AlignedFace) -> Embedding:
        """Embed one face; see `FaceEmbedder.embed`."""
        require_picture(face, self._manifest)
        rgb = cv2.cvtColor(face.image, cv2.COLOR_BGR2RGB)
        try:
            raw = np.array(self._network.compute_face_descriptor(rgb), np.float32)
        except RuntimeError as error:
            raise no_embedding(self._manifest, error) from error
        return require_embedding(raw, self._manifest, self._model_id)
