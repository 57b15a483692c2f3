"""The tail: how many trials are enough, and where the threshold lies that lets few of them pass."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faceidd.evaluation.calibration_tail import STEP, Tail, trials_needed

SEEDS = st.integers(0, 2**32 - 1)
SHARES = st.floats(1e-4, 0.5)


def searches(seed: int, people: int, faces: int, *, alike: float = 1.0) -> Tail:
    """Searches with normal scores; the more alike a person's are, the less each says anew."""
    random = np.random.default_rng(seed)
    own = random.normal(size=(people, 1)) * math.sqrt(alike)
    scores = own + random.normal(size=(people, faces)) * math.sqrt(1 - alike)
    owners = np.repeat(np.arange(people), faces)
    order = np.argsort(-scores.ravel())
    closeness = scores.ravel()[order].astype(np.float32)
    return Tail(people * faces, closeness, owners[order][:, None], np.full(people, faces))


def comparisons(seed: int, people: int) -> Tail:
    """Comparisons of people with one face each."""
    pairs = np.stack(np.triu_indices(people, 1), axis=1)
    scores = np.random.default_rng(seed).normal(size=len(pairs)).astype(np.float32)
    order = np.argsort(-scores)
    return Tail(len(pairs), scores[order], pairs[order], np.ones(people, np.intp))


@pytest.mark.parametrize("share", [0.5, 0.05, 1e-2, 1e-3, 1e-4, 1e-6])
def test_trials_needed_are_just_enough(share: float) -> None:
    needed = trials_needed(share)
    assert (1 - share) ** needed <= 0.05 < (1 - share) ** (needed - 1)


def test_trials_needed_follow_the_rule_of_three() -> None:
    assert trials_needed(1e-3) == 2995
    assert trials_needed(1e-4) == pytest.approx(3e4, rel=0.01)


@settings(max_examples=25)
@given(SEEDS, SHARES, SHARES, st.booleans())
def test_a_smaller_share_never_gives_a_laxer_threshold(
    seed: int, one: float, other: float, paired: bool
) -> None:
    tail = comparisons(seed, 15) if paired else searches(seed, 12, 3, alike=0.5)
    strict, lax = tail.vote(min(one, other)), tail.vote(max(one, other))
    assert strict is not None
    assert lax is not None
    assert strict.high >= lax.high
    assert strict.point >= lax.point
    assert strict.low >= lax.low


@settings(max_examples=25)
@given(SEEDS, SHARES)
def test_no_more_than_the_share_reaches_the_threshold(seed: int, share: float) -> None:
    for tail in (comparisons(seed, 15), searches(seed, 12, 3, alike=0.5)):
        vote = tail.vote(share)
        assert vote is not None
        assert tail.accepted(vote.high) <= share * tail.trials
        assert vote.low <= vote.point < vote.high
        assert vote.high / STEP == pytest.approx(round(vote.high / STEP))


def test_the_point_is_the_highest_score_that_may_not_pass() -> None:
    closeness = np.linspace(0.9, 0.0, 10, dtype=np.float32)
    tail = Tail(10, closeness, np.arange(10)[:, None], np.ones(10, np.intp))
    for share, passed in ((0.01, 0), (0.1, 1), (0.25, 2), (0.3, 3)):
        vote = tail.vote(share)
        assert vote is not None
        assert vote.point == closeness[passed]


def test_a_share_of_whole_trials_is_not_lost_to_rounding() -> None:
    closeness = np.linspace(1, 0, 1000, dtype=np.float32)
    tail = Tail(1000, closeness, np.arange(1000)[:, None] % 20, np.full(20, 50))
    for allowed in (1, 3, 7, 29, 113):
        vote = tail.vote(allowed / 1000)
        assert vote is not None
        assert vote.point == closeness[allowed]


def test_the_interval_is_seeded() -> None:
    tail = searches(1, 30, 3, alike=0.5)
    assert tail.vote(0.05) == tail.vote(0.05)


@pytest.mark.parametrize("seed", range(2))
def test_more_people_make_the_interval_narrower(seed: int) -> None:
    few, many = comparisons(seed, 20).vote(0.02), comparisons(seed, 90).vote(0.02)
    assert few is not None
    assert many is not None
    assert many.high - many.low < (few.high - few.low) / 2


def test_more_photos_of_the_same_people_do_not() -> None:
    """Faces that say nothing anew are no evidence, however many there are."""
    one, many = searches(3, 40, 1).vote(0.1), searches(3, 40, 20).vote(0.1)
    assert one is not None
    assert many is not None
    assert many.high - many.low > (one.high - one.low) * 0.7


def test_the_threshold_is_seldom_too_low_for_the_people_it_stands_for() -> None:
    """The true threshold at 10 % is known here: the normal distribution's upper decile."""
    votes = [searches(seed, 100, 4, alike=0.6).vote(0.1) for seed in range(40)]
    decile = 1.2816
    too_low = sum(vote is not None and vote.high < decile for vote in votes)
    points_too_low = sum(vote is not None and vote.point < decile for vote in votes)
    assert too_low <= 6  # 2 are to be expected; more than 6 are one chance in 300
    assert points_too_low > 12  # so the interval is what makes the difference


def test_pairs_of_a_person_drawn_twice_are_no_trial() -> None:
    """With two people a resample is the two, or one of them twice, which has nothing to say."""
    tail = Tail(1, np.array([0.25], np.float32), np.array([[0, 1]]), np.ones(2, np.intp))
    vote = tail.vote(0.1)
    assert vote is not None
    assert (vote.low, vote.point) == (0.25, 0.25)


def test_without_trials_there_is_no_vote() -> None:
    nothing = Tail(0, np.empty(0, np.float32), np.empty((0, 2), np.intp), np.ones(1, np.intp))
    assert nothing.vote(0.1) is None
    assert nothing.accepted(0.0) == 0
