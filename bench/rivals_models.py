"""Other face recognition packages, seen as models that look at photos.

They are installed apart from the project, into the folder `RIVALS`, and never imported by it. Each
takes the face nearest to the photo's center, and searches a photo without a face once more with a
black edge around it, as the product's own evaluation does.
"""

import hashlib
import importlib
import importlib.util
import os
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from faceidd.camera.frame import Image
from faceidd.enroll.embedding_cache import PhotoEmbedding
from faceidd.evaluation.embedded import NO_FACE, PhotoModel
from faceidd.evaluation.subject import padded
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Scale
from faceidd.models.pack import load_embedder
from faceidd.models.runtime import Network, open_network

RIVALS = Path(os.environ.get("FACEIDD_RIVALS", "var/rivals"))
PACKAGES = {
    # setuptools 81 dropped pkg_resources, which face_recognition_models imports.
    "face_recognition": "face-recognition face-recognition-models dlib-bin 'setuptools<81'",
    "DeepFace": "deepface==0.0.103 gdown beautifulsoup4 filelock werkzeug requests",
}
MODULES = {
    "face_recognition": ("face_recognition", "face_recognition_models", "dlib", "pkg_resources"),
    "DeepFace": ("deepface", "gdown", "bs4", "filelock", "werkzeug", "requests"),
}
DLIB = "dlib"
DLIB_DISTANCE = 0.6
"""Distance at which face_recognition's `compare_faces` tells two people apart by default."""
ARCHITECTURE = "Facenet512"
"""DeepFace's name for the network whose weights the FaceNet pack holds; it has other weights."""


@dataclass(frozen=True, slots=True)
class Rival:
    """A package as it comes.

    Attributes:
        name: What to call it in tables.
        model: It, looking at photos.
        scale: What it measures likeness in.
        threshold: Its own default, on that scale.
    """

    name: str
    model: PhotoModel
    scale: Scale
    threshold: float


def rivals(models: Path) -> tuple[Rival, ...]:
    """Those that are installed; of the others, what to install is printed.

    Args:
        models: Folder of model packs, for the weights that DeepFace's pipeline is given.

    Raises:
        ModelError: The FaceNet pack cannot be read.
    """
    if RIVALS.is_dir():
        sys.path.append(str(RIVALS.resolve()))  # last, so that no package of ours is shadowed
    found: list[Rival] = []
    if _installed("face_recognition"):
        found.append(Rival(DLIB, _Dlib(), Scale(Metric.EUCLIDEAN), DLIB_DISTANCE))
    if _installed("DeepFace"):
        found += _deepface_pipelines(models)
    return tuple(found)


