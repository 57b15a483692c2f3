from pathlib import Path

import cv2
import numpy as np
import pytest
from support.square_finder import square_finder

from faceidd.camera.frame import Image
from faceidd.errors import ModelError
from faceidd.face.detection import Box
from faceidd.face.yunet import YuNet

MIN_FACE_PX = 80
"""The network sees a fifth of the frame: its cells are 40, 80 and 160 frame pixels wide."""
BLUE, GREEN, RED = (255, 0, 0), (0, 255, 0), (0, 0, 255)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "squares.onnx"
    path.write_bytes(square_finder())
    return path


def frame(
    *squares: tuple[Box, tuple[int, int, int]], width: int = 1600, height: int = 960
) -> Image:
    image = np.zeros((height, width, 3), np.uint8)
    for box, color in squares:
        left, top = round(box.x), round(box.y)
        image[top : top + round(box.height), left : left + round(box.width)] = color
    return image


@pytest.mark.parametrize("place", [(0, 0), (640, 320), (1440, 800)])
def test_the_box_lies_on_the_square_in_frame_pixels(file: Path, place: tuple[int, int]) -> None:
    square = Box(*place, 160, 160)
    (found,) = YuNet(file, min_face_px=MIN_FACE_PX).detect(frame((square, RED)))
    box = found.box
    assert (box.x, box.y, box.width, box.height) == pytest.approx((*place, 160, 160), abs=0.1)
    assert found.score == pytest.approx(1, abs=1e-3)


def test_a_frame_that_is_no_multiple_of_the_cells_is_scaled_on_each_axis(file: Path) -> None:
    # 1601 x 963 becomes 320 x 193: a frame pixel is 0.19988 wide and 0.20042 high.
    image = frame((Box(640, 320, 161, 161), RED), width=1601, height=963)
    (found,) = YuNet(file, min_face_px=MIN_FACE_PX).detect(image)
    expected = (128 * 1601 / 320, 64 * 963 / 193, 32 * 1601 / 320, 32 * 963 / 193)
    box = found.box
    assert (box.x, box.y, box.width, box.height) == pytest.approx(expected, abs=0.01)


def test_narrow_faces_are_dropped_and_the_widest_comes_first(file: Path) -> None:
    near, just, far = Box(960, 480, 160, 160), Box(80, 80, 80, 80), Box(800, 80, 40, 40)
    image = frame((far, BLUE), (just, GREEN), (near, RED))
    found = YuNet(file, min_face_px=MIN_FACE_PX).detect(image)
    assert [round(one.box.width) for one in found] == [160, 80]


def test_a_small_frame_is_not_enlarged(file: Path) -> None:
    found = YuNet(file, min_face_px=8).detect(
        frame((Box(64, 32, 32, 32), RED), width=320, height=192)
    )
    assert [round(one.box.width) for one in found] == [32]


@pytest.mark.parametrize(("min_score", "count"), [(0.65, 1), (0.75, 0)])
def test_the_least_score_is_kept(file: Path, min_score: float, count: int) -> None:
    dim = frame((Box(640, 320, 160, 160), (0, 0, 178)))  # 0.7 of 255
    assert len(YuNet(file, min_face_px=MIN_FACE_PX, min_score=min_score).detect(dim)) == count


def test_nobody_there_is_no_face(file: Path) -> None:
    assert YuNet(file, min_face_px=MIN_FACE_PX).detect(frame()) == ()


def test_one_detector_takes_frames_of_many_sizes(file: Path) -> None:
    detector = YuNet(file, min_face_px=MIN_FACE_PX)
    for width, height in ((1600, 960), (640, 480), (1600, 960)):
        image = frame((Box(160, 160, 160, 160), RED), width=width, height=height)
        (found,) = detector.detect(image)
        assert (found.box.x, found.box.y) == pytest.approx((160, 160), abs=0.1)


def test_an_absent_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no YuNet model at .*gone\.onnx"):
        YuNet(tmp_path / "gone.onnx", min_face_px=MIN_FACE_PX)


@pytest.mark.parametrize("content", [b"", b"this is no network", square_finder()[:200]])
def test_a_file_that_is_no_network_is_told(tmp_path: Path, content: bytes) -> None:
    garbage = tmp_path / "garbage.onnx"
    garbage.write_bytes(content)
    with pytest.raises(ModelError, match="cannot read the YuNet model") as caught:
        YuNet(garbage, min_face_px=MIN_FACE_PX)
    assert isinstance(caught.value.__cause__, cv2.error)


def test_a_network_of_another_kind_is_told(tmp_path: Path) -> None:
    other = tmp_path / "other.onnx"
    other.write_bytes(square_finder().replace(b"obj_16", b"opj_16"))
    with pytest.raises(ModelError, match="YuNet failed on an image"):
        YuNet(other, min_face_px=MIN_FACE_PX).detect(frame())
