"""Recordings and cameras that show numbered images."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
from support.mjpeg_camera import MjpegCamera
from support.numbered import COUNT, HEIGHT, WIDTH, draw, jpeg
from support.rtsp_camera import RtspCamera, RtspUnavailableError

RECORDED = 30
RECORDED_FPS = 50


@pytest.fixture(scope="session")
def video_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of the numbers 0 to 29 at 50 frames per second."""
    file = tmp_path_factory.mktemp("video") / "visit.avi"
    codec = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(file), codec, RECORDED_FPS, (WIDTH, HEIGHT))
    for number in range(RECORDED):
        writer.write(draw(number))
    writer.release()
    return file


@pytest.fixture(scope="session")
def image_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the numbers 0 to 29 as img0.jpg to img29.jpg."""
    folder = tmp_path_factory.mktemp("folder")
    for number in range(RECORDED):
        (folder / f"img{number}.jpg").write_bytes(jpeg(number))
    return folder


@pytest.fixture
def mjpeg_camera() -> Iterator[MjpegCamera]:
    """A camera that shows the numbers 0 to 255 in a loop, 100 a second."""
    with MjpegCamera([jpeg(number) for number in range(COUNT)], fps=100) as camera:
        yield camera


@pytest.fixture(scope="session")
def numbered_jpegs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the numbers 0 to 255 as 000.jpg to 255.jpg."""
    folder = tmp_path_factory.mktemp("numbered")
    for number in range(COUNT):
        (folder / f"{number:03}.jpg").write_bytes(jpeg(number))
    return folder


@pytest.fixture
def rtsp_camera(numbered_jpegs: Path) -> Iterator[RtspCamera]:
    """A camera that shows the numbers 0 to 255 in a loop, 50 a second."""
    try:
        camera = RtspCamera(numbered_jpegs, fps=50)
    except RtspUnavailableError as missing:
        pytest.skip(str(missing))
    with camera:
        yield camera
