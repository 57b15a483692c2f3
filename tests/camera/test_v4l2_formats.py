"""What a device offers is read as the kernel writes it; a broken driver ends no less."""

import errno
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from faceidd.camera.v4l2_formats import (
    ENUM_FMT,
    ENUM_FRAMEINTERVALS,
    ENUM_FRAMESIZES,
    MOST_FORMATS,
    Offer,
    device_offers,
)
from faceidd.errors import CameraError

MJPG, YUYV = (int.from_bytes(letters, "little") for letters in (b"MJPG", b"YUYV"))
SIZES = {MJPG: [(1280, 720), (640, 480)]}
DISCRETE, STEPWISE = 1, 3


class Driver:
    """A driver that answers as the kernel's documents say: two formats, one with any size."""

    def __call__(self, _: int, request: int, memory: bytearray) -> int:
        (index,) = struct.unpack_from("=I", memory)
        {ENUM_FMT: self._format, ENUM_FRAMESIZES: self._size, ENUM_FRAMEINTERVALS: self._rate}[
            request
        ](index, memory)
        return 0

    def _format(self, index: int, memory: bytearray) -> None:
        assert struct.unpack_from("=I", memory, 4) == (1,)
        struct.pack_into("=I", memory, 44, [MJPG, YUYV, *_end()][index] if index < 2 else _over())

    def _size(self, index: int, memory: bytearray) -> None:
        (pixels,) = struct.unpack_from("=I", memory, 4)
        if pixels == YUYV:
            struct.pack_into("=7I", memory, 8, STEPWISE, 16, 1920, 8, 16, 1080, 8)
        elif index < 2:
            struct.pack_into("=3I", memory, 8, DISCRETE, *SIZES[MJPG][index])
        else:
            _over()

    def _rate(self, index: int, memory: bytearray) -> None:
        pixels, width = struct.unpack_from("=II", memory, 4)
        if pixels == YUYV:
            raise OSError(errno.ENOTTY, "not known")
        rates = {1280: [(1, 10), (1, 30)], 640: [(1, 60)]}[width]
        if index >= len(rates):
            _over()
        struct.pack_into("=3I", memory, 16, DISCRETE, *rates[index])


def _end() -> list[int]:
    return []


def _over() -> int:
    raise OSError(errno.EINVAL, "no more")


@pytest.fixture
def device(tmp_path: Path) -> str:
    (tmp_path / "video0").touch()
    return str(tmp_path / "video0")


def test_formats_sizes_and_rates_are_read(device: str) -> None:
    assert device_offers(device, Driver()) == (
        Offer("MJPG", 1280, 720, 30.0),
        Offer("MJPG", 640, 480, 60.0),
        Offer("YUYV", 1920, 1080, None),
    )


def test_a_driver_whose_list_never_ends_is_bounded(device: str) -> None:
    asked: list[int] = []

    def endless(_: int, request: int, memory: bytearray) -> int:
        asked.append(request)
        if request == ENUM_FMT:
            struct.pack_into("=I", memory, 44, MJPG)
        elif request == ENUM_FRAMESIZES:
            struct.pack_into("=3I", memory, 8, STEPWISE, 1, 1)
        else:
            struct.pack_into("=3I", memory, 16, DISCRETE, 0, 0)
        return 0

    assert len(device_offers(device, endless)) == MOST_FORMATS
    assert len(asked) < 40 * MOST_FORMATS


@pytest.mark.parametrize(
    ("fault", "words"), [(errno.ENODEV, "does not say what it offers"), (errno.ENOTTY, None)]
)
def test_a_device_that_is_no_camera_offers_nothing(
    device: str, fault: int, words: str | None
) -> None:
    def broken(*_: object) -> int:
        raise OSError(fault, "gone")

    ask: Callable[[], object] = lambda: device_offers(device, broken)  # noqa: E731 - asked twice below
    if words is None:
        assert ask() == ()
    else:
        with pytest.raises(CameraError, match=words):
            ask()


def test_what_is_not_there_or_knows_no_ioctl_is_told(tmp_path: Path, device: str) -> None:
    assert device_offers(device) == ()  # a plain file
    with pytest.raises(CameraError, match="cannot be asked for its formats"):
        device_offers(str(tmp_path / "gone"))
