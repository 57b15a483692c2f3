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


def test_a_padded_crop_keeps_its_proportions_between_black_bars() -> None:
    image = np.full((200, 300, 3), 200, np.uint8)
    rule = BoxCrop(scale=1, fit="pad")
    narrow = align(image, boxed(100, 50, 60, 100), rule, SIDE).image
    assert (narrow[:, :20] == 0).all()
    assert (narrow[:, 80:] == 0).all()
    assert (narrow[:, 20:80] == 200).all()
    wide = align(image, boxed(100, 50, 100, 50), rule, SIDE).image
    assert (wide[:25] == 0).all()
    assert (wide[75:] == 0).all()
    assert (wide[25:75] == 200).all()


def test_a_level_crop_of_level_eyes_is_the_plain_crop() -> None:
    image = np.random.default_rng(5).integers(0, 256, (50, 50, 3), np.uint8).repeat(8, 0)
    image = np.ascontiguousarray(image.repeat(8, 1))
    eyes = landmarks(((130, 150), (200, 150), (165, 180), (140, 210), (190, 210)))
    face = Face(Box(100, 100, 120, 150), 0.9, eyes, spread=0)
    for fit in ("stretch", "pad"):
        plain, level = (
            align(image, face, BoxCrop(scale=1, fit=fit, level=turned), SIDE).image.astype(int)
            for turned in (False, True)
        )
        assert np.abs(plain - level).mean() < 4


@pytest.mark.parametrize("degrees", [-35, -10, 20, 45])
def test_a_level_crop_of_a_tilted_head_is_that_of_the_head_upright(degrees: float) -> None:
    noise = np.random.default_rng(6).integers(0, 256, (25, 25, 3), np.uint8)
    image = cv2.resize(noise, (400, 400), interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    places = ((170, 180), (230, 180), (200, 210), (180, 235), (220, 235))
    face = Face(Box(150, 140, 100, 120), 0.9, landmarks(places), spread=0)
    rule = BoxCrop(scale=1, fit="pad", level=True)
    upright = align(image, face, rule, SIDE).image.astype(int)

    matrix = cv2.getRotationMatrix2D((200, 200), -degrees, 1)
    tilted = cv2.warpAffine(image, matrix, (400, 400)).astype(np.uint8)
    turned = landmarks([tuple(matrix @ (x, y, 1)) for x, y in places])
    leaning = Face(Box(150, 140, 100, 120), 0.9, turned, spread=0)
    found = align(tilted, leaning, rule, SIDE).image.astype(int)
    assert np.abs(found - upright).mean() < 3


def test_eyes_on_one_point_cannot_be_levelled() -> None:
    image = np.zeros((50, 50, 3), np.uint8)
    face = pointed(landmarks(((5, 5),) * 5))
    with pytest.raises(ValueError, match="on one point"):
        align(image, face, BoxCrop(scale=1, level=True), SIDE)
