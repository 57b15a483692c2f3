import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.portraits import EILEEN, FACES, GRACE, Visitor, scene
from support.seeing import detector, refiner

from faceidd.camera.frame import Image
from faceidd.face.alignment import AlignedFace, align
from faceidd.face.embedding import Embedding
from faceidd.face.tflite import TfliteEmbedder
from faceidd.models.manifest import EmbedderManifest
from faceidd.models.mobilefacenet import (
    COSINE,
    CROP,
    INPUT_PX,
    LENGTH,
    THRESHOLDS,
    build_mobilefacenet,
)
from faceidd.models.pack import Pack, load_embedder
from faceidd.models.portraits import PortraitName
from faceidd.models.runtime import Network, open_network
from faceidd.models.sources import Sources

OWN_LENGTHS = (0.982, 0.998)
"""98 in 100 raw embeddings are that long."""


@pytest.fixture(scope="module")
def network(mobilefacenet: Pack[EmbedderManifest]) -> Network:
    content = mobilefacenet.read("float32")
    return open_network(content, label="mobilefacenet", runtime="litert", threads=2)


@pytest.fixture(scope="module")
def embedder(mobilefacenet: Pack[EmbedderManifest], network: Network) -> TfliteEmbedder:
    return TfliteEmbedder(mobilefacenet.manifest, "float32", network)


@pytest.fixture(scope="module")
def aligned(models_dir: Path) -> dict[PortraitName, Image]:
    """Both faces, found in a frame and warped as the pack says."""
    finds = detector(models_dir, "blazeface", 65)
    refines = refiner(models_dir, finds)
    pictures = {}
    for name in FACES:
        image = scene(Visitor(name, 160, (320, 240)))
        (face,) = refines.refine(image, finds.detect(image))
        assert face is not None
        pictures[name] = align(image, face, CROP, INPUT_PX).image
    return pictures


def embedded(embedder: TfliteEmbedder, image: Image) -> Embedding:
    return embedder.embed(AlignedFace(image))


def cosine(one: Embedding, other: Embedding) -> float:
    return float(one.vector @ other.vector)


def test_the_pack_on_the_disk_is_the_one_this_code_builds(
    mobilefacenet: Pack[EmbedderManifest], tmp_path: Path
) -> None:
    built = build_mobilefacenet(tmp_path, Sources())
    assert {path.name for path in built.iterdir()} == {"float32-d8ba40c0.tflite", "manifest.json"}
    made = load_embedder(tmp_path, built.name)
    made.verify()
    # Its answers are written after it was built.
    assert made.manifest == mobilefacenet.manifest.model_copy(update={"answers": {}})


def test_the_thresholds_of_all_metrics_accept_the_same_faces() -> None:
    angle = math.acos(THRESHOLDS["cosine"])
    assert math.isclose(THRESHOLDS["euclidean_l2"], 2 * math.sin(angle / 2))
    assert math.isclose(THRESHOLDS["angular"] * 180, math.degrees(angle))
    for length in (LENGTH, *OWN_LENGTHS):
        # Law of cosines, solved for the cosine at which two raw embeddings are just near enough.
        least = 1 - THRESHOLDS["euclidean"] ** 2 / (2 * length**2)
        assert least == pytest.approx(COSINE, abs=0.011 if length != LENGTH else 1e-9)


def test_the_raw_embeddings_of_real_faces_have_the_length_the_threshold_is_made_for(
    embedder: TfliteEmbedder, aligned: dict[PortraitName, Image]
) -> None:
    least, most = OWN_LENGTHS
    for image in aligned.values():
        assert least < embedded(embedder, image).norm < most


def test_a_face_always_gives_the_same_point_on_the_unit_sphere(
    embedder: TfliteEmbedder, aligned: dict[PortraitName, Image]
) -> None:
    first = embedded(embedder, aligned[EILEEN])
    assert first.vector.shape == (192,)
    assert np.isfinite(first.vector).all()
    assert np.linalg.norm(first.vector) == pytest.approx(1, abs=1e-6)
    embedded(embedder, aligned[GRACE])
    assert np.array_equal(embedded(embedder, aligned[EILEEN]).vector, first.vector)


def test_a_face_and_its_mirror_image_are_one(
    embedder: TfliteEmbedder, aligned: dict[PortraitName, Image]
) -> None:
    for image in aligned.values():
        mirrored = cv2.flip(image, 1).astype(np.uint8, copy=False)
        assert not np.array_equal(mirrored, image)
        assert cosine(embedded(embedder, image), embedded(embedder, mirrored)) > 0.999999


def test_it_tells_two_people_apart_in_any_light(
    embedder: TfliteEmbedder, aligned: dict[PortraitName, Image]
) -> None:
    plain = {name: embedded(embedder, image) for name, image in aligned.items()}
    for gain in (0.5, 1.4):
        lit = {
            name: embedded(embedder, np.clip(image * gain, 0, 255).astype(np.uint8))
            for name, image in aligned.items()
        }
        assert all(cosine(plain[name], lit[name]) > 0.85 for name in lit)
        assert cosine(plain[EILEEN], lit[GRACE]) < 0.3
        assert cosine(plain[GRACE], lit[EILEEN]) < 0.3
    assert cosine(plain[EILEEN], plain[GRACE]) < 0.3
