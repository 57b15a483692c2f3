"""The pack `dlib`: dlib's face recognition network, taken unchanged.

King, "High Quality Face Recognition with Deep Metric Learning", 2017: a ResNet with 29 layers, 128
numbers. dlib itself runs the file; see `faceidd.face.dlib`.
"""

import math
from pathlib import Path

from faceidd.models.archives import DLIB
from faceidd.models.crops import DLIB as CROP
from faceidd.models.manifest import EmbedderManifest, MetricName, Normalization
from faceidd.models.packing import write_pack
from faceidd.models.sources import Sources
from faceidd.models.taking import take

INPUT_PX = 150
DIMENSION = 128
COSINE = 0.965
"""Least cosine similarity of one person's two embeddings: at most one in a thousand impostor pairs
of any door-like set measured is nearer, East Asian ones included (docs/models.md)."""
THRESHOLDS: dict[MetricName, float] = {
    "cosine": COSINE,
    # By the same rule, and far from the 0.6 at which dlib's own examples tell people apart.
    "euclidean": 0.36,
    "euclidean_l2": math.sqrt(2 - 2 * COSINE),
    "angular": math.acos(COSINE) / math.pi,
}

_MEMBER = "face_recognition_models/models/dlib_face_recognition_resnet_model_v1.dat"


def build_dlib(models: Path, sources: Sources) -> Path:
    """Take the network out of its archive and write the pack: one variant, `float32`.

    Returns:
        The pack's folder.

    Raises:
        ModelError: The archive cannot be fetched, or the pack not written.
    """
    files, contents = take(DLIB, {"float32": _MEMBER}, sources, terms="CC0-1.0")
    manifest = EmbedderManifest(
        name="dlib",
        files=files,
        engine="dlib",
        input_px=INPUT_PX,
        color="rgb",
        # dlib normalizes inside.
        normalization=Normalization(mean=0, scale=1),
        crop=CROP,
        dimension=DIMENSION,
        thresholds=THRESHOLDS,
    )
    return write_pack(models, manifest, contents)
