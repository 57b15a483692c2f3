import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.embedders import enroll, matches, model_of, with_detectors
from support.face_mosaic import face_mosaic

from faceidd.errors import ModelError
from faceidd.face.alignment import AlignedFace
from faceidd.face.sface import SFaceEmbedder
from faceidd.models.manifest import EmbedderManifest
from faceidd.models.pack import load_embedder
from faceidd.models.sface import WEIGHTS, build_sface
from faceidd.models.sources import Sources

SIDE = 112


@pytest.fixture
def packs(models_dir: Path, tmp_path: Path) -> Path:
    """Packs with an `sface` of the mosaic's network."""
    content = face_mosaic()
    (tmp_path / WEIGHTS).write_bytes(content)
    packs = with_detectors(models_dir, tmp_path / "packs")
    digest = hashlib.sha256(content).hexdigest()
    build_sface(packs, Sources(weights=tmp_path), sha256=digest)
    return packs


@pytest.fixture
def manifest(packs: Path) -> EmbedderManifest:
    return load_embedder(packs, "sface").manifest


def test_the_network_sees_the_colors_as_they_are(manifest: EmbedderManifest) -> None:
    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    image[:] = (10, 90, 255)
    image[:56, :56] = (50, 20, 0)
    embedding = SFaceEmbedder(manifest, "float32", face_mosaic()).embed(AlignedFace(image))
    red, green = (embedding.vector * embedding.norm).reshape(2, 8, 8)
    corner = np.zeros((8, 8), bool)
    corner[:4, :4] = True
    assert red[corner] == pytest.approx(-127.5, rel=1e-4)
    assert red[~corner] == pytest.approx(127.5, rel=1e-4)
    assert green[corner] == pytest.approx(-30, rel=1e-4)
    assert green[~corner] == pytest.approx(80, rel=1e-4)
    assert embedding.model_id == manifest.model_id("float32")


def test_a_model_that_opencv_runs_is_another_than_one_that_litert_runs(
    manifest: EmbedderManifest,
) -> None:
    tflite = manifest.model_copy(update={"engine": "tflite"})
    assert tflite.model_id("float32") != manifest.model_id("float32")


def test_people_are_enrolled_and_found(packs: Path, tmp_path: Path) -> None:
    gallery = enroll(packs, "sface", tmp_path)
    found = matches(model_of(packs, "sface"), gallery)
    assert {name: match.person.name for name, match in found.items()} == {
        "Collins": "Collins",
        "Hopper": "Hopper",
    }
    assert min(match.margin for match in found.values()) > 0.05


@pytest.mark.parametrize("content", [b"", b"this is no network", face_mosaic()[:200]])
def test_a_file_that_is_no_network_is_told(manifest: EmbedderManifest, content: bytes) -> None:
    with pytest.raises(ModelError, match="OpenCV cannot read the float32 file") as caught:
        SFaceEmbedder(manifest, "float32", content)
    assert isinstance(caught.value.__cause__, cv2.error)


def test_an_answer_of_another_length_is_a_fault(manifest: EmbedderManifest) -> None:
    other = manifest.model_copy(update={"dimension": 512})
    embedder = SFaceEmbedder(other, "float32", face_mosaic())
    with pytest.raises(ModelError, match="gave 128 numbers, not 512"):
        embedder.embed(AlignedFace(np.full((SIDE, SIDE, 3), 9, np.uint8)))


def test_a_face_of_another_size_is_refused(manifest: EmbedderManifest) -> None:
    embedder = SFaceEmbedder(manifest, "float32", face_mosaic())
    with pytest.raises(ModelError, match="takes faces of"):
        embedder.embed(AlignedFace(np.zeros((96, 96, 3), np.uint8)))
