"""The real detectors, refiner and embedder, from the model packs."""

from pathlib import Path

from faceidd.face.blazeface import BlazeFace
from faceidd.face.detection import FaceDetector
from faceidd.face.haar import Haar
from faceidd.face.mtcnn import Mtcnn, MtcnnFiles
from faceidd.face.onet import OutputNet
from faceidd.face.quality_gate import QualityGate
from faceidd.face.recognizer import Recognizer
from faceidd.face.refinement import Refiner
from faceidd.face.tflite import TfliteEmbedder
from faceidd.models.pack import load_detector, load_embedder
from faceidd.models.runtime import Network, open_network

DETECTORS = ("blazeface", "haar", "mtcnn")


def detector(models: Path, name: str, min_face_px: int) -> FaceDetector:
    """A detector of `DETECTORS` with its own least score."""
    if name == "haar":
        return Haar(min_face_px=min_face_px)
    pack = load_detector(models, name)
    if name == "mtcnn":
        files = MtcnnFiles(pack.read("pnet"), pack.read("rnet"), pack.read("onet"))
        return Mtcnn(files, min_face_px=min_face_px)
    network = open_network(pack.read("short_range"), label="blazeface", runtime="litert", threads=1)
    return BlazeFace(network, min_face_px=min_face_px)


def refiner(models: Path, finds: FaceDetector) -> Refiner:
    """What refines that detector's boxes."""
    network = OutputNet(load_detector(models, "mtcnn").read("onet"))
    return Refiner(network, square_scale=finds.square_scale)


def facenet(models: Path) -> Network:
    """The int8 network of the pack `facenet`."""
    content = load_embedder(models, "facenet").read("int8")
    return open_network(content, label="facenet int8", runtime="litert", threads=2)


def recognizer(models: Path, name: str = "blazeface", min_face_px: int = 65) -> Recognizer:
    """That detector, the shipped quality gate, and `facenet int8`."""
    manifest = load_embedder(models, "facenet").manifest
    finds = detector(models, name, min_face_px)
    embeds = TfliteEmbedder(manifest, "int8", facenet(models))
    return Recognizer(
        finds,
        refiner(models, finds),
        QualityGate(),
        embeds,
        rule=manifest.crop,
        same_face=manifest.thresholds["cosine"],
    )
