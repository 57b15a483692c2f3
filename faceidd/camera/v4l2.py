"""Cameras on this machine over V4L2: USB cameras, and whatever else has a /dev/video device."""

import logging
import math
import os
from pathlib import Path

import cv2

from faceidd.camera.frame import Frame
from faceidd.camera.opencv import Capture
from faceidd.clock import Clock, monotonic
from faceidd.errors import CameraError
from faceidd.units import Seconds

_log = logging.getLogger(__name__)

DEVICES = Path("/dev")
"""Where the devices are."""

# V4L2_EXPOSURE_MANUAL; the exposure itself is told in 100 us.
_MANUAL = 1

_SELECT_TIMEOUT = "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"


class V4l2Camera:
    """A camera on this machine. See `FrameSource` for its methods' contract.

    The driver keeps one image, so that the one read next is never an old one behind others.
    Size, rate and format are wishes: a warning tells when the device grants another.

    Args:
        device: Its path; those in /dev/v4l/by-id stay the same when cables are moved.
        width: Pixels, or None for the device's choice; only together with the height.
        height: Pixels, or None for the device's choice.
        fps: Frames per second, or None for the device's choice.
        fourcc: Four letters of the pixel format, or None for OpenCV's choice.
        exposure_ms: Exposure in milliseconds, or None to leave it as it is set.
        read_timeout_s: Longest wait for one frame, rounded up to whole seconds; the first
            device that this process opens sets it for all.
        clock: Tells when an image was taken.
    """

    live = True

    def __init__(
        self,
        device: str,
        *,
        width: int | None = None,
        height: int | None = None,
        fps: float | None = None,
        fourcc: str | None = None,
        exposure_ms: float | None = None,
        read_timeout_s: Seconds,
        clock: Clock = monotonic,
    ) -> None:
        self.name = device
        # In this order: the format decides which sizes there are, and the size which rates.
        self._wishes = {
            cv2.CAP_PROP_FOURCC: None if fourcc is None else cv2.VideoWriter.fourcc(*fourcc),
            cv2.CAP_PROP_FRAME_WIDTH: width,
            cv2.CAP_PROP_FRAME_HEIGHT: height,
            cv2.CAP_PROP_FPS: fps,
            cv2.CAP_PROP_AUTO_EXPOSURE: None if exposure_ms is None else _MANUAL,
            cv2.CAP_PROP_EXPOSURE: None if exposure_ms is None else round(10 * exposure_ms),
            cv2.CAP_PROP_BUFFERSIZE: 1,
        }
        self._read_timeout_s = read_timeout_s
        self._capture = Capture(device, clock)

    def open(self) -> None:
        """Open the device and ask for the configured images.

        Raises:
            CameraError: It does not exist, may not be opened, is in use, or is no camera.
        """
        _check(self.name)
        # OpenCV learns this time-out from the environment only.
        os.environ.setdefault(_SELECT_TIMEOUT, str(math.ceil(self._read_timeout_s)))
        if not self._capture.open(self.name, cv2.CAP_V4L2):
            raise CameraError(
                f"camera {self.name} is in use by another program, or gives no images",
                do=f"close other programs that use it or choose another device; {_present()}",
            )
        self._ask()

    def read(self) -> Frame | None:
        """Wait for the next frame; never None, for a camera has no end.

        Raises:
            CameraError: Not open, unplugged, or no frame came in time.
        """
        frame = self._capture.read()
        if frame is None:
            raise CameraError(
                f"camera {self.name} gives no more frames", do="check its cable and its power"
            )
        return frame

    def close(self) -> None:
        """Close the device; harmless when it is not open."""
        self._capture.close()

    def _ask(self) -> None:
        wishes = {prop: wish for prop, wish in self._wishes.items() if wish is not None}
        for prop, wish in wishes.items():
            self._capture.set(prop, wish)
        granted = {prop: self._capture.get(prop) for prop in self._wishes}
        del wishes[cv2.CAP_PROP_BUFFERSIZE]  # many drivers do not say
        told = (
            f"{granted[cv2.CAP_PROP_FRAME_WIDTH]:g}x{granted[cv2.CAP_PROP_FRAME_HEIGHT]:g} "
            f"{_letters(granted[cv2.CAP_PROP_FOURCC])} at {granted[cv2.CAP_PROP_FPS]:g} fps"
        )
        if all(abs(granted[prop] - float(wish)) < 1 for prop, wish in wishes.items()):
            _log.info("camera %s gives %s", self.name, told)
        else:
            _log.warning("camera %s does not grant what was asked; it gives %s", self.name, told)


def _check(device: str) -> None:
    """Find out why a device cannot be opened, which OpenCV does not tell."""
    try:
        os.close(os.open(device, os.O_RDWR | os.O_NONBLOCK))
    except FileNotFoundError as error:
        raise CameraError(
            f"camera {device} does not exist",
            do=f"plug it in or choose another device; {_present()}",
        ) from error
    except PermissionError as error:
        raise CameraError(
            f"camera {device} exists, but this user may not read and write it",
            do=f"add the user to the device's group, usually 'video' (see `ls -l {device}`)",
        ) from error
    except OSError as error:
        raise CameraError(
            f"camera {device} cannot be opened: {error.strerror}",
            do=f"check the device or choose another; {_present()}",
        ) from error


def _present() -> str:
    found = sorted(map(str, DEVICES.glob("video*")), key=lambda device: (len(device), device))
    return f"present: {', '.join(found)}" if found else f"no {DEVICES}/video* is present"


def _letters(fourcc: float) -> str:
    return int(fourcc).to_bytes(4, "little").decode("ascii", "replace")
