"""Motion is seen where it is, and neither noise nor light that has changed is taken for it long."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faceidd.camera.frame import Image
from faceidd.camera.motion import LEARN_S, SETTLE_S, Motion
from faceidd.units import Instant

FPS = 20
MIN_FACE_PX = 32
HEIGHT, WIDTH = 120, 160


class Doorstep:
    """A place before a camera, with a grainy picture."""

    def __init__(self, *, noise: float = 4.0) -> None:
        chance = np.random.default_rng(1)
        self._grain = chance.normal(0, noise, (16, HEIGHT, WIDTH, 1)).astype(np.float32)
        self._frames = 0
        self.motion = Motion(MIN_FACE_PX)
        place = chance.integers(60, 180, (12, 16, 3), np.uint8)
        self.place = cv2.resize(place, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)

    def show(self, image: "cv2.typing.MatLike | None" = None, *, light: float = 1.0) -> bool:
        """Let the next frame be seen; whether it moved."""
        bright = (self.place if image is None else image) * light
        grain = self._grain[self._frames * 7 % len(self._grain)]
        frame: Image = np.clip(bright + grain, 0, 255).astype(np.uint8)
        self._frames += 1
        return self.motion.moved(frame, Instant(self._frames / FPS))

    def watch(self, seconds: float, *, light: float = 1.0) -> list[bool]:
        return [self.show(light=light) for _ in range(round(seconds * FPS))]

    def with_head(self, x: int, level: int = 200, width: int = MIN_FACE_PX) -> Image:
        """Somebody's head at x, of one gray level."""
        image = self.place.copy()
        size = (width // 2, round(0.65 * width))
        cv2.ellipse(image, (x, HEIGHT // 2), size, 0, 0, 360, (level,) * 3, -1)
        return np.asarray(image, np.uint8)


@pytest.fixture
def doorstep() -> Doorstep:
    """A place that is known."""
    made = Doorstep()
    made.watch(8)
    return made


def test_everything_is_motion_at_first_and_nothing_later() -> None:
    doorstep = Doorstep()
    moved = doorstep.watch(8)
    assert all(moved[: round(LEARN_S * FPS)])
    assert not any(moved[2 * FPS :])


@pytest.mark.parametrize("noise", [0.0, 2.0, 12.0])
def test_noise_is_no_motion(noise: float) -> None:
    doorstep = Doorstep(noise=noise)
    doorstep.watch(8)
    assert not any(doorstep.watch(5))


@given(x=st.integers(0, WIDTH), brighter=st.sampled_from([-40, 40]))
@settings(max_examples=10, deadline=None)
def test_a_head_is_seen_at_once_wherever_it_appears(x: int, brighter: int) -> None:
    doorstep = Doorstep()
    doorstep.watch(3)
    level = int(doorstep.place[40:80, max(0, x - 16) : x + 16].mean()) + brighter
    assert doorstep.show(doorstep.with_head(x, level))


def test_somebody_who_comes_ever_so_slowly_is_seen(doorstep: Doorstep) -> None:
    seen = [doorstep.show(doorstep.with_head(step // 16)) for step in range(30 * FPS)]
    assert sum(seen) > 0.9 * len(seen) - 2 * FPS


def test_a_light_that_is_switched_is_motion_and_then_the_new_normal(doorstep: Doorstep) -> None:
    moved = doorstep.watch(10, light=0.5)
    assert moved[0]
    assert not any(moved[round((SETTLE_S + 1) * FPS) :])
    assert doorstep.show((doorstep.with_head(70) * 0.5).astype(np.uint8))


def test_dusk_is_no_motion(doorstep: Doorstep) -> None:
    moved = [doorstep.show(light=1 - 0.5 * step / 600) for step in range(600)]
    assert sum(moved) < 0.05 * len(moved)


def test_a_picture_of_another_size_is_learned_anew(doorstep: Doorstep) -> None:
    small = np.zeros((180, 320, 3), np.uint8)
    assert doorstep.motion.moved(small, Instant(100.0))
    assert doorstep.motion.moved(small, Instant(100.1))
    assert not doorstep.motion.moved(small, Instant(110.0))


def test_small_faces_have_small_cells() -> None:
    motion = Motion(20)
    image = np.full((480, 640, 3), 90, np.uint8)
    for step in range(60):
        motion.moved(image, Instant(step / FPS))
    face = image.copy()
    face[240:260, 300:320] = 150
    assert motion.moved(face, Instant(3.1))


@pytest.mark.parametrize(("width", "height"), [(640, 2), (1920, 1), (2000, 4), (1, 1920), (1, 1)])
def test_of_a_picture_of_any_shape_something_is_looked_at(width: int, height: int) -> None:
    motion = Motion(MIN_FACE_PX)
    for step in range(3 * FPS):
        motion.moved(np.full((height, width, 3), 90, np.uint8), Instant(step / FPS))
    assert motion.moved(np.full((height, width, 3), 190, np.uint8), Instant(3.1))
