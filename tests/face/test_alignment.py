"""Crops and warps."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.told import ToldDetector, told_manifest

from faceidd.errors import ModelError
from faceidd.face.alignment import align, crop_rule, region
from faceidd.face.detection import Box, Detection, Point
from faceidd.face.haar import Haar
from faceidd.models.manifest import BoxCrop, FivePointWarp

POINTS = ((0.3, 0.4), (0.7, 0.42), (0.5, 0.6), (0.35, 0.8), (0.64, 0.78))
SIDE = 100
COLORS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255))
Landmarks = tuple[Point, Point, Point, Point, Point]


def landmarks(points: Sequence[tuple[float, float]]) -> Landmarks:
    right_eye, left_eye, nose, right_mouth, left_mouth = points
    return right_eye, left_eye, nose, right_mouth, left_mouth


def test_the_pack_names_the_rule_of_every_detector() -> None:
    assert crop_rule(told_manifest(), Haar(min_face_px=40)) == BoxCrop(scale=1.2)
    with_landmarks = crop_rule(told_manifest(), ToldDetector(1, gives_landmarks=True))
    assert isinstance(with_landmarks, FivePointWarp)


def test_a_detector_without_a_rule_is_refused_with_those_that_have_one() -> None:
    detector = ToldDetector(1)
    detector.name = "owl"
    with pytest.raises(ModelError, match=r"tiny has no crop rule.*owl.*one of: haar, told"):
        crop_rule(told_manifest(), detector)


def test_a_warp_is_refused_for_a_detector_without_landmarks() -> None:
    with pytest.raises(ModelError, match="five landmarks"):
        crop_rule(told_manifest(), ToldDetector(1))


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
    face = align(image, Detection(Box(130, 70, 20, 20), 0.9), BoxCrop(scale=2), 40)
    assert face.image.shape == (40, 40, 3)
    assert (face.image == 255).all()
    wider = align(image, Detection(Box(130, 70, 20, 20), 0.9), BoxCrop(scale=4), 40)
    assert wider.image.mean() == pytest.approx(255 / 4, rel=0.1)


def test_a_crop_repeats_the_edge_of_the_frame() -> None:
    image = np.full((50, 50, 3), 9, np.uint8)
    image[:, -1] = 77
    face = align(image, Detection(Box(40, 10, 20, 20), 0.9), BoxCrop(scale=1), 20)
    assert (face.image[:, 10:] == 77).all()


def test_a_box_outside_of_the_frame_is_refused() -> None:
    image = np.zeros((50, 50, 3), np.uint8)
    with pytest.raises(ValueError, match="outside"):
        align(image, Detection(Box(80, 10, 20, 20), 0.9), BoxCrop(scale=1), 20)


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
    found = Detection(Box(0, 0, 1, 1), 0.9, landmarks([(place.real, place.imag) for place in here]))

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
    face = align(image, Detection(Box(0, 0, 1, 1), 0.9, mirrored), FivePointWarp(points=POINTS), 50)
    assert face.image[25, :15].mean() > 200
    assert face.image[25, -15:].mean() < 50


def test_a_warp_needs_landmarks() -> None:
    image = np.zeros((50, 50, 3), np.uint8)
    rule = FivePointWarp(points=POINTS)
    with pytest.raises(ValueError, match="landmarks"):
        align(image, Detection(Box(0, 0, 20, 20), 0.9), rule, 20)
    same = landmarks([(5.0, 5.0)] * 5)
    with pytest.raises(ValueError, match="one point"):
        align(image, Detection(Box(0, 0, 20, 20), 0.9, same), rule, 20)
