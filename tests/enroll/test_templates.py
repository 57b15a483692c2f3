"""Fusing photos: what agrees is averaged, what does not is left out, and nobody guesses."""

from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceidd.enroll.templates import (
    Agreement,
    Floats,
    FusedPhotos,
    Template,
    Use,
    fuse,
)
from faceidd.errors import EnrollmentError

DIMENSION = 16

LIMITS = Agreement.of_model(0.74)


def unit(rows: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Floats:
    scaled: Floats = (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)
    return scaled


def at_cosine(cosine: float, axis: int) -> Floats:
    """A unit vector with this cosine to the first axis, and otherwise along another one."""
    vector = np.zeros(DIMENSION)
    vector[0], vector[axis] = cosine, np.sqrt(1 - cosine**2)
    return unit(vector)


def fused(*vectors: Floats, weights: Sequence[float] | None = None) -> FusedPhotos:
    count = len(vectors)
    norms = np.arange(1, count + 1, dtype=np.float32)
    return fuse(np.stack(vectors), norms, np.array(weights or [1.0] * count, np.float32), LIMITS)


def uses(result: FusedPhotos) -> list[Use]:
    return [one.use for one in result.contributions]


def made(result: FusedPhotos) -> Template:
    assert result.template is not None
    return result.template


def people(random: np.random.Generator, own: int, strangers: int) -> Floats:
    """Photos of one person, cosines about 0.8, and photos of others, about 0."""
    center = np.zeros(DIMENSION)
    center[0] = 1
    mine = center + random.normal(0, 0.12, (own, DIMENSION))
    others = random.normal(0, 1, (strangers, DIMENSION)) * np.r_[0.1, np.ones(DIMENSION - 1)]
    return np.concatenate([unit(mine), unit(others)])


PEOPLE = st.builds(
    people, st.integers(0, 2**32).map(np.random.default_rng), st.integers(1, 7), st.integers(0, 3)
)


def test_one_photo_is_the_template() -> None:
    (only,) = people(np.random.default_rng(1), 1, 0)
    result = fused(only)
    assert made(result).vector == pytest.approx(only, abs=1e-6)
    assert made(result).norm == 1
    (entry,) = result.contributions
    assert (entry.use, entry.share) == (Use.USED, 1)
    assert entry.likeness == pytest.approx(1)


def test_a_template_is_the_mean_by_quality() -> None:
    vectors = people(np.random.default_rng(2), 3, 0)
    weights = (1.0, 0.5, 0.1)
    result = fused(*vectors, weights=weights)
    mean = np.array(weights) @ vectors / 1.6
    assert made(result).vector == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)
    assert made(result).vector.dtype == np.float32
    assert made(result).norm == pytest.approx((1 * 1.0 + 2 * 0.5 + 3 * 0.1) / 1.6)
    assert [one.share for one in result.contributions] == pytest.approx(np.array(weights) / 1.6)
    likeness = vectors @ made(result).vector
    assert [one.likeness for one in result.contributions] == pytest.approx(likeness, abs=1e-6)


@pytest.mark.parametrize("own", [2, 3, 5, 9])
@pytest.mark.parametrize("place", [0, 1, -1])
def test_a_strangers_photo_is_left_out(own: int, place: int) -> None:
    vectors = list(people(np.random.default_rng(own), own, 1))
    stranger, mine = vectors[-1], vectors[:-1]
    photos = mine.copy()
    photos.insert(place % (own + 1), stranger)
    result = fused(*photos)
    expected = [Use.OUTLIER if one is stranger else Use.USED for one in photos]
    assert uses(result) == expected
    assert made(result).vector == pytest.approx(unit(np.sum(mine, axis=0)), abs=1e-6)
    for one in result.contributions:
        assert (one.share > 0) == (one.use is Use.USED)
        assert (one.likeness > LIMITS.alien) == (one.use is Use.USED)


