"""Grouping of boxes that show one face."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceidd.face.detection import Box
from faceidd.face.suppression import Boxes, groups, overlaps

ROWS = st.tuples(st.floats(0, 90), st.floats(0, 90), st.floats(5, 60), st.floats(5, 60))
SCENES = st.lists(st.tuples(ROWS, st.floats(0, 1)), max_size=15)


def corners(rows: list[tuple[float, float, float, float]]) -> Boxes:
    table = np.array(rows, np.float32).reshape(-1, 4)
    table[:, 2:] += table[:, :2]
    return table


@given(ROWS, ROWS)
def test_overlaps_are_those_of_boxes(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> None:
    found = overlaps(corners([one])[0], corners([one, other]))
    assert found == pytest.approx([1, Box(*one).overlap(Box(*other))], abs=1e-4)


def test_a_nested_box_is_the_same_when_the_smaller_area_counts() -> None:
    boxes, scores = corners([(0, 0, 100, 100), (40, 40, 20, 20)]), np.array([0.5, 0.9], np.float32)
    assert [group.tolist() for group in groups(boxes, scores, 0.5, of_smaller=True)] == [[1, 0]]
    assert [group.tolist() for group in groups(boxes, scores, 0.5)] == [[1], [0]]


@given(SCENES)
def test_groups_hold_every_box_once_best_first(
    scene: list[tuple[tuple[float, float, float, float], float]],
) -> None:
    boxes = corners([row for row, _ in scene])
    scores = np.array([score for _, score in scene], np.float32)
    found = groups(boxes, scores, 0.3)

    assert sorted(itertools.chain(*found)) == list(range(len(scene)))
    leaders = [group[0] for group in found]
    assert list(scores[leaders]) == sorted(scores[leaders], reverse=True)
    for group in found:
        assert list(scores[group]) == sorted(scores[group], reverse=True)
        assert (overlaps(boxes[group[0]], boxes[group[1:]]) > 0.3).all()
    for one, other in itertools.combinations(leaders, 2):
        assert overlaps(boxes[one], boxes[[other]])[0] <= 0.3
