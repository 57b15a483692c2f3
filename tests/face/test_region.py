"""Cutting rectangles out of images."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceidd.camera.frame import Image
from faceidd.face.detection import Box
from faceidd.face.region import cut


def numbered(height: int, width: int) -> Image:
    """Every pixel's three channels are alike and differ from those of its neighbors."""
    plane = (np.arange(height * width) % 251).astype(np.uint8).reshape(height, width)
    return np.repeat(plane[:, :, None], 3, axis=2)


def test_what_lies_inside_comes_pixel_for_pixel() -> None:
    image = numbered(20, 30)
    assert (cut(image, Box(7, 5, 11, 9), (11, 9)) == image[5:14, 7:18]).all()


@pytest.mark.parametrize(
    ("box", "rows", "columns"),
    [
        (Box(1.4, 1.6, 3.2, 2.9), slice(2, 5), slice(1, 4)),
        (Box(0.6, 0.4, 1.6, 4.4), slice(0, 4), slice(1, 3)),
    ],
)
def test_boxes_are_rounded_to_whole_pixels(box: Box, rows: slice, columns: slice) -> None:
    image = numbered(10, 10)
    expected = image[rows, columns]
    assert (cut(image, box, (expected.shape[1], expected.shape[0])) == expected).all()


def test_the_thinnest_box_is_one_pixel() -> None:
    image = numbered(10, 10)
    assert (cut(image, Box(3, 4, 0.1, 0.1), (5, 5)) == image[4, 3]).all()


@pytest.mark.parametrize("box", [Box(-4, -3, 8, 6), Box(26, 17, 8, 6), Box(-4, -3, 40, 30)])
def test_outside_the_edge_pixels_are_repeated(box: Box) -> None:
    image = numbered(20, 30)
    wide, high = round(box.width), round(box.height)
    rows = np.clip(np.arange(high) + round(box.y), 0, 19)
    columns = np.clip(np.arange(wide) + round(box.x), 0, 29)
    assert (cut(image, box, (wide, high)) == image[np.ix_(rows, columns)]).all()


def test_outside_can_be_black() -> None:
    image = np.full((10, 10, 3), 200, np.uint8)
    part = cut(image, Box(-5, 0, 10, 10), (10, 10), border=cv2.BORDER_CONSTANT)
    assert (part[:, :5] == 0).all()
    assert (part[:, 5:] == 200).all()


def test_much_shrinking_averages() -> None:
    image = np.zeros((64, 64, 3), np.uint8)
    image[::2, ::2] = 200
    assert (np.abs(cut(image, Box(0, 0, 64, 64), (8, 8)).astype(int) - 50) <= 1).all()


def test_enlarging_interpolates() -> None:
    image = np.zeros((2, 2, 3), np.uint8)
    image[:, 1] = 100
    row = cut(image, Box(0, 0, 2, 2), (8, 8))[4, :, 0].tolist()
    assert row == sorted(row)
    assert (row[0], row[-1]) == (0, 100)
    assert 0 < row[3] < row[4] < 100


@pytest.mark.parametrize(
    "box",
    [Box(30, 0, 5, 5), Box(-5, 0, 5, 5), Box(0, 20, 5, 5), Box(0, -5, 5, 5), Box(99, 99, 1, 1)],
)
def test_a_box_beside_the_image_is_refused(box: Box) -> None:
    with pytest.raises(ValueError, match="outside"):
        cut(numbered(20, 30), box, (4, 4))


def test_a_box_far_larger_than_the_image_is_refused() -> None:
    with pytest.raises(ValueError, match="four times"):
        cut(numbered(20, 30), Box(0, 0, 121, 10), (4, 4))


def test_the_image_is_left_alone() -> None:
    image = numbered(20, 30)
    image.flags.writeable = False
    part = cut(image, Box(0, 0, 30, 20), (30, 20))
    part[:] = 0
    assert image.any()


@given(st.floats(-40, 40), st.floats(-40, 40), st.floats(1, 60), st.floats(1, 60))
def test_nothing_is_made_up(x: float, y: float, width: float, height: float) -> None:
    image = np.random.default_rng(0).integers(90, 110, (20, 30, 3), np.uint8)
    try:
        part = cut(image, Box(x, y, width, height), (7, 6))
    except ValueError:
        assert Box(0, 0, 30, 20).overlap(Box(x, y, width, height)) < 0.02
        return
    assert part.shape == (6, 7, 3)
    assert part.dtype == np.uint8
    assert 90 <= part.min() <= part.max() < 110
