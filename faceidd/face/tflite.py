"""The embedder over a TFLite network, fed as its pack's manifest says."""

import numpy as np

from faceidd.errors import ModelError
from faceidd.face.alignment import AlignedFace
from faceidd.face.embedding import Embedding, Vector, no_embedding, require_picture
from faceidd.models.feeding import feed
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
        shape = (2 if manifest.mirrored else 1, side, side, 3)
        if network.input_shape != shape:
            raise ModelError(
                f"model pack {manifest.name} says its input is {shape};"
                f" the {variant} file takes {network.input_shape}",
                do=f"rebuild the pack: faceidd model build {manifest.name}",
            )
        self._manifest = manifest
        self._network = network
        self._model_id = manifest.model_id(variant)
        self._pictures = np.empty(shape, np.float32)

    @property
    def model_id(self) -> str:
        """Digest of weights and input format."""
        return self._model_id

    @property
    def runtime(self) -> str:
        """Library and version that runs the network, for the log."""
        return self._network.runtime

    @property
    def input_px(self) -> int:
        """Side of the square pictures it takes."""
        return self._manifest.input_px

    def embed(self, face: AlignedFace) -> Embedding:
        """Embed one face; see `FaceEmbedder.embed`."""
        self._prepare(face)
        raws = self._network.run(self._pictures)[0]
        manifest, count = self._manifest, len(self._pictures)
        if raws.size != count * manifest.dimension:
            raise ModelError(
                f"model {manifest.name} gave {raws.size} numbers, not {count * manifest.dimension}",
                do=f"rebuild the pack: faceidd model build {manifest.name}",
            )
        try:
            return self._joined(raws.reshape(count, manifest.dimension))
        except ValueError as error:
            raise no_embedding(manifest, error) from error

    def _prepare(self, face: AlignedFace) -> None:
        """Write a face, as the network takes it, into its input; and its mirror image."""
        manifest, picture = self._manifest, self._pictures[0]
        require_picture(face, manifest)
        feed(face.image, manifest, picture)
        if manifest.mirrored:
            self._pictures[1] = picture[:, ::-1]

    def _joined(self, raws: Vector) -> Embedding:
        """Make one embedding of the outputs, float32 (N, D); see `EmbedderManifest.mirrored`."""
        if not self._manifest.mirrored:
            return Embedding.from_raw(raws[0], self._model_id)
        one, other = (Embedding.from_raw(raw, self._model_id).vector for raw in raws)
        return Embedding.from_raw((one + other) * np.float32(0.5), self._model_id)
