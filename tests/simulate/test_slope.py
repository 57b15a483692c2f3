import numpy as np
import pytest

from faceidd.simulate.slope import LEAST, fit

HOURS = np.linspace(0, 2, 400)


def correlated(seed: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Noise in which each sample resembles the one before it."""
    steps = np.random.default_rng(seed).normal(size=len(HOURS))
    noise = np.zeros(len(HOURS))
    for index in range(1, len(HOURS)):
        noise[index] = 0.8 * noise[index - 1] + steps[index]
    return noise


def test_a_line_has_its_slope() -> None:
    slope = fit(list(HOURS), list(3 * HOURS + 7))
    assert slope is not None
    assert (slope.value, slope.low, slope.high) == pytest.approx((3, 3, 3))


def test_few_samples_say_nothing() -> None:
    assert fit(range(LEAST - 1), range(LEAST - 1)) is None


def test_samples_of_one_moment_say_nothing() -> None:
    assert fit([0.1] * 11, range(11)) is None


def test_the_interval_holds_for_samples_that_resemble_each_other() -> None:
    fits = [fit(list(HOURS), list(correlated(seed))) for seed in range(100)]
    held = sum(slope is not None and slope.low <= 0 <= slope.high for slope in fits)
    assert held >= 85


def test_growth_is_found_in_noise() -> None:
    slope = fit(list(HOURS), list(correlated(1) + 10 * HOURS))
    assert slope is not None
    assert 0 < slope.low < 10 < slope.high


def test_a_slope_in_another_unit() -> None:
    slope = fit(list(HOURS), list(3 * HOURS))
    assert slope is not None
    assert slope.times(1000).value == pytest.approx(3000)
