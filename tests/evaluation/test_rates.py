"""Rates: FMR, FNMR, EER and their trade-off, from scores alone."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceidd.evaluation.rates import Closeness, accepted, det, equal_error_rate, threshold_at

scores = st.lists(st.floats(-20, 20, width=32), min_size=1, max_size=60)


def ascending(values: Sequence[float]) -> Closeness:
    return np.sort(np.array(values, np.float32))


IMPOSTOR = ascending([i / 1000 for i in range(1000)])
"""A thousand, evenly from 0 to 0.999."""


def test_a_score_on_the_threshold_is_accepted() -> None:
    assert accepted(ascending([0.1, 0.5, 0.5, 0.9]), 0.5) == 3


def test_a_threshold_between_two_float32_is_kept_exactly_as_the_door_keeps_it() -> None:
    value = np.float32(0.74)  # nearest to 0.74, and below or above it
    scored = np.array([value], np.float32)
    assert accepted(scored, 0.74) == (float(value) >= 0.74)
    assert accepted(scored, float(value)) == 1
    assert accepted(scored, float(value) + 1e-9) == 0


@given(scores, st.floats(-25, 25), st.floats(-25, 25))
def test_raising_the_threshold_never_accepts_more(
    values: list[float], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    some = ascending(values)
    assert accepted(some, low) >= accepted(some, high)
    assert accepted(some, low) == sum(float(value) >= low for value in some)


@pytest.mark.parametrize(("fmr", "expected"), [(1e-2, 10), (1e-3, 1), (0.5, 500), (1, 1000)])
def test_the_threshold_of_a_rate_accepts_that_share(fmr: float, expected: int) -> None:
    threshold = threshold_at(IMPOSTOR, fmr)
    assert threshold is not None
    assert accepted(IMPOSTOR, threshold) == expected


def test_a_rate_below_one_pair_has_no_threshold() -> None:
    assert threshold_at(IMPOSTOR, 9e-4) is None
    assert threshold_at(ascending([]), 0.5) is None


@given(scores, st.floats(0, 1))
def test_the_threshold_of_a_rate_is_the_lowest_that_keeps_it(
    values: list[float], fmr: float
) -> None:
    impostor = ascending(values)
    threshold = threshold_at(impostor, fmr)
    if threshold is None:
        assert impostor.size * fmr < 1
        return
    kept = fmr * impostor.size * (1 + 1e-9)
    assert accepted(impostor, threshold) <= kept
    lower = float(np.nextafter(np.float32(threshold), np.float32(-np.inf)))
    assert threshold <= impostor[0] or accepted(impostor, lower) > kept - 1e-6


@pytest.mark.parametrize(
    ("genuine", "impostor", "expected"),
    [
        ([0.8, 0.9], [0.1, 0.2], 0.0),
        ([0.1, 0.2], [0.8, 0.9], 1.0),
        ([0.4, 0.6, 0.8, 0.9], [0.1, 0.2, 0.3, 0.5], 0.25),
        ([0.5], [0.5], 0.5),
    ],
)
def test_the_equal_error_rate_of_hand_made_scores(
    genuine: list[float], impostor: list[float], expected: float
) -> None:
    assert equal_error_rate(ascending(genuine), ascending(impostor)) == pytest.approx(expected)


def test_without_pairs_of_either_kind_there_is_no_equal_error_rate() -> None:
    assert equal_error_rate(ascending([]), IMPOSTOR) is None
    assert equal_error_rate(IMPOSTOR, ascending([])) is None


@given(scores, scores)
def test_no_threshold_brings_the_two_rates_nearer_than_the_equal_error_rate(
    genuine: list[float], impostor: list[float]
) -> None:
    ones, others = ascending(genuine), ascending(impostor)
    rate = equal_error_rate(ones, others)
    assert rate is not None
    every = np.concatenate([ones, others, [np.float32(21)]])
    pairs = [
        (accepted(others, float(t)) / others.size, 1 - accepted(ones, float(t)) / ones.size)
        for t in every
    ]
    nearest = min(abs(fnmr - fmr) for fmr, fnmr in pairs)
    best = [(fmr + fnmr) / 2 for fmr, fnmr in pairs if abs(fnmr - fmr) <= nearest + 1e-9]
    assert min(abs(rate - one) for one in best) < 1e-6


@given(scores, scores)
def test_the_trade_off_is_one(genuine: list[float], impostor: list[float]) -> None:
    ones, others = ascending(genuine), ascending(impostor)
    curve = det(ones, others)
    assert (np.diff(curve.fmr) >= 0).all()
    assert (np.diff(curve.fnmr) <= 0).all()
    assert curve.fmr[-1] == 1
    assert ((curve.fmr > 0) & (curve.fmr <= 1)).all()


def test_the_trade_off_of_hand_made_scores() -> None:
    curve = det(ascending([0.25, 0.5, 0.75, 1]), ascending([0, 0.3, 0.6]))
    assert curve.fmr.tolist() == pytest.approx([1 / 3, 2 / 3, 1])
    assert curve.fnmr.tolist() == [0.5, 0.25, 0]
