"""Packs of DeepFace's Keras models, loaded with the real `deepface` package, converted and checked.

A pack says of a picture what `DeepFace.represent` says of it: the pictures it is checked with are
fed by DeepFace's own code, and the embeddings compared are DeepFace's. What is cut out of a frame
is this project's own crop rule; DeepFace's detectors are not used. Thresholds are DeepFace's.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from faceidd.models.conversion import VARIANTS, SavedGraph, Variant
from faceidd.models.deepface_loading import LoadedModel, loaded
from faceidd.models.deepface_models import (
    DEEPFACE_MODELS,
    NORMALIZATIONS,
    DeepFaceModel,
    DeepFaceNormalization,
)
from faceidd.models.feeding import feed
from faceidd.models.fidelity import check_answers, face_pictures
from faceidd.models.manifest import EmbedderManifest, MetricName, PackFile, Source
from faceidd.models.packing import file_name, write_pack
from faceidd.models.runtime import Tensor, open_network
from faceidd.models.sources import Sources

LEAST_COSINE: Mapping[Variant, float] = {"float32": 0.9999, "float16": 0.9999, "int8": 0.99}
"""How near every conversion must stay to DeepFace's own embeddings."""
PICTURES_APART = 6
"""Every such picture of a face is compared: a large network takes seconds for one."""

_log = logging.getLogger(__name__)


def build_deepface(
    name: str,
    models: Path,
    sources: Sources,
    *,
    variants: Sequence[Variant] = VARIANTS,
    normalization: DeepFaceNormalization = "base",
) -> Path:
    """Load a model of DeepFace's, convert and check it, then write its pack.

    Args:
        name: As DeepFace spells it, one of `DEEPFACE_MODELS`.
        models: Folder of packs.
        sources: Where weights, DeepFace and the portraits come from.
        variants: Which to build.
        normalization: How pictures are fed; DeepFace's own default is `base`.

    Returns:
        The pack's folder.

    Raises:
        ModelError: TensorFlow or weights are missing, DeepFace cannot be installed, or a
            conversion departs from the original; nothing is written.
    """
    model = DEEPFACE_MODELS[name]
    pictures = np.stack(
        [_bgr(picture) for picture in face_pictures(model.input_px, sources)[::PICTURES_APART]]
    )
    with loaded(model, normalization, pictures, sources) as original:
        graph = SavedGraph(original.folder, signature="embed")
        contents: dict[str, bytes] = {variant: graph.convert(variant) for variant in variants}
    manifest = _manifest(model, normalization, original, contents, graph.converter)
    for variant in variants:
        _check(manifest, variant, contents[variant], pictures, original.said)
    return write_pack(models, manifest, contents)


def _manifest(
    model: DeepFaceModel,
    normalization: DeepFaceNormalization,
    original: LoadedModel,
    contents: Mapping[str, bytes],
    converter: str,
) -> EmbedderManifest:
    source = Source(
        distribution=original.distribution,
        archive_sha256=None,
        member=model.weights,
        member_sha256=original.weights_sha256,
        converted_by=converter,
    )
    files = {
        variant: PackFile(
            file=file_name(variant, content, ".tflite"),
            sha256=hashlib.sha256(content).hexdigest(),
            size_bytes=len(content),
            license=model.terms,
            source=source,
        )
        for variant, content in contents.items()
    }
    return EmbedderManifest(
        name=model.pack,
        files=files,
        input_px=model.input_px,
        color="bgr",
        normalization=NORMALIZATIONS[normalization],
        crop=model.crop,
        dimension=original.said.shape[1],
        thresholds=as_thresholds(original.thresholds),
    )


def as_thresholds(distances: Mapping[MetricName, float]) -> dict[MetricName, float]:
    """Turn DeepFace's thresholds, all distances, into a manifest's: its cosine is a similarity."""
    return {**distances, "cosine": round(1 - distances["cosine"], 6)}


def _check(
    manifest: EmbedderManifest,
    variant: Variant,
    content: bytes,
    pictures: NDArray[np.uint8],
    said: Tensor,
) -> None:
    label = f"{manifest.name} {variant}"
    network = open_network(content, label=label, runtime="litert", threads=2)
    tensors = np.empty((len(pictures), 1, *pictures.shape[1:]), np.float32)
    for picture, tensor in zip(pictures, tensors, strict=True):
        feed(picture, manifest, tensor[0])
    least = LEAST_COSINE[variant]
    found = check_answers(said, network, tuple(tensors), least=least, label=label)
    _log.info("%s: least cosine to DeepFace %.6f over %d faces", label, found, len(tensors))


def _bgr(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return cv2.cvtColor(picture, cv2.COLOR_RGB2BGR).astype(np.uint8, copy=False)
