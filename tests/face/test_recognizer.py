"""The whole of seeing, between two doubles."""

import numpy as np
import pytest
from support.told import ToldDetector, ToldNetwork, told_manifest

from faceidd.errors import ModelError
from faceidd.face.recognizer import MOST_FACES, Recognizer
from faceidd.face.tflite import TfliteEmbedder
from faceidd.models.manifest import BoxCrop

IMAGE = np.zeros((60, 80, 3), np.uint8)


def recognizer(faces: int, *answer: float) -> tuple[Recognizer, ToldNetwork]:
    network = ToldNetwork((1, 8, 8, 3), np.array([answer], np.float32))
    embedder = TfliteEmbedder(told_manifest(), "float32", network)
    return Recognizer(ToldDetector(faces), embedder, BoxCrop(scale=1)), network


def test_nobody_is_no_face() -> None:
    assert recognizer(0, 1, 0, 0, 0)[0].see(IMAGE) == ()


@pytest.mark.parametrize(("present", "seen"), [(1, 1), (MOST_FACES, MOST_FACES), (50, MOST_FACES)])
def test_a_crowd_costs_no_more_than_the_widest_faces(present: int, seen: int) -> None:
    seeing, network = recognizer(present, 1, 0, 0, 0)
    faces = seeing.see(IMAGE)
    assert [face.detection for face in faces] == list(seeing.detector.detect(IMAGE)[:seen])
    assert len(network.fed) == seen


def test_every_face_carries_its_model() -> None:
    seeing, _ = recognizer(2, 0, 3, 4, 0)
    for face in seeing.see(IMAGE):
        assert face.embedding.vector == pytest.approx([0, 0.6, 0.8, 0])
        assert face.embedding.model_id == seeing.model_id == told_manifest().model_id("float32")


def test_one_face_that_cannot_be_embedded_spoils_the_frame() -> None:
    with pytest.raises(ModelError):
        recognizer(2, np.nan, 0, 0, 0)[0].see(IMAGE)
