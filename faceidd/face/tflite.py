"""The embedder over a TFLite network, fed as its pack's manifest says."""

import cv2
import numpy as np

from faceidd.errors import ModelError
from faceidd.face.alignment import AlignedFace
from faceidd.face.embedding import Embedding
from faceidd.models.manifest import EmbedderManifest
from faceidd.models.runtime import Network


class TfliteEmbedder:
    """Embeds faces with one variant of an embedder pack.

    Args:
        manifest: The pack's manifest.
        variant: Which of its files the network was loaded from.
        network: That file, loaded.

    Raises:
        ModelError: The network's input is not the one the manifest describes.
    """

    def __init__(self, manifest: EmbedderManifest, variant: str, network: Network) -> None:
        side = manifest.input_px
        if network.input_shape != (1, side, side, 3):
            raise ModelError(
                f"model pack {manifest.name} says its input is (1, {side}, {side}, 3);"
                f" the {variant} file takes {network.input_shape}",
                do=f"rebuild the pack: faceidd model build {manifest.name}",
            )
        self._manifest = manifest
        self._network = network
        self._model_id = manifest.model_id(variant)
        self._picture = np.empty(network.input_shape, np.float32)

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
        manifest, picture = self._manifest, self._picture[0]
        if face.image.shape != picture.shape:
            raise ModelError(
                f"model {manifest.name} takes faces of {picture.shape}, not {face.image.shape}",
                do="report this as a bug",
            )
        rgb = manifest.color == "rgb"
        pixels = cv2.cvtColor(face.image, cv2.COLOR_BGR2RGB) if rgb else face.image
        np.subtract(pixels, np.float32(manifest.normalization.mean), out=picture)
        np.multiply(picture, np.float32(1 / manifest.normalization.scale), out=picture)
        raw = self._network.run(self._picture)[0].reshape(-1)
        if raw.shape != (manifest.dimension,):
            raise ModelError(
                f"model {manifest.name} gave {raw.size} numbers, not {manifest.dimension}",
                do=f"rebuild the pack: faceidd model build {manifest.name}",
            )
        try:
            return Embedding.from_raw(raw, self._model_id)
        except ValueError as error:
            raise ModelError(
                f"model {manifest.name} gave no usable embedding: {error}",
                do="run `faceidd model verify`, and check the board's memory and power",
            ) from error
