"""The pack `sface`: SFace as ONNX, from a file that the admin brings.

Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition", 2021; 128
numbers. OpenCV runs the file; see `faceidd.face.sface`. No package index carries it.
"""

import hashlib
from pathlib import Path

from faceidd.errors import ModelError
from faceidd.models.crops import ARCFACE
from faceidd.models.manifest import EmbedderManifest, MetricName, Normalization, PackFile, Source
from faceidd.models.packing import file_name, write_pack
from faceidd.models.sources import Sources
from faceidd.models.weights import read_weights

WEIGHTS = "face_recognition_sface_2021dec.onnx"
PUBLISHED = (
    "https://github.com/opencv/opencv_zoo/raw/main/models/face_recognition_sface/"
    "face_recognition_sface_2021dec.onnx"
)
SHA256 = "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79"
"""Of the file that OpenCV's model zoo publishes."""
TERMS = "Apache-2.0"
INPUT_PX = 112
DIMENSION = 128
THRESHOLDS: dict[MetricName, float] = {
    "cosine": 0.407,
    "euclidean": 10.734,
    "euclidean_l2": 1.055,
    "angular": 0.36,
}
"""DeepFace's."""


def build_sface(models: Path, sources: Sources, *, sha256: str = SHA256) -> Path:
    """Take the network from the folder of weights and write the pack: one variant, `float32`.

    Args:
        models: Folder of packs.
        sources: Names the folder of weights.
        sha256: Digest that the file must have.

    Returns:
        The pack's folder.

    Raises:
        ModelError: The file is missing or another one, or the pack cannot be written.
    """
    content = read_weights(sources.weights, WEIGHTS, published=PUBLISHED)
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ModelError(
            f"{WEIGHTS} in {sources.weights} is not the published file: expected sha256 {sha256},"
            f" found {found}",
            do=f"download it again from {PUBLISHED}; Git without LFS gives a pointer instead",
        )
    entry = PackFile(
        file=file_name("float32", content, ".onnx"),
        sha256=found,
        size_bytes=len(content),
        license=TERMS,
        source=Source(
            distribution="opencv_zoo",
            archive_sha256=None,
            member=WEIGHTS,
            member_sha256=found,
        ),
    )
    manifest = EmbedderManifest(
        name="sface",
        files={"float32": entry},
        engine="sface",
        input_px=INPUT_PX,
        color="rgb",
        # The network normalizes inside.
        normalization=Normalization(mean=0, scale=1),
        crop=ARCFACE,
        dimension=DIMENSION,
        thresholds=THRESHOLDS,
    )
    return write_pack(models, manifest, {"float32": content})
