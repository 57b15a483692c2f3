"""What a V4L2 device offers: pixel formats, their sizes, and how many frames a second of each.

Asked for by ioctl(2), as https://docs.kernel.org/userspace-api/media/v4l/ describes it. A device
that another process reads answers too.
"""

import errno
import fcntl
import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from faceidd.errors import CameraError

MOST_FORMATS, MOST_SIZES, MOST_RATES = 32, 64, 32
"""What is asked for at most; a camera has a handful, a broken driver might never end."""

Ioctl = Callable[[int, int, bytearray], object]
"""As `fcntl.ioctl`: descriptor, request, and memory that is read and written."""

_CAPTURE = 1  # V4L2_BUF_TYPE_VIDEO_CAPTURE
_DISCRETE = 1  # V4L2_FRMSIZE_TYPE_DISCRETE, V4L2_FRMIVAL_TYPE_DISCRETE
_READ_WRITE = 3
# struct v4l2_fmtdesc: index, type, flags, description, pixelformat, mbus_code, reserved
_FORMAT = struct.Struct("=III32sII3I")
# struct v4l2_frmsizeenum: index, pixel_format, type, six numbers, reserved
_SIZE = struct.Struct("=III6I2I")
# struct v4l2_frmivalenum: index, pixel_format, width, height, type, three fractions, reserved
_RATE = struct.Struct("=IIIII6I2I")


def _request(number: int, form: struct.Struct) -> int:
    """`_IOWR('V', number, form)`, by the kernel's asm-generic/ioctl.h."""
    return _READ_WRITE << 30 | form.size << 16 | ord("V") << 8 | number


ENUM_FMT = _request(2, _FORMAT)
ENUM_FRAMESIZES = _request(74, _SIZE)
ENUM_FRAMEINTERVALS = _request(75, _RATE)


@dataclass(frozen=True, slots=True)
class Offer:
    """One size of one pixel format.

    Attributes:
        fourcc: Four letters of the format.
        width: Pixels; the most, where any size up to it is to be had.
        height: Pixels, likewise.
        fps: Most frames a second; None where the device does not say.
    """

    fourcc: str
    width: int
    height: int
    fps: float | None


def device_offers(device: str, ioctl: Ioctl = fcntl.ioctl) -> tuple[Offer, ...]:
    """Ask a device what it offers; empty where it does not say.

    Args:
        device: Its path.
        ioctl: What asks the kernel.

    Raises:
        CameraError: It cannot be opened.
    """
    try:
        descriptor = os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise CameraError(
            f"camera {device} cannot be asked for its formats: {error.strerror}",
            do="check the device, and that this user is in its group, usually 'video'",
        ) from error
    try:
        return tuple(_offers(lambda request, memory: ioctl(descriptor, request, memory)))
    finally:
        os.close(descriptor)


_Ask = Callable[[int, bytearray], object]


def _offers(ask: _Ask) -> Iterator[Offer]:
    for index in range(MOST_FORMATS):
        memory = bytearray(_FORMAT.pack(index, _CAPTURE, 0, b"", 0, 0, 0, 0, 0))
        if not _answered(ask, ENUM_FMT, memory):
            return
        pixels = _FORMAT.unpack(memory)[4]
        fourcc = pixels.to_bytes(4, "little").decode("ascii", "replace")
        for width, height in _sizes(ask, pixels):
            yield Offer(fourcc, width, height, _most_fps(ask, pixels, width, height))


def _sizes(ask: _Ask, pixels: int) -> Iterator[tuple[int, int]]:
    for index in range(MOST_SIZES):
        memory = bytearray(_SIZE.pack(index, pixels, 0, *[0] * 8))
        if not _answered(ask, ENUM_FRAMESIZES, memory):
            return
        _, _, kind, *numbers = _SIZE.unpack(memory)
        if kind == _DISCRETE:
            yield numbers[0], numbers[1]
        else:  # least and most width and step, then those of the height: one entry says all
            yield numbers[1], numbers[4]
            return


def _most_fps(ask: _Ask, pixels: int, width: int, height: int) -> float | None:
    most: float | None = None
    for index in range(MOST_RATES):
        memory = bytearray(_RATE.pack(index, pixels, width, height, 0, *[0] * 8))
        if not _answered(ask, ENUM_FRAMEINTERVALS, memory):
            break
        kind, seconds, of = _RATE.unpack(memory)[4:7]  # the first fraction is the shortest time
        if seconds:
            most = max(most or 0.0, of / seconds)
        if kind != _DISCRETE:
            break
    return most


def _answered(ask: _Ask, request: int, memory: bytearray) -> bool:
    """Ask; False at the end of a list, and where the device does not know the question."""
    try:
        ask(request, memory)
    except OSError as error:
        if error.errno in {errno.EINVAL, errno.ENOTTY}:
            return False
        raise CameraError(
            f"the camera does not say what it offers: {error.strerror}",
            do="check its cable; see the kernel's log",
        ) from error
    return True
