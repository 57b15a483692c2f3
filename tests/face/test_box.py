"""Boxes and their overlap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceidd.face.detection import Box

PLACES = st.floats(-500, 500)
SIDES = st.floats(1, 500)
BOXES = st.builds(Box, PLACES, PLACES, SIDES, SIDES)


def test_overlap_is_intersection_over_union() -> None:
    assert Box(0, 0, 10, 10).overlap(Box(5, 0, 10, 10)) == pytest.approx(50 / 150)
    assert Box(0, 0, 10, 10).overlap(Box(2, 2, 5, 4)) == pytest.approx(20 / 100)


@pytest.mark.parametrize("other", [Box(10, 0, 5, 5), Box(0, 10, 5, 5), Box(-5, -5, 5, 5)])
def test_boxes_that_only_touch_do_not_overlap(other: Box) -> None:
    assert Box(0, 0, 10, 10).overlap(other) == 0


@given(BOXES, BOXES)
def test_overlap_is_symmetric_and_a_ratio(one: Box, other: Box) -> None:
    assert one.overlap(other) == pytest.approx(other.overlap(one))
    assert 0 <= one.overlap(other) <= 1 + 1e-9
    assert one.overlap(one) == pytest.approx(1)


def test_center_is_the_middle() -> None:
    assert Box(10, 20, 30, 40).center == (25, 40)
