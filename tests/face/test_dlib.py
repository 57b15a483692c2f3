"""dlib's own network, on its real weights, beside dlib's own way to feed it."""

import sys
from pathlib import Path
from types import MappingProxyType

import dlib
import numpy as np
import pytest
from support.embedders import enroll, matches, model_of, with_detectors
from support.portraits import EILEEN, FACES, GRACE, Visitor, scene

from faceidd.camera.frame import Image
from faceidd.daemon.recognition import Model
from faceidd.errors import ModelError
from faceidd.face.alignment import AlignedFace
from faceidd.face.dlib import DlibEmbedder
from faceidd.face.embedding import Vector
from faceidd.models import archives
from faceidd.models.archives import Archive
from faceidd.models.dlib import build_dlib
from faceidd.models.pack import load_embedder
from faceidd.models.sources import Sources

_LANDMARKS = "face_recognition_models/models/shape_predictor_5_face_landmarks.dat"
PREDICTOR = Archive(
    archives.DLIB.distribution,
    archives.DLIB.sha256,
    MappingProxyType(
        {
            # The network too, so that the archive is fetched once.
            **archives.DLIB.members,
            _LANDMARKS: "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
        }
    ),
)
SAME = 0.6
"""Distance below which dlib takes two faces for one person."""


@pytest.fixture(scope="module")
def packs(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    Sources().path(PREDICTOR, _LANDMARKS)
    packs = with_detectors(models_dir, tmp_path_factory.mktemp("dlib") / "packs")
    build_dlib(packs, Sources())
    return packs


@pytest.fixture(scope="module")
def model(packs: Path) -> Model:
    return model_of(packs, "dlib")


@pytest.fixture(scope="module")
def embedder(packs: Path) -> DlibEmbedder:
    pack = load_embedder(packs, "dlib")
    return DlibEmbedder(pack.manifest, "float32", pack.read("float32"))


def dlibs_own(image: Image, packs: Path) -> Vector:
    """What dlib says of a face with its own detector, landmarks and alignment."""
    rgb = np.ascontiguousarray(image[:, :, ::-1])
    (box,) = dlib.get_frontal_face_detector()(rgb, 1)
    shape = dlib.shape_predictor(str(Sources().path(PREDICTOR, _LANDMARKS)))(rgb, box)
    (file,) = (packs / "dlib").glob("float32-*.dat")
    network = dlib.face_recognition_model_v1(str(file))
    return np.array(network.compute_face_descriptor(rgb, shape), np.float32)


def raw(model: Model, image: Image) -> Vector:
    (seen,) = model.recognizer.see(image).faces
    return seen.embedding.vector * np.float32(seen.embedding.norm)


def test_a_face_is_seen_as_dlib_sees_it(model: Model, packs: Path) -> None:
    for name in FACES:
        image = scene(Visitor(name, 160, (320, 240)))
        ours, theirs = raw(model, image), dlibs_own(image, packs)
        assert np.linalg.norm(ours - theirs) < SAME / 3
        for other in FACES:
            if other != name:
                stranger = raw(model, scene(Visitor(other, 160, (320, 240))))
                assert np.linalg.norm(stranger - theirs) > SAME


def test_two_people_are_told_apart_by_dlibs_own_distance(model: Model) -> None:
    near, far = (raw(model, scene(Visitor(EILEEN, width, (320, 240)))) for width in (110, 200))
    assert np.linalg.norm(near - far) < SAME / 2
    assert np.linalg.norm(near - raw(model, scene(Visitor(GRACE, 150, (320, 240))))) > SAME


def test_people_are_enrolled_and_found(packs: Path, model: Model, tmp_path: Path) -> None:
    found = matches(model, enroll(packs, "dlib", tmp_path))
    threshold = model.manifest.thresholds["cosine"]
    for name, match in found.items():
        assert match.person.name == name
        assert match.value > threshold
        assert match.value - match.margin < threshold


def test_red_and_blue_are_not_confused(embedder: DlibEmbedder) -> None:
    image = np.random.default_rng(1).integers(0, 256, (150, 150, 3), np.uint8)
    network = embedder.embed(AlignedFace(image))
    swapped = embedder.embed(AlignedFace(np.ascontiguousarray(image[:, :, ::-1])))
    again = embedder.embed(AlignedFace(image))
    assert np.array_equal(network.vector, again.vector)
    assert float(network.vector @ swapped.vector) < 0.999


@pytest.mark.parametrize("content", [b"", b"this is no network"])
def test_a_file_that_is_no_network_is_told(packs: Path, content: bytes) -> None:
    manifest = load_embedder(packs, "dlib").manifest
    with pytest.raises(ModelError, match="dlib refuses the float32 file"):
        DlibEmbedder(manifest, "float32", content)


def test_a_face_of_another_size_is_refused(embedder: DlibEmbedder) -> None:
    with pytest.raises(ModelError, match="takes faces of"):
        embedder.embed(AlignedFace(np.zeros((112, 112, 3), np.uint8)))


def test_without_dlib_the_reader_learns_what_to_install(
    packs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = load_embedder(packs, "dlib")
    # Python's own way to make an import fail.
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(ModelError, match=r"pip install 'faceidd\[dlib\]'"):
        DlibEmbedder(pack.manifest, "float32", b"")