class _Dlib:
    """face_recognition with its defaults: HOG detector, one upsampling, 128 numbers a face."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its models' package imports the old pkg_resources
            self._library: Any = importlib.import_module("face_recognition")

    @property
    def key(self) -> str:
        """Digest of what its answers depend on."""
        return _key("face-recognition", version("face-recognition"), version("dlib-bin"))

    def look(self, image: Image) -> PhotoEmbedding | str:
        """Embed the subject of a photo, or say why not; see `PhotoModel.look`."""
        for picture in (image, padded(image)):
            rgb = np.ascontiguousarray(picture[:, :, ::-1])
            boxes = self._library.face_locations(rgb)
            if boxes:
                nearest = boxes[_nearest(picture, [(x, y, r - x, b - y) for y, r, b, x in boxes])]
                return _look(self._library.face_encodings(rgb, [nearest])[0])
        return NO_FACE


class _DeepFace:
    """DeepFace's own pipeline around our FaceNet: its detector, alignment, resizing, and so on.

    Its weights are not part of the package, so that nothing is said of them here.

    Args:
        network: The pack's float32 network.
        weights: Digest of its file.
        settings: What `DeepFace.represent` is called with beside its defaults.
        rgb: Whether the network gets RGB as it was trained; DeepFace gives it BGR.
    """

    def __init__(
        self, network: Network, weights: str, settings: dict[str, object], *, rgb: bool
    ) -> None:
        modeling: Any = importlib.import_module("deepface.modules.modeling")
        pipeline: Any = importlib.import_module("deepface.modules.representation")
        faults: Any = importlib.import_module("deepface.modules.exceptions")
        self._settings, self._rgb = settings, rgb
        self._represent, self._no_face = pipeline.represent, faults.FaceNotDetected
        self._name = f"{ARCHITECTURE} {weights} {settings} {rgb}"
        modeling.build_model("face_detector", "opencv")  # which makes the table of loaded models
        modeling.cached_models["facial_recognition"][self._name] = _Client(network, rgb=rgb)

    @property
    def key(self) -> str:
        """Digest of what its answers depend on."""
        return _key("deepface", version("deepface"), cv2.__version__, self._name)

    def look(self, image: Image) -> PhotoEmbedding | str:
        """Embed the subject of a photo, or say why not; see `PhotoModel.look`."""
        for picture in (image, padded(image)):
            try:
                faces = self._represent(picture, model_name=self._name, **self._settings)
            except self._no_face:
                continue
            areas = [tuple(face["facial_area"][side] for side in "xywh") for face in faces]
            return _look(faces[_nearest(picture, areas)]["embedding"])
        return NO_FACE


class _Client:
    """Our network in the place of one of DeepFace's own."""

    input_shape = (160, 160)

    def __init__(self, network: Network, *, rgb: bool) -> None:
        self._network = network
        self._rgb = rgb

    def forward(self, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        """Embed N pictures, (N, 160, 160, 3); DeepFace expects one vector of one, N of more."""
        ordered = pictures[..., ::-1] if self._rgb else pictures
        tensors = (np.ascontiguousarray(one[None], np.float32) for one in ordered)
        vectors = np.concatenate([self._network.run(tensor)[0] for tensor in tensors])
        return vectors[0] if len(vectors) == 1 else vectors


def _deepface_pipelines(models: Path) -> list[Rival]:
    content = load_embedder(models, "facenet").read("float32")
    weights = hashlib.sha256(content).hexdigest()
    network = open_network(content, label="facenet float32", runtime="litert", threads=1)
    thresholds: Any = importlib.import_module("deepface.config.threshold").thresholds
    least = 1 - thresholds[ARCHITECTURE]["cosine"]
    best: dict[str, object] = {"normalization": "Facenet2018", "expand_percentage": 10}
    return [
        Rival("DeepFace pipeline", _DeepFace(network, weights, {}, rgb=False), Scale(), least),
        Rival("DeepFace, tuned", _DeepFace(network, weights, best, rgb=True), Scale(), least),
    ]


def _installed(name: str) -> bool:
    if all(importlib.util.find_spec(module) for module in MODULES[name]):
        return True
    print(
        f"{name} is left out, as it is not installed:"
        f" pip install --no-deps --target {RIVALS} {PACKAGES[name]}\n"
    )
    return False


def _nearest(picture: Image, boxes: Sequence[Sequence[int]]) -> int:
    """Which box (x, y, width, height) is nearest to the picture's center."""
    height, width = picture.shape[:2]
    centers = [(x + w / 2 - width / 2, y + h / 2 - height / 2) for x, y, w, h in boxes]
    return int(np.argmin(np.linalg.norm(np.array(centers), axis=1)))


def _look(raw: NDArray[np.floating[Any]]) -> PhotoEmbedding:
    vector = np.asarray(raw, np.float32)
    norm = float(np.linalg.norm(vector))
    return PhotoEmbedding(vector / np.float32(norm), norm, 1.0)


def _key(*parts: str) -> str:
    code = Path(__file__).read_text(encoding="utf-8")
    return hashlib.sha256("\0".join((*parts, code)).encode()).hexdigest()