def test_two_strangers_among_five_are_left_out() -> None:
    result = fused(*people(np.random.default_rng(5), 3, 2))
    assert uses(result) == [Use.USED] * 3 + [Use.OUTLIER] * 2


@pytest.mark.parametrize(("own", "strangers"), [(1, 1), (1, 2), (2, 2), (3, 3)])
def test_without_a_majority_nobody_is_right(own: int, strangers: int) -> None:
    vectors = people(np.random.default_rng(own), own, strangers)
    result = fused(*vectors)
    assert result.template is None
    assert uses(result) == [Use.DISAGREE] * (own + strangers)
    assert all(one.share == 0 for one in result.contributions)


@pytest.mark.parametrize(("beside", "agree"), [(-0.01, False), (0.01, True)])
def test_two_photos_agree_from_the_limit_on(beside: float, agree: bool) -> None:
    result = fused(at_cosine(1, 1), at_cosine(LIMITS.alien + beside, 1))
    assert (result.template is not None) is agree


@pytest.mark.parametrize(
    ("among", "cosine", "use"),
    [
        (0.95, LIMITS.familiar - 0.02, Use.OUTLIER),
        (0.95, LIMITS.familiar + 0.02, Use.USED),
        (LIMITS.familiar - 0.02 + LIMITS.apart - 0.02, LIMITS.familiar - 0.02, Use.USED),
        (0.6, LIMITS.alien + 0.02, Use.USED),
        (0.6, LIMITS.alien - 0.02, Use.OUTLIER),
    ],
)
def test_a_photo_is_held_against_how_alike_the_others_are(
    among: float, cosine: float, use: Use
) -> None:
    """Among photos that are alike as twins, one that is less so stands out."""
    half = np.sqrt((1 + among) / 2)  # each one's cosine with the mean of two
    pair = at_cosine(half, 1), at_cosine(half, 1) * np.r_[1, -1, np.ones(DIMENSION - 2)]
    assert float(pair[0] @ pair[1]) == pytest.approx(among, abs=1e-5)
    result = fused(*[one.astype(np.float32) for one in pair], at_cosine(cosine, 2))
    assert uses(result) == [Use.USED, Use.USED, use]


@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_order_of_photos_does_not_matter(vectors: Floats, shuffle: Random) -> None:
    norms = np.linspace(1, 2, len(vectors), dtype=np.float32)
    weights = np.linspace(0.2, 1, len(vectors), dtype=np.float32)
    order = list(range(len(vectors)))
    shuffle.shuffle(order)
    first = fuse(vectors, norms, weights, LIMITS)
    second = fuse(vectors[order], norms[order], weights[order], LIMITS)
    assert [first.contributions[at].use for at in order] == uses(second)
    if first.template is None or second.template is None:
        assert first.template is second.template
        return
    assert (first.template.vector == second.template.vector).all()
    assert first.template.norm == second.template.norm


@given(PEOPLE, st.lists(st.integers(0, 9), min_size=1, max_size=5))
def test_one_picture_photostwice_counts_once(vectors: Floats, again: list[int]) -> None:
    """Else a stranger's photo, copied often enough, would outvote the person."""
    twice = [at % len(vectors) for at in again]
    once, more = fused(*vectors), fused(*vectors, *vectors[twice])
    assert uses(more)[: len(vectors)] == uses(once)
    for at, use in zip(twice, uses(more)[len(vectors) :], strict=True):
        assert use is (Use.REPEATED if uses(once)[at] is Use.USED else uses(once)[at])
    assert (once.template is None) is (more.template is None)
    if once.template is not None and more.template is not None:
        assert (once.template.vector == more.template.vector).all()
        assert once.template.norm == more.template.norm


def test_the_best_of_equal_pictures_counts() -> None:
    (vector,) = people(np.random.default_rng(3), 1, 0)
    result = fused(vector, vector, vector, weights=(0.3, 0.9, 0.5))
    assert uses(result) == [Use.REPEATED, Use.USED, Use.REPEATED]
    assert made(result).norm == 2


