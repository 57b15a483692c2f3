"""The embedder: how the network is fed, and what is made of its answer."""

import re
from pathlib import Path

import numpy as np
import pytest
from support.portraits import EILEEN, FACES, GRACE, Visitor, head, scene
from support.seeing import facenet, recognizer
from support.told import ToldNetwork, told_manifest

from faceidd.camera.frame import Image
from faceidd.errors import ModelError
from faceidd.face.alignment import AlignedFace
from faceidd.face.recognizer import Recognizer
from faceidd.face.tflite import TfliteEmbedder
from faceidd.models.manifest import EmbedderManifest, Normalization
from faceidd.models.pack import load_embedder

SHAPE = (1, 8, 8, 3)
PAIR = (2, 8, 8, 3)
ANSWER = np.array([[1, 2, 2, 4]], np.float32)
ANSWERS = np.array([[1, 2, 2, 4], [8, 6, 0, 0]], np.float32)


@pytest.fixture(scope="module")
def seeing(models_dir: Path) -> Recognizer:
    return recognizer(models_dir)


def mirrored_manifest() -> EmbedderManifest:
    return told_manifest().model_copy(update={"mirrored": True})


def aligned(image: Image) -> AlignedFace:
    return AlignedFace(image)


def colors() -> Image:
    """8 x 8 px whose every channel of every pixel differs from its neighbors'."""
    return (np.arange(8 * 8 * 3) * 7 % 256).astype(np.uint8).reshape(8, 8, 3)


@pytest.mark.parametrize(("color", "order"), [("rgb", [2, 1, 0]), ("bgr", [0, 1, 2])])
@pytest.mark.parametrize(("mean", "scale"), [(127.5, 128.0), (0.0, 255.0)])
def test_the_network_is_fed_as_the_manifest_says(
    color: str, order: list[int], mean: float, scale: float
) -> None:
    network = ToldNetwork(SHAPE, ANSWER)
    embedder = TfliteEmbedder(told_manifest(color, mean, scale), "float32", network)
    embedder.embed(aligned(colors()))
    (fed,) = network.fed
    assert fed.dtype == np.float32
    assert fed[0] == pytest.approx((colors()[:, :, order].astype(np.float64) - mean) / scale)


def test_the_answer_becomes_an_embedding_of_that_model() -> None:
    manifest = told_manifest()
    embedder = TfliteEmbedder(manifest, "float32", ToldNetwork(SHAPE, ANSWER))
    embedding = embedder.embed(aligned(colors()))
    assert embedding.vector == pytest.approx(ANSWER[0] / 5)
    assert embedding.norm == pytest.approx(5)
    assert embedding.model_id == embedder.model_id == manifest.model_id("float32")
    assert embedder.input_px == 8


def test_a_mirrored_network_is_fed_the_face_and_its_mirror_image() -> None:
    network = ToldNetwork(PAIR, ANSWERS)
    embedder = TfliteEmbedder(mirrored_manifest(), "float32", network)
    embedder.embed(aligned(colors()))
    (fed,) = network.fed
    alone = ToldNetwork(SHAPE, ANSWER)
    TfliteEmbedder(told_manifest(), "float32", alone).embed(aligned(colors()))
    assert (fed[0] == alone.fed[0][0]).all()
    assert (fed[1] == fed[0][:, ::-1]).all()
    assert (fed[1] != fed[0]).any()


def test_a_mirrored_embedding_is_the_mean_of_two_directions() -> None:
    manifest = mirrored_manifest()
    embedder = TfliteEmbedder(manifest, "float32", ToldNetwork(PAIR, ANSWERS))
    embedding = embedder.embed(aligned(colors()))
    mean = (ANSWERS[0] / 5 + ANSWERS[1] / 10) / 2
    assert embedding.norm == pytest.approx(np.linalg.norm(mean))
    assert embedding.vector == pytest.approx(mean / np.linalg.norm(mean))
    assert embedding.model_id == manifest.model_id("float32") != told_manifest().model_id("float32")


def test_the_order_of_a_mirrored_answer_changes_nothing() -> None:
    one, other = (
        TfliteEmbedder(mirrored_manifest(), "float32", ToldNetwork(PAIR, answers)).embed(
            aligned(colors())
        )
        for answers in (ANSWERS, ANSWERS[::-1])
    )
    assert (one.vector == other.vector).all()


