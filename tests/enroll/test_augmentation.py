"""Changed copies of photos: what each change does, and how they are mixed."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceidd.camera.frame import Image
from faceidd.enroll.augmentation import LIMITS, RANGES, Change, Mix, Range, apply
from faceidd.errors import EnrollmentError


def random() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def photo() -> Image:
    """A dark to light slope with a light square in the upper left."""
    image = np.tile(np.linspace(60, 180, 80, dtype=np.uint8)[None, :, None], (60, 1, 3)).copy()
    image[10:20, 10:20] = 250
    return image


def test_a_flip_exchanges_left_and_right(photo: Image) -> None:
    assert (apply(Change.FLIP, photo, 0, random()) == photo[:, ::-1]).all()


def test_a_tilt_turns_clockwise_about_the_middle(photo: Image) -> None:
    upright = apply(Change.TILT, photo, 180, random())
    assert np.abs(upright.astype(int) - photo[::-1, ::-1]).mean() < 1
    quarter = apply(Change.TILT, photo[:60, 10:70], 90, random())
    assert np.abs(quarter.astype(int) - np.rot90(photo[:60, 10:70], -1)).mean() < 1


def test_noise_has_the_deviation_asked_for() -> None:
    gray = np.full((100, 100, 3), 128, np.uint8)
    noisy = apply(Change.NOISE, gray, 12, random()).astype(int) - 128
    assert noisy.std() == pytest.approx(12, rel=0.05)
    assert noisy.mean() == pytest.approx(0, abs=0.5)


def test_brightness_is_added_and_does_not_turn_over(photo: Image) -> None:
    lighter = apply(Change.BRIGHTNESS, photo, 40, random())
    assert (lighter == np.minimum(photo.astype(int) + 40, 255)).all()


def test_contrast_keeps_the_mean(photo: Image) -> None:
    flat = apply(Change.CONTRAST, photo, 0.5, random()).astype(float)
    assert flat.mean() == pytest.approx(photo.mean(), abs=1)
    assert flat.std() == pytest.approx(photo.std() / 2, rel=0.05)
    assert np.ptp(apply(Change.CONTRAST, photo, 0, random())) == 0


def test_salt_and_pepper_change_their_share_of_the_pixels() -> None:
    gray = np.full((200, 200, 3), 128, np.uint8)
    changed = apply(Change.SALT_PEPPER, gray, 0.1, random())
    assert set(np.unique(changed)) == {0, 128, 255}
    assert (changed != 128).any(axis=2).mean() == pytest.approx(0.1, rel=0.1)
    assert (changed == 255).mean() == pytest.approx(0.05, rel=0.2)


@pytest.mark.parametrize("change", Change)
def test_a_photo_is_left_as_it_is(photo: Image, change: Change) -> None:
    before = photo.copy()
    photo.flags.writeable = False
    changed = apply(change, photo, RANGES[change][1], random())
    assert (photo == before).all()
    assert changed.shape == photo.shape
    assert changed.dtype == np.uint8


@given(
    st.dictionaries(st.sampled_from(Change), st.just(None), min_size=1),
    st.integers(1, 9),
    st.integers(0, 2**32),
)
def test_a_seed_makes_the_same_mix_again(changes: dict[Change, None], most: int, seed: int) -> None:
    image = (np.arange(12 * 16 * 3) % 256).astype(np.uint8).reshape(12, 16, 3)
    mix = Mix({change: RANGES[change] for change in changes}, most)
    one, two = (mix.apply(image, np.random.default_rng(seed)) for _ in range(2))
    assert (one == two).all()
    assert one.shape == image.shape


def test_a_mix_draws_from_its_ranges() -> None:
    gray = np.full((4, 4, 3), 100, np.uint8)
    mix, generator = Mix({Change.BRIGHTNESS: (10, 20)}, 3), random()
    added = {int(mix.apply(gray, generator)[0, 0, 0]) - 100 for _ in range(200)}
    assert added == set(range(10, 21))


@pytest.mark.parametrize(
    "ranges",
    [
        {Change.TILT: (20, 10)},
        {Change.NOISE: (-1, 5)},
        {Change.SALT_PEPPER: (0, 1.1)},
        {Change.CONTRAST: (float("nan"), 1)},
    ],
)
def test_a_range_without_sense_is_refused(ranges: Mapping[Change, Range]) -> None:
    with pytest.raises(EnrollmentError, match="cannot go from"):
        Mix(ranges, 1)


def test_all_changes_have_a_range_within_their_limits() -> None:
    assert set(RANGES) == set(LIMITS) == set(Change)
    Mix(RANGES, len(RANGES))
