"""Confidence: exact bounds around a counted share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from faceidd.evaluation.confidence import LEVEL, pooled, rate

counts = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_the_bounds_hold_the_share_and_are_those_of_scipy(count: tuple[int, int]) -> None:
    errors, trials = count
    one = rate(errors, trials)
    assert 0 <= one.low <= one.value <= one.high <= 1
    exact = binomtest(errors, trials).proportion_ci(LEVEL, method="exact")
    assert (one.low, one.high) == pytest.approx((exact.low, exact.high), abs=1e-9)


@pytest.mark.parametrize(("errors", "high"), [(0, 0.00368208), (1, 0.00556)])
def test_few_errors_have_the_bounds_of_the_tables(errors: int, high: float) -> None:
    assert rate(errors, 1000).high == pytest.approx(high, rel=1e-3)


@pytest.mark.parametrize("truth", [0.01, 0.2, 0.5])
def test_the_bounds_cover_the_truth_as_often_as_they_promise(truth: float) -> None:
    trials = 60
    covered = sum(
        float(binom.pmf(errors, trials, truth))
        for errors in range(trials + 1)
        if (one := rate(errors, trials)).low <= truth <= one.high
    )
    assert covered >= LEVEL


def test_of_no_trial_nothing_is_known() -> None:
    assert (rate(0, 0).low, rate(0, 0).high) == (0, 1)


@pytest.mark.parametrize("count", [(-1, 5), (6, 5)])
def test_a_count_that_cannot_be_is_refused(count: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="errors in 5 trials"):
        rate(*count)


def test_several_counts_are_one_together() -> None:
    assert pooled([rate(1, 10), rate(3, 30)]) == rate(4, 40)
