"""Crops and warps."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceidd.face.alignment import align, region
from faceidd.face.detection import Box
from faceidd.face.refinement import Face, Landmarks
from faceidd.models.manifest import BoxCrop, FivePointWarp

POINTS = ((0.3, 0.4), (0.7, 0.42), (0.5, 0.6), (0.35, 0.8), (0.64, 0.78))
SIDE = 100
COLORS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255))


def landmarks(points: Sequence[tuple[float, float]]) -> Landmarks:
    right_eye, left_eye, nose, right_mouth, left_mouth = points
    return right_eye, left_eye, nose, right_mouth, left_mouth


def boxed(*box: float) -> Face:
    return Face(Box(*box), 0.9, landmarks(POINTS), spread=0)


def pointed(places: Landmarks) -> Face:
    return Face(Box(0, 0, 1, 1), 0.9, places, spread=0)


def test_a_region_is_the_box_scaled_about_its_shifted_center() -> None:
    rule = BoxCrop(scale=1.5, shift_y=-0.1, aspect=0.8)
    found = region(Box(100, 200, 40, 60), rule)
    assert found.center == pytest.approx((120, 230 - 6))
    assert (found.width, found.height) == pytest.approx((40 * 1.5 * 0.8, 60 * 1.5))


@given(st.floats(0, 500), st.floats(0, 500), st.floats(1, 300), st.floats(1, 300))
def test_the_plain_rule_takes_the_box(x: float, y: float, width: float, height: float) -> None:
    found = region(Box(x, y, width, height), BoxCrop(scale=1))
    assert (found.x, found.y) == pytest.approx((x, y), abs=1e-9)
    assert (found.width, found.height) == (width, height)


def test_a_crop_shows_the_region_and_nothing_else() -> None:
    image = np.zeros((200, 300, 3), np.uint8)
    image[60:100, 120:160] = 255
    face = align(image, boxed(130, 70, 20, 20), BoxCrop(scale=2), 40)
    assert face.image.shape == (40, 40, 3)
    assert (face.image == 255).all()
    wider = align(image, boxed(130, 70, 20, 20), BoxCrop(scale=4), 40)
    assert wider.image.mean() == pytest.approx(255 / 4, rel=0.1)


def test_a_crop_repeats_the_edge_of_the_frame() -> None:
    image = np.full((50, 50, 3), 9, np.uint8)
    image[:, -1] = 77
    face = align(image, boxed(40, 10, 20, 20), BoxCrop(scale=1), 20)
    assert (face.image[:, 10:] == 77).all()


def test_a_box_outside_of_the_frame_is_refused() -> None:
    image = np.zeros((50, 50, 3), np.uint8)
    with pytest.raises(ValueError, match="outside"):
        align(image, boxed(80, 10, 20, 20), BoxCrop(scale=1), 20)


@pytest.mark.parametrize("degrees", [0, 17, -35, 90, 180])
@pytest.mark.parametrize("scale", [0.6, 1.0, 2.4])
def test_a_warp_puts_the_landmarks_on_the_points(degrees: float, scale: float) -> None:
    turn = scale * np.exp(1j * np.deg2rad(degrees))
    there = np.array([complex(*point) for point in POINTS]) * SIDE
    here = there * turn + (400 - 300j - 50 * turn + 600j)
    image = np.zeros((600, 800, 3), np.uint8)
    for place, color in zip(here, COLORS, strict=True):
        center = (round(place.real), round(place.imag))
        cv2.circle(image, center, round(4 * scale), color, -1)
    found = pointed(landmarks([(place.real, place.imag) for place in here]))

    face = align(image, found, FivePointWarp(points=POINTS), SIDE)

    assert face.image.shape == (SIDE, SIDE, 3)
    for (x, y), color in zip(POINTS, COLORS, strict=True):
        alike = (np.abs(face.image.astype(int) - color) < 100).all(axis=2)
        middle = np.argwhere(alike).mean(axis=0)[::-1]
        assert middle == pytest.approx((x * SIDE, y * SIDE), abs=1.5)


def test_a_warp_never_mirrors_or_shears() -> None:
    """Landmarks that no similarity can put on the points are met as well as one can."""
    image = np.zeros((200, 200, 3), np.uint8)
    image[:, :100] = 255
    mirrored = landmarks([(200 - 200 * x, 200 * y) for x, y in POINTS])
    face = align(image, pointed(mirrored), FivePointWarp(points=POINTS), 50)
    assert face.image[25, :15].mean() > 200
    assert face.image[25, -15:].mean() < 50


def test_landmarks_on_one_point_are_refused() -> None:
    image = np.zeros((50, 50, 3), np.uint8)
    with pytest.raises(ValueError, match="one point"):
        align(image, pointed(landmarks([(5.0, 5.0)] * 5)), FivePointWarp(points=POINTS), 20)


def test_a_box_rule_asks_nothing_of_the_landmarks() -> None:
    image = np.arange(50 * 50 * 3).reshape(50, 50, 3).astype(np.uint8)
    somewhere = replace(boxed(10, 10, 20, 20), landmarks=landmarks([(5.0, 5.0)] * 5))
    crops = [
        align(image, one, BoxCrop(scale=1), 20).image for one in (somewhere, boxed(10, 10, 20, 20))
    ]
    assert (crops[0] == crops[1]).all()
