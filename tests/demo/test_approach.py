from itertools import islice

import numpy as np
import pytest

from faceidd.camera.frame import Image
from faceidd.demo.approach import SCENES, approach, scene_at
from faceidd.simulate.approach import FPS, Portrait

FACE = (100, 80, 100)
FRAMES = 450
PLACES = np.cumsum([0, *(round(scene.seconds * FPS) for scene in SCENES)])
"""First frame of each scene, and the end."""


def portrait(color: tuple[int, int, int]) -> Portrait:
    """A person all of one color."""
    return Portrait(np.full((400, 300, 3), color, np.uint8), FACE)


@pytest.fixture(scope="module")
def frames() -> list[Image]:
    """The video of a red person and a green stranger."""
    return list(approach(portrait((0, 0, 255)), portrait((0, 255, 0))))


def test_the_video_has_its_length_and_size(frames: list[Image]) -> None:
    assert len(frames) == FRAMES == PLACES[-1]
    assert {(frame.shape, frame.dtype.name) for frame in frames} == {((480, 640, 3), "uint8")}


def test_the_same_portraits_give_the_same_video(frames: list[Image]) -> None:
    again = approach(portrait((0, 0, 255)), portrait((0, 255, 0)))
    for first, second in zip(frames[:60], islice(again, 60), strict=True):
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("index", range(len(SCENES)))
def test_every_scene_shows_who_is_in_it(frames: list[Image], index: int) -> None:
    middle = (PLACES[index] + PLACES[index + 1]) // 2
    assert scene_at(middle) is SCENES[index]
    blue, green, red = (frames[middle][..., channel].astype(int) for channel in range(3))
    seen = {
        "enrolled": bool((red - green > 60).any()),
        "stranger": bool((green - red > 60).any()),
    }
    assert seen == {who: who == SCENES[index].who for who in seen}
    assert blue.std() > 0


@pytest.mark.parametrize("index", [-1, 0])
def test_a_walker_grows_as_the_scene_says(frames: list[Image], index: int) -> None:
    scene = SCENES[2]
    moment = PLACES[3] - 1 if index else PLACES[2]
    red = frames[moment][..., 2].astype(int) - frames[moment][..., 1]
    # At brow height a head is 1.6 faces wide.
    widest = (red > 40 * scene.light[index]).sum(axis=1)[: 480 * 42 // 100].max()
    assert widest == pytest.approx(1.6 * scene.near[index], rel=0.15)


def test_every_frame_has_its_scene() -> None:
    for first, last, scene in zip(PLACES, PLACES[1:] - 1, SCENES, strict=False):
        assert scene_at(int(first)) is scene_at(int(last)) is scene
    assert scene_at(FRAMES) is SCENES[-1]
