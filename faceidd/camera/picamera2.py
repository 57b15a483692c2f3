"""Raspberry Pi cameras over Picamera2, which speaks with libcamera. The only place that imports it.

Picamera2 comes with Raspberry Pi OS (`apt install python3-picamera2`) and not from PyPI; a virtual
environment sees it when it was made with `--system-site-packages`. A read has no time-out of its
own: a camera that hangs is ended with its capture process.
"""

import os
from typing import Any

import numpy as np

from faceidd.camera.frame import Frame
from faceidd.clock import Clock, monotonic
from faceidd.errors import CameraError

DEFAULT_SIZE = (640, 480)
"""Asked for where the settings leave it to the camera, which would give the whole sensor."""

# Their own errors of all kinds: no such camera, one in use, a size that cannot be.
_FAULTS = (IndexError, RuntimeError, OSError, ValueError, TypeError, KeyError)


class LibcameraCamera:
    """A camera on the board's own connector. See `FrameSource` for its methods' contract.

    Args:
        number: Which camera, as `rpicam-hello --list-cameras` numbers them.
        width: Pixels; only together with the height.
        height: Pixels.
        fps: Frames per second, or None for the camera's choice.
        exposure_ms: Exposure in milliseconds, or None for automatic exposure.
        clock: Tells when an image was taken.
    """

    live = True

    def __init__(
        self,
        number: int,
        *,
        width: int | None = None,
        height: int | None = None,
        fps: float | None = None,
        exposure_ms: float | None = None,
        clock: Clock = monotonic,
    ) -> None:
        self.name = f"libcamera:{number}"
        self._number = number
        self._size = DEFAULT_SIZE if width is None or height is None else (width, height)
        self._controls: dict[str, object] = {}
        if fps is not None:
            self._controls["FrameRate"] = float(fps)
        if exposure_ms is not None:
            self._controls |= {"AeEnable": False, "ExposureTime": round(1000 * exposure_ms)}
        self._clock = clock
        self._camera: Any = None  # Picamera2 is untyped
        self._taken = 0

    def open(self) -> None:
        """Start the camera.

        Raises:
            CameraError: Picamera2 is not installed, or the camera is missing or in use.
        """
        self.close()
        os.environ.setdefault("LIBCAMERA_LOG_LEVELS", "*:ERROR")  # else it tells every start
        try:
            from picamera2 import Picamera2  # noqa: PLC0415 - on a Raspberry Pi only
        except ImportError as error:
            raise CameraError(
                f"camera {self.name} needs Picamera2, which cannot be imported: {error}",
                do="install python3-picamera2, and let the virtual environment see it "
                "(--system-site-packages)",
            ) from error
        try:
            self._camera = Picamera2(self._number)
            # What libcamera calls RGB888 lies in memory as blue, green, red.
            main = {"size": self._size, "format": "RGB888"}
            asked = self._camera.create_video_configuration(main=main, controls=self._controls)
            self._camera.configure(asked)
            self._camera.start()
        except _FAULTS as error:
            self.close()
            raise CameraError(
                f"camera {self.name} cannot be opened: {error}",
                do="check its cable, that no other program uses it, and what "
                "`rpicam-hello --list-cameras` shows",
            ) from error
        self._taken = 0

    def read(self) -> Frame | None:
        """Wait for the next frame; never None, for a camera has no end.

        Raises:
            CameraError: Not open, or it failed.
        """
        if self._camera is None:
            raise CameraError(f"camera {self.name} is not open", do="open it before reading")
        try:
            image = np.ascontiguousarray(self._camera.capture_array("main"), np.uint8)
        except _FAULTS as error:
            raise CameraError(
                f"camera {self.name} gives no more frames: {error}", do="check its cable"
            ) from error
        self._taken += 1
        return Frame(image, self._clock(), self._taken - 1)

    def close(self) -> None:
        """Stop the camera; harmless when it is not open."""
        if self._camera is not None:
            self._camera.close()
            self._camera = None
