"""BlazeFace: the plan of its views, and what it makes of them."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.portraits import EILEEN, GRACE, Visitor, scene
from support.seeing import detector
from support.told import ToldNetwork

from faceidd.face.blazeface import SMALLEST_FACE, BlazeFace, plan
from faceidd.models.runtime import Tensor

FRAME = (st.integers(16, 2000), st.integers(16, 2000))
SIDE, ANCHORS = 128, 896


@given(*FRAME, st.integers(20, 2000))
def test_the_coarsest_view_covers_the_frame(width: int, height: int, least: int) -> None:
    assert plan(width, height, least)[0] == (0, 0, max(width, height))


@given(*FRAME, st.integers(20, 2000))
def test_every_other_view_begins_in_the_frame_and_is_needed(
    width: int, height: int, least: int
) -> None:
    for left, top, side in plan(width, height, least)[1:]:
        assert 0 <= left <= max(0, width - side)
        assert 0 <= top <= max(0, height - side)
        assert least / SMALLEST_FACE - 1 < side < max(width, height)


@given(*FRAME, st.integers(20, 500), st.data())
def test_every_face_is_whole_and_large_enough_in_some_view(
    width: int, height: int, least: int, data: st.DataObject
) -> None:
    largest = min(width, height)
    if largest < least:
        return
    face = data.draw(st.integers(least, largest))
    x = data.draw(st.integers(0, width - face))
    y = data.draw(st.integers(0, height - face))
    assert any(
        left <= x
        and x + face <= left + side
        and top <= y
        and y + face <= top + side
        and face >= SMALLEST_FACE * side
        and (face <= side / 2 or side == max(width, height))
        for left, top, side in plan(width, height, least)
    )


def test_a_near_face_needs_one_look() -> None:
    assert plan(640, 480, 130) == ((0, 0, 640),)


def test_the_search_for_the_smallest_allowed_face_is_bounded() -> None:
    assert len(plan(1920, 1080, 20)) < 1500


def answers(center: tuple[float, float], width: float) -> tuple[Tensor, Tensor]:
    """The network's outputs for one face, in its own pixels, seen by its first anchor."""
    boxes = np.zeros((1, ANCHORS, 16), np.float32)
    boxes[0, 0, :4] = (center[0] - 4, center[1] - 4, width, width)
    logits = np.full((1, ANCHORS, 1), -20, np.float32)
    logits[0, 0, 0] = 3
    return boxes, logits


def network(center: tuple[float, float], width: float) -> ToldNetwork:
    return ToldNetwork((1, SIDE, SIDE, 3), *answers(center, width))


def test_a_view_is_the_frame_shrunk_above_black_bars_as_rgb() -> None:
    image = np.empty((480, 640, 3), np.uint8)
    image[:] = (255, 127, 0)
    told = network((64, 48), 40)
    BlazeFace(told, min_face_px=130).detect(image)
    (fed,) = told.fed
    assert (fed[0, 96:] == -1).all()
    assert fed[0, :96].reshape(-1, 3).min(axis=0) == pytest.approx((-1, -0.0039, 1), abs=1e-3)
    assert fed[0, :96].reshape(-1, 3).max(axis=0) == pytest.approx((-1, -0.0039, 1), abs=1e-3)


def test_boxes_are_told_in_the_pixels_of_the_frame() -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    (found,) = BlazeFace(network((64, 32), 40), min_face_px=130).detect(image)
    assert found.box.center == pytest.approx((320, 160))
    assert (found.box.width, found.box.height) == pytest.approx((200, 200))
    assert found.score == pytest.approx(1 / (1 + np.exp(-3)))


@pytest.mark.parametrize(("least", "count"), [(0.95, 1), (0.96, 0), (0.0, 1), (1.0, 0)])
def test_the_least_score_is_the_logistic_of_the_raw_output(least: float, count: int) -> None:
    """At 0 every anchor counts; those that saw nothing have no width."""
    image = np.zeros((128, 128, 3), np.uint8)
    found = BlazeFace(network((64, 64), 40), min_face_px=30, min_score=least).detect(image)
    assert len(found) == count


def test_what_fills_most_of_a_tile_is_left_to_the_coarser_view() -> None:
    """Told the same of every view, BlazeFace believes only the one that shows the whole frame."""
    image = np.zeros((480, 640, 3), np.uint8)
    (found,) = BlazeFace(network((64, 48), 0.7 * SIDE), min_face_px=40).detect(image)
    assert found.box.width == pytest.approx(0.7 * 640)


@pytest.mark.parametrize(
    "visitor",
    [
        Visitor(GRACE, 280, (320, 240)),
        Visitor(GRACE, 270, (320, 200)),
        Visitor(GRACE, 300, (190, 220)),
        Visitor(EILEEN, 230, (280, 140)),
        Visitor(EILEEN, 250, (400, 190)),
    ],
)
def test_a_large_face_torn_by_tiles_is_one_face(models_dir: Path, visitor: Visitor) -> None:
    (found,) = detector(models_dir, "blazeface", 40).detect(scene(visitor))
    assert found.box.width == pytest.approx(visitor.width, rel=0.1)


@pytest.mark.parametrize(("x", "y"), list(product((60, 320, 580), (60, 240, 420))))
def test_a_small_face_is_found_anywhere(models_dir: Path, x: int, y: int) -> None:
    visitor = Visitor(GRACE, 52, (x, y))
    found = detector(models_dir, "blazeface", 40).detect(scene(visitor))
    assert any(
        one.box.center == pytest.approx((x, y), abs=8)
        and one.box.width == pytest.approx(52, rel=0.3)
        for one in found
    )