@given(PEOPLE, st.integers(0, 9), st.integers(0, 2**32))
def test_a_picture_that_is_nearly_a_repetition_moves_little(
    vectors: Floats, which: int, seed: int
) -> None:
    own = vectors[: max(1, len(vectors) - 3)]
    before = fused(*own)
    if before.template is None or set(uses(before)) != {Use.USED}:
        return
    near = own[which % len(own)] + np.random.default_rng(seed).normal(0, 0.005, DIMENSION)
    after = fused(*own, unit(near))
    assert made(after).vector @ before.template.vector > 0.97


@given(PEOPLE)
def test_every_template_is_a_usable_embedding(vectors: Floats) -> None:
    result = fused(*vectors)
    if result.template is None:
        return
    assert np.linalg.norm(result.template.vector.astype(np.float64)) == pytest.approx(1, abs=1e-6)
    assert sum(one.share for one in result.contributions) == pytest.approx(1)
    used = [one for one in result.contributions if one.use is Use.USED]
    assert 2 * len(used) > len({vector.tobytes() for vector in vectors})
    assert 1 <= result.template.norm <= len(vectors)


def test_the_others_are_weighed_too() -> None:
    """Nothing here agrees; the third photo has a part of each of the others."""
    axes = np.eye(3, DIMENSION)
    third = 0.4 * axes[0] + 0.1 * axes[1] + np.sqrt(1 - 0.17) * axes[2]
    vectors = [unit(one) for one in (axes[0], axes[1], third)]
    result = fused(*vectors, weights=(1.0, 0.2, 0.7))
    assert result.template is None
    expected = (0.4 * 1 + 0.1 * 0.2) / np.hypot(1, 0.2)
    assert result.contributions[2].likeness == pytest.approx(expected, abs=1e-6)


def test_opposite_vectors_have_no_mean_and_no_template() -> None:
    vector = at_cosine(0.3, 1)
    assert fused(vector, -vector).template is None
    assert fused(vector, -vector, at_cosine(0, 5)).template is None


OKAY = np.ones(2, np.float32)


@pytest.mark.parametrize(
    ("vectors", "norms", "weights"),
    [
        (np.zeros((2, 3)), OKAY, OKAY),
        (np.full((2, 3), np.nan), OKAY, OKAY),
        (np.eye(2, 3) * 1.1, OKAY, OKAY),
        (np.full((2, 3), np.inf), OKAY, OKAY),
        (np.eye(2, 3), np.array([1, np.nan]), OKAY),
        (np.eye(2, 3), np.array([1, 0]), OKAY),
        (np.eye(2, 3), np.array([1, np.inf]), OKAY),
        (np.eye(2, 3), OKAY, np.array([1, 0])),
        (np.eye(2, 3), OKAY, np.array([1, -1])),
        (np.eye(2, 3), OKAY, np.array([1, 1.1])),
        (np.eye(2, 3), OKAY, np.array([1, np.nan])),
        (np.eye(2, 3), np.ones(3), OKAY),
        (np.eye(2, 3), OKAY, np.ones((2, 1))),
        (np.ones(3) / np.sqrt(3), OKAY, OKAY),
        (np.empty((0, 3)), np.empty(0), np.empty(0)),
    ],
)
def test_what_is_no_embedding_is_refused(vectors: Floats, norms: Floats, weights: Floats) -> None:
    with pytest.raises(EnrollmentError, match=r"not of unit length|no photos of a person"):
        fuse(
            vectors.astype(np.float32),
            norms.astype(np.float32),
            weights.astype(np.float32),
            LIMITS,
        )


def test_the_limits_are_in_proportion_for_a_model_that_crowds_faces() -> None:
    crowded = Agreement.of_model(0.965)
    assert 0.92 < crowded.alien < crowded.familiar < 0.965
    assert crowded.apart < 0.05
