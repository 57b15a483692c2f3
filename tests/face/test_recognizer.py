"""The whole of seeing, between a detector and a network that say what they are told."""

from pathlib import Path

import numpy as np
import pytest
from support.portraits import EILEEN, GRACE, Visitor, scene
from support.seeing import refiner
from support.told import ToldDetector, ToldNetwork, told_manifest

from faceidd.errors import ModelError
from faceidd.face.detection import Box
from faceidd.face.quality import Rejection
from faceidd.face.quality_gate import QualityGate
from faceidd.face.recognizer import MOST_FACES, Recognizer
from faceidd.face.tflite import TfliteEmbedder
from faceidd.models.manifest import BoxCrop

ANSWER = (0.0, 3.0, 4.0, 0.0)
NEAR, MIDDLE, FAR = (Visitor(EILEEN, 160, (130, 240)), Visitor(GRACE, 100, (400, 240)),
                     Visitor(GRACE, 34, (560, 240)))  # fmt: skip
FRAME = scene(NEAR, MIDDLE, FAR)


def around(visitor: Visitor) -> Box:
    (x, y), wide = visitor.center, visitor.width
    return Box(x - 0.45 * wide, y - 0.63 * wide, 0.9 * wide, 1.15 * wide)


@pytest.fixture
def network() -> ToldNetwork:
    return ToldNetwork((1, 8, 8, 3), np.array([ANSWER], np.float32))


def recognizer(models: Path, network: ToldNetwork, *boxes: Box) -> Recognizer:
    finds = ToldDetector(*boxes)
    embedder = TfliteEmbedder(told_manifest(), "float32", network)
    gate, rule = QualityGate(), BoxCrop(scale=1)
    return Recognizer(finds, refiner(models, finds), gate, embedder, rule=rule, same_face=0.5)


def test_nobody_is_no_face(models_dir: Path, network: ToldNetwork) -> None:
    seeing = recognizer(models_dir, network)
    assert seeing.find(FRAME) == ()
    sight = seeing.see(FRAME)
    assert (sight.faces, sight.rejected) == ((), ())


def test_each_stage_is_timed_once_a_frame_or_once_a_face(
    models_dir: Path, network: ToldNetwork
) -> None:
    seeing = recognizer(models_dir, network, around(NEAR), around(MIDDLE))
    timed: list[tuple[str, float]] = []
    seeing.on_stage = lambda stage, took: timed.append((stage, took))
    assert len(seeing.see(FRAME).faces) == 2
    assert [stage for stage, _ in timed] == ["detect", "refine", "quality", *["align", "embed"] * 2]
    assert all(took >= 0 for _, took in timed)


@pytest.mark.parametrize(("present", "seen"), [(1, 1), (MOST_FACES, MOST_FACES), (50, MOST_FACES)])
def test_a_crowd_costs_no_more_than_the_widest_faces(
    models_dir: Path, network: ToldNetwork, present: int, seen: int
) -> None:
    seeing = recognizer(models_dir, network, *[around(NEAR)] * present)
    assert len(seeing.see(FRAME).faces) == seen
    assert len(network.fed) == seen


def test_what_is_no_face_is_left_out(models_dir: Path, network: ToldNetwork) -> None:
    wall = Box(280, 20, 60, 80)
    seeing = recognizer(models_dir, network, wall, around(NEAR))
    (found,) = seeing.find(FRAME)
    assert found.face.box.overlap(around(NEAR)) > 0.7
    sight = seeing.see(FRAME)
    assert (len(sight.faces), len(sight.rejected)) == (1, 0)


def test_a_poor_picture_is_told_with_its_reason_and_not_embedded(
    models_dir: Path, network: ToldNetwork
) -> None:
    seeing = recognizer(models_dir, network, around(MIDDLE), around(FAR))
    sight = seeing.see(FRAME)
    assert [one.face.box.overlap(around(MIDDLE)) > 0.7 for one in sight.faces] == [True]
    (rejected,) = sight.rejected
    assert rejected.face.box.overlap(around(FAR)) > 0.7
    assert rejected.quality.rejection is Rejection.TOO_SMALL
    assert len(network.fed) == 1


def test_the_widest_comes_first_as_the_refiner_sees_it(
    models_dir: Path, network: ToldNetwork
) -> None:
    """A detector's boxes need not be as wide as the faces."""
    seeing = recognizer(models_dir, network, around(FAR), around(MIDDLE), around(NEAR))
    widths = [one.face.box.width for one in seeing.find(FRAME)]
    assert len(widths) == 3
    assert widths == sorted(widths, reverse=True)


def test_to_find_embeds_nobody(models_dir: Path, network: ToldNetwork) -> None:
    seeing = recognizer(models_dir, network, around(NEAR), around(FAR))
    found = seeing.find(FRAME)
    assert [one.quality.rejection for one in found] == [None, Rejection.TOO_SMALL]
    assert network.fed == []


def test_every_face_carries_its_model(models_dir: Path, network: ToldNetwork) -> None:
    seeing = recognizer(models_dir, network, around(NEAR), around(MIDDLE))
    sight = seeing.see(FRAME)
    assert len(sight.faces) == 2
    for seen in sight.faces:
        assert seen.embedding.vector == pytest.approx([0, 0.6, 0.8, 0])
        assert seen.embedding.model_id == seeing.model_id == told_manifest().model_id("float32")
        assert seen.quality.rejection is None
        assert 0 < seen.quality.weight <= 1


def test_one_face_that_cannot_be_embedded_spoils_the_frame(models_dir: Path) -> None:
    broken = ToldNetwork((1, 8, 8, 3), np.array([[np.nan, 0, 0, 0]], np.float32))
    with pytest.raises(ModelError):
        recognizer(models_dir, broken, around(NEAR), around(MIDDLE)).see(FRAME)
