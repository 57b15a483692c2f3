"""A blind camera is told, once, with its end; a picture of a place never is."""

import itertools

import numpy as np
import pytest

from faceidd.camera.frame import Frame
from faceidd.camera.health import LASTING_S, PictureAlert, PictureFault, PictureHealth
from faceidd.units import Instant, Seconds

FPS = 4
FROZEN_AFTER = Seconds(30.0)


class Camera:
    """A camera whose pictures a test paints."""

    def __init__(self, size: tuple[int, int] | None = None) -> None:
        chance = np.random.default_rng(1)
        self._grain = chance.normal(0, 3, (8, 120, 160, 3)).astype(np.float32)
        squares = chance.integers(40, 200, (12, 16, 1)).astype(np.float32)
        self.place = np.repeat(np.repeat(squares, 10, 0), 10, 1)
        self._health = PictureHealth(size, FROZEN_AFTER)
        self._numbers = itertools.count()

    def show(
        self, seconds: float, *, light: float = 1.0, level: float = 0.0, noise: bool = True
    ) -> list[PictureAlert]:
        """Show the place in so much light, or above a level, for a while; what is told."""
        told: list[PictureAlert] = []
        for _ in range(round(seconds * FPS)):
            number = next(self._numbers)
            grain = self._grain[number % 8 if noise else 0]
            image = np.clip(self.place * light + level + grain, 0, 255).astype(np.uint8)
            told += self._health.judge(Frame(image, Instant(number / FPS), number))
        return told

    @property
    def active(self) -> tuple[PictureFault, ...]:
        return self._health.active


@pytest.fixture
def camera() -> Camera:
    """A camera that has shown its place."""
    made = Camera()
    assert made.show(3) == []
    return made


def told(alerts: list[PictureAlert]) -> list[tuple[PictureFault, bool]]:
    return [(alert.fault, alert.active) for alert in alerts]


@pytest.mark.parametrize("light", [0.2, 1.0, 1.2])
def test_a_place_in_any_usable_light_is_no_fault(camera: Camera, light: float) -> None:
    assert camera.show(40, light=light) == []


def test_a_lens_that_is_covered_is_told_with_its_end(camera: Camera) -> None:
    begun = camera.show(5, light=0.0, level=30)
    assert told(begun) == [(PictureFault.COVERED, True)]
    assert "no detail" in begun[0].detail
    assert camera.show(5, light=0.0, level=30) == []
    assert camera.active == (PictureFault.COVERED,)
    assert told(camera.show(5)) == [(PictureFault.COVERED, False)]
    assert not camera.active


def test_a_lens_that_is_covered_with_black_is_told_as_covered(camera: Camera) -> None:
    assert told(camera.show(5, light=0.0)) == [(PictureFault.COVERED, True)]


def test_a_hand_that_passes_is_not_told(camera: Camera) -> None:
    assert camera.show(LASTING_S - 0.5, light=0.0) + camera.show(5) == []


def test_dusk_is_dark_and_not_covered(camera: Camera) -> None:
    alerts = [alert for step in range(60) for alert in camera.show(1, light=0.93**step * 0.3)]
    alerts += camera.show(10, light=0.0)
    assert told(alerts) == [(PictureFault.DARK, True)]


def test_a_camera_that_is_dazzled_is_told(camera: Camera) -> None:
    assert told(camera.show(5, level=250)) == [(PictureFault.BRIGHT, True)]
    assert told(camera.show(5)) == [(PictureFault.BRIGHT, False)]


def test_a_picture_that_stands_still_to_the_pixel_is_told(camera: Camera) -> None:
    assert camera.show(FROZEN_AFTER - 1, noise=False) == []
    begun = camera.show(3, noise=False)
    assert told(begun) == [(PictureFault.FROZEN, True)]
    assert "the same picture for 30 s" in begun[0].detail
    assert told(camera.show(4)) == [(PictureFault.FROZEN, False)]


def test_a_still_scene_that_is_refreshed_now_and_then_is_not_frozen(camera: Camera) -> None:
    for _ in range(6):  # as a lossy stream repeats itself between its key frames
        assert camera.show(10, noise=False) + camera.show(0.25) == []


@pytest.mark.parametrize(("size", "wrong"), [((160, 120), False), ((1280, 720), True)])
def test_a_size_that_was_not_asked_for_is_told(size: tuple[int, int], wrong: bool) -> None:
    alerts = Camera(size).show(4)
    assert told(alerts) == ([(PictureFault.WRONG_SIZE, True)] if wrong else [])
    assert not wrong or alerts[0].detail == "160x120, not 1280x720"


@pytest.mark.parametrize(
    ("width", "height"), [(640, 2), (1920, 1), (2000, 4), (1, 1920), (1, 1), (3840, 2160)]
)
def test_a_picture_of_any_shape_is_judged(width: int, height: int) -> None:
    health = PictureHealth(None, None)
    image = np.full((height, width, 3), 127, np.uint8)
    alerts = [
        alert for at in range(5) for alert in health.judge(Frame(image, Instant(float(at)), at))
    ]
    assert told(alerts) == [(PictureFault.COVERED, True)]
