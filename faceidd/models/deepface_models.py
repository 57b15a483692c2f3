"""DeepFace's models that can become packs, and what is known of them beforehand.

Architecture, thresholds and the way pictures are fed come from the package itself, when a pack is
built. Weights are not part of it and have licenses of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from faceidd.models.crops import ARCFACE, DEEPFACE
from faceidd.models.manifest import CropRule, Normalization, PixelRule, Whitening

DeepFaceNormalization = Literal[
    "base", "raw", "Facenet", "Facenet2018", "VGGFace", "VGGFace2", "ArcFace"
]

NORMALIZATIONS: Mapping[DeepFaceNormalization, PixelRule] = MappingProxyType(
    {
        "base": Normalization(mean=0, scale=255),
        "raw": Normalization(mean=0, scale=1),
        "Facenet": Whitening(),
        "Facenet2018": Normalization(mean=127.5, scale=127.5),
        "VGGFace": Normalization(mean=(93.5940, 104.7624, 129.1863), scale=1),
        "VGGFace2": Normalization(mean=(91.4953, 103.8827, 131.0912), scale=1),
        "ArcFace": Normalization(mean=127.5, scale=128),
    }
)
"""DeepFace's `normalization`, of pictures in BGR, whichever order a model was trained with."""


@dataclass(frozen=True, slots=True)
class DeepFaceModel:
    """A model of DeepFace's.

    Attributes:
        name: As DeepFace spells it, `VGG-Face`.
        input_px: Side of the square pictures it takes.
        weights: Name of its file of weights.
        published: Where DeepFace downloads that file, or an archive that holds it.
        terms: License of the weights.
        crop: How a face is cut for it.
    """

    name: str
    input_px: int
    weights: str
    published: str
    terms: str
    crop: CropRule = DEEPFACE

    @property
    def pack(self) -> str:
        """Name of its pack, `deepface-vgg-face`."""
        return f"deepface-{self.name.lower()}"


_RELEASES = "https://github.com/serengil/deepface_models/releases/download/v1.0"


def _released(
    name: str, input_px: int, weights: str, terms: str, crop: CropRule = DEEPFACE
) -> DeepFaceModel:
    return DeepFaceModel(name, input_px, weights, f"{_RELEASES}/{weights}", terms, crop)


_MODELS = (
    _released("VGG-Face", 224, "vgg_face_weights.h5", "CC-BY, non-commercial research only"),
    _released("Facenet", 160, "facenet_weights.h5", "MIT"),
    _released("Facenet512", 160, "facenet512_weights.h5", "MIT"),
    _released("OpenFace", 96, "openface_weights.h5", "Apache-2.0"),
    DeepFaceModel(
        "DeepFace",
        152,
        "VGGFace2_DeepFace_weights_val-0.9034.h5",
        "https://github.com/swghosh/DeepFace/releases/download/weights-vggface2-2d-aligned/"
        "VGGFace2_DeepFace_weights_val-0.9034.h5.zip",
        "MIT",
    ),
    # Both were trained on faces warped by five landmarks.
    _released("ArcFace", 112, "arcface_weights.h5", "MIT", ARCFACE),
    DeepFaceModel(
        "GhostFaceNet",
        112,
        "ghostfacenet_v1.h5",
        "https://github.com/HamadYA/GhostFaceNets/releases/download/v1.2/"
        "GhostFaceNet_W1.3_S1_ArcFace.h5",
        "MIT",
        ARCFACE,
    ),
)

DEEPFACE_MODELS: Mapping[str, DeepFaceModel] = MappingProxyType(
    {model.name: model for model in _MODELS}
)
"""Those that are Keras models; Dlib and SFace have packs of their own."""
