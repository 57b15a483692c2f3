"""A Raspberry Pi's own camera, by a module that stands in for Picamera2."""

from collections.abc import Iterator

import pytest
from support.hand_clock import HandClock
from support.numbered import HEIGHT, WIDTH, number_of
from support.pi_camera import PiCameras, installed

from faceidd.camera.connect import connect
from faceidd.camera.picamera2 import DEFAULT_SIZE, LibcameraCamera
from faceidd.camera.settings import CameraSettings
from faceidd.errors import CameraError


@pytest.fixture
def board() -> Iterator[PiCameras]:
    """A board with one camera."""
    cameras = PiCameras()
    with installed(cameras):
        yield cameras


def test_frames_come_in_order_with_their_time_and_number(board: PiCameras) -> None:
    clock = HandClock()
    camera = LibcameraCamera(0, width=WIDTH, height=HEIGHT, clock=clock)
    camera.open()
    for number in range(3):
        clock.sleep(0.1)
        frame = camera.read()
        assert frame is not None
        assert (frame.sequence, number_of(frame.image)) == (number, number)
        assert frame.captured_at == clock()
        assert frame.image.flags.c_contiguous
        assert not frame.image.flags.writeable
    camera.close()
    camera.close()
    assert not board.in_use


def test_the_settings_are_asked_for(board: PiCameras) -> None:
    settings = CameraSettings("libcamera:0", 1280, 720, fps=15, exposure_ms=8.5)
    camera = connect(settings)
    camera.open()
    asked = {"FrameRate": 15.0, "AeEnable": False, "ExposureTime": 8500}
    assert board.configured["main"] == {"size": (1280, 720), "format": "RGB888"}
    assert board.configured["controls"] == asked
    camera.close()


def test_what_is_left_to_the_camera_is_not_the_whole_sensor(board: PiCameras) -> None:
    camera = LibcameraCamera(0)
    camera.open()
    assert board.configured["main"]["size"] == DEFAULT_SIZE
    assert board.configured["controls"] == {}
    camera.close()


@pytest.mark.parametrize(
    ("number", "width", "in_use", "reason"),
    [(1, 640, False, "out of range"), (0, 640, True, "busy"), (0, 641, False, "even")],
)
def test_a_camera_that_cannot_be_opened_is_told_and_let_go(
    board: PiCameras, number: int, width: int, in_use: bool, reason: str
) -> None:
    board.in_use = in_use
    with pytest.raises(CameraError, match=reason):
        LibcameraCamera(number, width=width, height=480).open()
    assert board.in_use == in_use


def test_a_camera_that_fails_is_told_and_can_be_opened_again(board: PiCameras) -> None:
    camera = LibcameraCamera(0)
    camera.open()
    board.fault = RuntimeError("dequeue timer expired")
    with pytest.raises(CameraError, match="gives no more frames: dequeue"):
        camera.read()
    board.fault = None
    camera.open()
    frame = camera.read()
    assert frame is not None
    assert frame.sequence == 0
    camera.close()
    with pytest.raises(CameraError, match="not open"):
        camera.read()


def test_a_board_without_picamera2_says_how_to_get_it() -> None:
    with installed(None), pytest.raises(CameraError, match="python3-picamera2"):
        LibcameraCamera(0).open()
