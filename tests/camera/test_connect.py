from pathlib import Path

import cv2
import numpy as np
import pytest

from faceidd.camera.connect import connect
from faceidd.camera.folder import ImageFolder
from faceidd.camera.frame import Image
from faceidd.camera.pace import Pace
from faceidd.camera.settings import CameraSettings, Rotation
from faceidd.camera.source import FrameSource
from faceidd.camera.stream import StreamCamera
from faceidd.camera.v4l2 import V4l2Camera
from faceidd.camera.video import VideoFile
from faceidd.errors import CameraError

RED, GREEN, BLUE, WHITE = (0, 0, 255), (0, 255, 0), (255, 0, 0), (255, 255, 255)


def corners(image: Image) -> tuple[tuple[int, ...], ...]:
    """Top left, top right, bottom right, bottom left."""
    return tuple(tuple(image[y, x].tolist()) for y, x in ((0, 0), (0, -1), (-1, -1), (-1, 0)))


def test_each_kind_of_address_gets_its_adapter(video_file: Path, image_folder: Path) -> None:
    kinds: dict[int | str, type[FrameSource]] = {
        0: V4l2Camera,
        "rtsp://camera/door": StreamCamera,
        str(image_folder): ImageFolder,
        str(video_file): VideoFile,
    }
    assert {where: type(connect(CameraSettings(where))) for where in kinds} == kinds


def test_a_source_is_called_by_its_address_without_the_password() -> None:
    assert connect(CameraSettings(3)).name == "/dev/video3"
    url = "rtsp://me:hunter2@camera/door"
    assert connect(CameraSettings(url, rotate=90)).name == "rtsp://me:***@camera/door"
    assert "hunter2" not in repr(CameraSettings(url))


def test_a_video_is_live_only_in_real_time(video_file: Path) -> None:
    settings = CameraSettings(str(video_file), pace=Pace.AS_FAST_AS_POSSIBLE)
    assert not connect(settings).live
    assert connect(CameraSettings(str(video_file))).live


def test_nothing_is_opened_yet() -> None:
    source = connect(CameraSettings("/dev/no-such-camera"))
    with pytest.raises(CameraError, match="does not exist"):
        source.open()


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [
        (0, (RED, GREEN, BLUE, WHITE)),
        (90, (WHITE, RED, GREEN, BLUE)),
        (180, (BLUE, WHITE, RED, GREEN)),
        (270, (GREEN, BLUE, WHITE, RED)),
    ],
)
def test_images_are_turned_clockwise(
    tmp_path: Path, degrees: Rotation, expected: tuple[tuple[int, ...], ...]
) -> None:
    image = np.zeros((20, 40, 3), np.uint8)
    image[0, 0], image[0, -1], image[-1, -1], image[-1, 0] = RED, GREEN, BLUE, WHITE
    cv2.imwrite(str(tmp_path / "corners.png"), image)
    source = connect(CameraSettings(str(tmp_path), rotate=degrees))
    source.open()
    frame = source.read()
    assert source.read() is None
    source.close()

    assert frame is not None
    assert corners(frame.image) == expected
    assert frame.image.shape == ((40, 20, 3) if degrees in (90, 270) else (20, 40, 3))
    assert not frame.image.flags.writeable
    assert not source.live
