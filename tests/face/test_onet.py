"""O-Net: what it is shown, and its answers in the frame's pixels."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.bright_onet import LANDMARKS, SHIFTS, bright_onet
from support.portraits import EILEEN, FACES, GRACE, picture

from faceidd.errors import ModelError
from faceidd.face.onet import Floats, OutputNet, normalized, shifted, squared
from faceidd.models.pack import load_detector
from faceidd.models.portraits import PortraitName

EYES = {EILEEN: ((205, 101), (248, 104)), GRACE: ((220, 188), (308, 182))}
"""Right and left eye in the portraits, as a viewer points at them."""


@pytest.fixture(scope="module")
def bright() -> OutputNet:
    return OutputNet(bright_onet())


def squares(*rows: tuple[float, float, float, float]) -> Floats:
    return np.array(rows, np.float32)


def test_answers_are_in_the_pixels_of_the_frame(bright: OutputNet) -> None:
    image = np.full((300, 400, 3), 255, np.uint8)
    answers = bright.look(image, squares((100, 50, 200, 150), (10, 20, 60, 70)))
    for row, (left, top, side) in enumerate([(100, 50, 100), (10, 20, 50)]):
        edges = np.array([left, top, left + side, top + side])
        assert answers.boxes[row] == pytest.approx(edges + np.array(SHIFTS) * side, abs=1e-3)
        places = np.array(LANDMARKS) * side + (left, top)
        assert answers.landmarks[row] == pytest.approx(places, abs=1e-3)
    assert answers.scores == pytest.approx([1, 1], abs=0.01)


def test_beyond_the_frame_it_is_black(bright: OutputNet) -> None:
    image = np.full((100, 100, 3), 255, np.uint8)
    answers = bright.look(image, squares((-50, 0, 50, 100), (50, 50, 150, 150)))
    assert answers.scores == pytest.approx([0.5, 0.25], abs=0.02)


@pytest.mark.parametrize("square", [(100, 0, 150, 50), (-60, 0, -10, 50), (0, 0, 500, 500)])
def test_a_square_that_shows_nothing_is_refused(
    bright: OutputNet, square: tuple[float, float, float, float]
) -> None:
    with pytest.raises(ValueError, match="the box"):
        bright.look(np.zeros((100, 100, 3), np.uint8), squares(square))


@pytest.mark.parametrize("content", [b"", b"no network", bright_onet()[:300]])
def test_a_damaged_file_is_told(content: bytes) -> None:
    with pytest.raises(ModelError, match="cannot read MTCNN's onet"):
        OutputNet(content)


@pytest.mark.parametrize("name", FACES)
def test_the_eyes_of_a_portrait_are_where_a_viewer_sees_them(
    models_dir: Path, name: PortraitName
) -> None:
    network = OutputNet(load_detector(models_dir, "mtcnn").read("onet"))
    x, y, width = FACES[name]
    half = 0.6 * width
    rgb = np.ascontiguousarray(picture(name)[:, :, ::-1])
    answers = network.look(rgb, squares((x - half, y - half, x + half, y + half)))
    assert answers.scores[0] > 0.95
    expected = np.array(EYES[name])
    apart = np.linalg.norm(expected[1] - expected[0])
    off = np.linalg.norm(answers.landmarks[0, :2] - expected, axis=1)
    assert (off < 0.12 * apart).all()


def test_pictures_are_fed_columns_first() -> None:
    pictures = np.arange(2 * 3 * 4 * 3).reshape(2, 3, 4, 3).astype(np.uint8)
    fed = normalized(pictures)
    assert fed.shape == (2, 4, 3, 3)
    assert fed[1, 3, 2] == pytest.approx((pictures[1, 2, 3] - 127.5) / 128)


CORNER, SIDE = st.floats(-500, 500, width=32), st.floats(1, 500, width=32)


@given(CORNER, CORNER, SIDE, SIDE, st.floats(0.5, 2, width=32))
def test_a_square_keeps_the_center(
    left: float, top: float, wide: float, high: float, scale: float
) -> None:
    ((x0, y0, x1, y1),) = squared(squares((left, top, left + wide, top + high)), scale)
    assert x1 - x0 == pytest.approx(scale * max(wide, high), rel=1e-3, abs=1e-2)
    assert y1 - y0 == pytest.approx(scale * max(wide, high), rel=1e-3, abs=1e-2)
    assert (x0 + x1) / 2 == pytest.approx(left + wide / 2, abs=1e-2)
    assert (y0 + y1) / 2 == pytest.approx(top + high / 2, abs=1e-2)


def test_a_shift_is_in_sides_of_its_own_box() -> None:
    boxes = squares((0, 0, 10, 20), (100, 100, 200, 300))
    moved = shifted(boxes, squares((0.1, 0.1, -0.1, -0.1), (0, 0, 0.5, 0.5)))
    assert moved == pytest.approx(squares((1, 2, 9, 18), (100, 100, 250, 400)))