@pytest.mark.parametrize("other", [[np.nan, 0, 0, 1], [0, 0, 0, 0], [-1, -2, -2, -4]])
def test_a_mirrored_answer_without_direction_is_a_fault(other: list[float]) -> None:
    for rows in ([ANSWER[0], other], [other, ANSWER[0]]):
        network = ToldNetwork(PAIR, np.array(rows, np.float32))
        embedder = TfliteEmbedder(mirrored_manifest(), "float32", network)
        with pytest.raises(ModelError, match="no usable embedding"):
            embedder.embed(aligned(colors()))


def test_a_mirrored_answer_of_one_is_a_fault() -> None:
    embedder = TfliteEmbedder(mirrored_manifest(), "float32", ToldNetwork(PAIR, ANSWER))
    with pytest.raises(ModelError, match="gave 4 numbers, not 8"):
        embedder.embed(aligned(colors()))


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("takes", [(1, 9, 9, 3), (3, 8, 8, 3)])
def test_a_network_of_another_input_is_refused(mirrored: bool, takes: tuple[int, ...]) -> None:
    for shape in (takes, SHAPE if mirrored else PAIR):
        manifest = mirrored_manifest() if mirrored else told_manifest()
        with pytest.raises(ModelError, match=rf"input is .*takes {re.escape(str(shape))}"):
            TfliteEmbedder(manifest, "float32", ToldNetwork(shape, ANSWER))


@pytest.mark.parametrize("shape", [(9, 8, 3), (8, 8, 4), (8, 8)])
def test_a_face_of_another_size_is_refused(shape: tuple[int, ...]) -> None:
    embedder = TfliteEmbedder(told_manifest(), "float32", ToldNetwork(SHAPE, ANSWER))
    with pytest.raises(ModelError, match="takes faces of"):
        embedder.embed(aligned(np.zeros(shape, np.uint8)))


@pytest.mark.parametrize("answer", [[np.nan, 0, 0, 1], [0, 0, 0, 0], [np.inf, 0, 0, 0]])
def test_an_answer_without_direction_is_a_fault(answer: list[float]) -> None:
    network = ToldNetwork(SHAPE, np.array([answer], np.float32))
    embedder = TfliteEmbedder(told_manifest(), "float32", network)
    with pytest.raises(ModelError, match="no usable embedding"):
        embedder.embed(aligned(colors()))


def test_an_answer_of_another_length_is_a_fault() -> None:
    network = ToldNetwork(SHAPE, np.ones((1, 5), np.float32))
    embedder = TfliteEmbedder(told_manifest(), "float32", network)
    with pytest.raises(ModelError, match="gave 5 numbers, not 4"):
        embedder.embed(aligned(colors()))


def test_facenet_says_what_its_network_says_when_fed_by_hand(
    models_dir: Path, seeing: Recognizer
) -> None:
    manifest = load_embedder(models_dir, "facenet").manifest
    assert manifest.color == "rgb"
    assert manifest.normalization == Normalization(mean=127.5, scale=128)
    image = head(GRACE, 160 / 2.2)[:160, :160]
    by_hand = (image[None, :, :, ::-1].astype(np.float32) - 127.5) / 128
    expected = facenet(models_dir).run(np.ascontiguousarray(by_hand, np.float32))[0][0]

    found = seeing.embedder.embed(aligned(image))

    assert found.vector == pytest.approx(expected / np.linalg.norm(expected), abs=1e-5)
    assert np.linalg.norm(found.vector) == pytest.approx(1, abs=1e-6)
    assert found.model_id == manifest.model_id("int8")


def test_what_was_seen_before_changes_nothing(seeing: Recognizer) -> None:
    first, second = (head(name, 160 / 2.2)[:160, :160] for name in (EILEEN, GRACE))
    before = seeing.embedder.embed(aligned(first))
    kept = before.vector.copy()
    seeing.embedder.embed(aligned(second))
    assert (before.vector == kept).all()
    assert (seeing.embedder.embed(aligned(first)).vector == kept).all()


def test_one_person_varies_less_than_two_differ(seeing: Recognizer) -> None:
    vectors = {}
    for name in FACES:
        varied = []
        for width, center, light in (
            (110, (200, 200), 1.0),
            (150, (320, 240), 0.6),
            (190, (400, 260), 1.0),
            (250, (300, 240), 1.25),
        ):
            image = np.clip(scene(Visitor(name, width, center)) * light, 0, 255).astype(np.uint8)
            (seen,) = seeing.see(image).faces
            varied.append(seen.embedding.vector)
        vectors[name] = np.stack(varied)
    same = min((some @ some.T).min() for some in vectors.values())
    other = (vectors[EILEEN] @ vectors[GRACE].T).max()
    assert same > 0.85
    assert other < 0.4
