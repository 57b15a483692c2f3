"""Config -> Recognizer: the only place that constructs detectors and embedders, by their names."""

import logging
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import cv2

from faceidd.daemon.config import Config, DetectorConfig, ModelsConfig
from faceidd.daemon.following import EmbedderPlace, embedder_place
from faceidd.errors import ModelError
from faceidd.face.blazeface import BlazeFace
from faceidd.face.detection import FaceDetector
from faceidd.face.dlib import DlibEmbedder
from faceidd.face.haar import Haar
from faceidd.face.mtcnn import Mtcnn, MtcnnFiles
from faceidd.face.onet import OutputNet
from faceidd.face.quality_gate import QualityGate
from faceidd.face.recognizer import Recognizer
from faceidd.face.refinement import Refiner
from faceidd.face.sface import SFaceEmbedder
from faceidd.face.tflite import TfliteEmbedder
from faceidd.face.yunet import YuNet
from faceidd.models.manifest import EmbedderManifest
from faceidd.models.pack import Pack, load_detector, load_embedder
from faceidd.models.runtime import open_network

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Model:
    """What finds and embeds faces, with the manifest of its embedder.

    Attributes:
        recognizer: Ready to look at frames.
        manifest: The embedder's; it holds the thresholds.
        name: Pack and variant as people call them, `facenet int8`.
        variant: The variant alone.
        place: Where its pack lies, if elsewhere than the configuration says.
    """

    recognizer: Recognizer
    manifest: EmbedderManifest
    name: str
    variant: str
    place: EmbedderPlace | None = None


def build_model(config: Config) -> Model:
    """Load and verify the packs a configuration names, and put the recognizer together.

    Raises:
        ModelError: A pack is missing, changed, or does not fit; or its runtime refuses it.
    """
    place = embedder_place(config)
    models = config.models.model_copy(update={"embedder": place.pack, "variant": place.variant})
    cv2.setNumThreads(models.threads)
    pack = load_embedder(place.folder, place.pack)
    if models.variant not in pack.manifest.files:
        known = ", ".join(sorted(pack.manifest.files))
        raise ModelError(
            f"model pack {models.embedder} has no variant {models.variant}",
            do=f"set models.variant to one of: {known}",
        )
    name = f"{models.embedder} {models.variant}"
    embedder = build_embedder(models, pack)
    detector = build_detector(config)
    onet = OutputNet(load_detector(models.dir, "mtcnn").read("onet"))
    refiner = Refiner(onet, square_scale=detector.square_scale)
    _log.info(
        "model %s (%s) on %s, %d threads; detector %s, faces from %d px",
        name, embedder.model_id[:12], embedder.runtime, models.threads,
        detector.name, config.detector.min_face_px,
    )  # fmt: skip
    recognizer = Recognizer(
        detector,
        refiner,
        QualityGate(),
        embedder,
        rule=pack.manifest.crop,
        same_face=pack.manifest.thresholds["cosine"],
    )
    return Model(recognizer, pack.manifest, name, place.variant, place)


def build_detector(config: Config) -> FaceDetector:
    """Construct the detector that a configuration names.

    Raises:
        ModelError: Its files are missing, changed or unreadable.
    """
    settings = config.detector
    match settings.name:
        case "haar":
            return Haar(**_limits(settings))
        case "yunet":
            if settings.yunet_model is None:
                raise ModelError("no YuNet file is named", do="set detector.yunet_model")
            return YuNet(settings.yunet_model, **_limits(settings))
        case "mtcnn":
            pack = load_detector(config.models.dir, "mtcnn")
            files = MtcnnFiles(pack.read("pnet"), pack.read("rnet"), pack.read("onet"))
            return Mtcnn(files, **_limits(settings))
        case "blazeface":
            content = load_detector(config.models.dir, "blazeface").read("short_range")
            network = open_network(
                content, label="blazeface", runtime=config.models.runtime, threads=1
            )
            return BlazeFace(network, **_limits(settings))


def build_embedder(
    models: ModelsConfig, pack: Pack[EmbedderManifest]
) -> TfliteEmbedder | SFaceEmbedder | DlibEmbedder:
    """Construct what the pack's manifest says runs its files; never anything else.

    Raises:
        ModelError: The variant's file is missing or changed, or its runtime refuses it.
    """
    manifest = pack.manifest
    content = pack.read(models.variant)
    match manifest.engine:
        case "tflite":
            label = f"{manifest.name} {models.variant}"
            network = open_network(
                content, label=label, runtime=models.runtime, threads=models.threads
            )
            return TfliteEmbedder(manifest, models.variant, network)
        case "sface":
            return SFaceEmbedder(manifest, models.variant, content)
        case "dlib":
            return DlibEmbedder(manifest, models.variant, content)


class _Limits(TypedDict):
    min_face_px: int
    min_score: NotRequired[float]


def _limits(settings: DetectorConfig) -> _Limits:
    # An unset score is the detector's own default; an explicit 0 is a score.
    limits: _Limits = {"min_face_px": settings.min_face_px}
    if settings.min_score is not None:
        limits["min_score"] = settings.min_score
    return limits
