"""What can be known of device cameras without one; cv2.VideoCapture stands for the driver."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.hand_clock import HandClock

from faceidd.camera import v4l2
from faceidd.camera.frame import Image
from faceidd.camera.v4l2 import V4l2Camera
from faceidd.errors import CameraError
from faceidd.units import Seconds

NOBODY = 65534


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may open everything."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


def camera(device: str) -> V4l2Camera:
    return V4l2Camera(device, read_timeout_s=Seconds(1.0))


def test_a_missing_device_is_named_with_those_that_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("video10", "video2", "null"):
        (tmp_path / name).touch()
    monkeypatch.setattr(v4l2, "DEVICES", tmp_path)
    with pytest.raises(CameraError) as refused:
        camera(f"{tmp_path}/video0").open()
    assert str(refused.value) == (
        f"camera {tmp_path}/video0 does not exist. "
        f"Plug it in or choose another device; present: {tmp_path}/video2, {tmp_path}/video10."
    )


def test_that_no_device_exists_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(v4l2, "DEVICES", tmp_path)
    with pytest.raises(CameraError, match=r"no .*/video\* is present"):
        camera("/dev/no-such-camera").open()


def test_a_device_that_may_not_be_opened_says_which_group_to_join(tmp_path: Path) -> None:
    device = tmp_path / "video0"
    device.touch(mode=0)
    with as_nobody(), pytest.raises(CameraError, match=r"may not read.*group, usually 'video'"):
        camera(str(device)).open()


def test_a_folder_is_no_device(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="cannot be opened: Is a directory"):
        camera(str(tmp_path)).open()


def test_a_device_that_gives_no_images_is_told_without_noise(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(CameraError, match="in use by another program, or gives no images"):
        camera("/dev/null").open()
    assert capfd.readouterr().err == ""


class Driver:
    """A device that makes images of 1280x720 at most, and one image before its cable is pulled."""

    def __init__(self, target: str, backend: int, parameters: tuple[int, ...]) -> None:
        assert (target, backend, parameters) == ("/dev/null", cv2.CAP_V4L2, ())
        self.held: dict[int, float] = {}
        self.images = 1
        made.append(self)

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def set(self, prop: int, value: float) -> bool:
        self.held[prop] = min(value, 1280) if prop == cv2.CAP_PROP_FRAME_WIDTH else value
        return True

    def get(self, prop: int) -> float:
        return self.held.get(prop, 0.0)

    def grab(self) -> bool:
        self.images -= 1
        return self.images >= 0

    def retrieve(self) -> tuple[bool, Image]:
        return True, np.zeros((4, 4, 3), np.uint8)

    def release(self) -> None:
        self.images = 0


made: list[Driver] = []


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> None:
    made.clear()
    monkeypatch.setattr(cv2, "VideoCapture", Driver)


def asking(width: int, height: int) -> V4l2Camera:
    return V4l2Camera(
        "/dev/null",
        width=width,
        height=height,
        fps=15,
        fourcc="MJPG",
        read_timeout_s=Seconds(1.0),
        clock=HandClock(5.0),
    )


@pytest.mark.usefixtures("driver")
def test_the_format_is_asked_before_the_size_and_one_image_is_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO):
        asking(640, 480).open()
    assert list(made[0].held.items()) == [
        (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
        (cv2.CAP_PROP_FRAME_WIDTH, 640),
        (cv2.CAP_PROP_FRAME_HEIGHT, 480),
        (cv2.CAP_PROP_FPS, 15),
        (cv2.CAP_PROP_BUFFERSIZE, 1),
    ]
    assert [record.levelname for record in caplog.records] == ["INFO"]


@pytest.mark.usefixtures("driver")
def test_a_device_that_gives_another_size_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    asking(1920, 720).open()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "gives 1280x720 MJPG at 15 fps" in caplog.text


@pytest.mark.usefixtures("driver")
def test_what_is_not_configured_is_left_to_the_device() -> None:
    camera("/dev/null").open()
    assert list(made[0].held) == [cv2.CAP_PROP_BUFFERSIZE]


@pytest.mark.usefixtures("driver")
def test_an_unplugged_device_is_a_fault() -> None:
    source = asking(640, 480)
    source.open()
    frame = source.read()
    assert frame is not None
    assert (frame.captured_at, frame.sequence) == (5.0, 0)
    with pytest.raises(CameraError, match="gives no more frames"):
        source.read()
    source.close()
