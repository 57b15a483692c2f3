"""Folds: each judged by the threshold that is best on the others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceidd.evaluation.folds import FoldAccuracy, verify


def judged(rows: list[tuple[int, bool, float]]) -> FoldAccuracy:
    folds, same, closeness = zip(*rows, strict=True)
    return verify(np.array(folds), np.array(same), np.array(closeness, np.float32))


def test_each_fold_is_judged_by_the_others_threshold() -> None:
    accuracy = judged([(0, True, 0.9), (0, False, 0.2), (1, True, 0.5), (1, False, 0.4)])
    assert accuracy.thresholds == pytest.approx((0.5, 0.9))
    assert accuracy.folds == (1.0, 0.5)
    assert accuracy.mean == 0.75
    assert accuracy.error == pytest.approx(np.std([1, 0.5], ddof=1) / np.sqrt(2))


def test_a_pair_without_a_face_is_called_different() -> None:
    accuracy = judged(
        [
            (fold, same, score)
            for fold in (0, 1)
            for same, score in ((True, 0.9), (True, -np.inf), (False, -np.inf), (False, 0.1))
        ]
    )
    assert accuracy.folds == (0.75, 0.75)


def test_where_nothing_can_be_compared_all_are_called_different() -> None:
    accuracy = judged([(fold, same, -np.inf) for fold in (0, 1) for same in (True, False)])
    assert accuracy.folds == (0.5, 0.5)


def test_one_fold_has_no_other_to_be_judged_by() -> None:
    with pytest.raises(ValueError, match="there are none"):
        judged([(0, True, 0.9), (0, False, 0.2)])


@given(st.lists(st.tuples(st.booleans(), st.floats(-1, 1, width=16)), min_size=1, max_size=30))
def test_the_threshold_is_the_best_there_is(rows: list[tuple[bool, float]]) -> None:
    accuracy = judged([(0, same, score) for same, score in rows] + [(1, True, 0.5)])
    threshold = accuracy.thresholds[1]  # of fold 1, from all of fold 0
    right = [sum((score >= t) == same for same, score in rows) for t in {s for _, s in rows}]
    assert sum((score >= threshold) == same for same, score in rows) == max(right)
