"""Capture: one `cv2.VideoCapture`, giving frames that know their time and number.

All that faceidd asks of OpenCV's video input goes through here. What a missing frame means is
left to the adapters.
"""

import logging
import os
from collections.abc import Sequence

import cv2
import numpy as np

from faceidd.camera.frame import Frame
from faceidd.clock import Clock
from faceidd.errors import CameraError

_log = logging.getLogger(__name__)

_FFMPEG_OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"

# Our errors say what went wrong; the libraries' own lines would repeat it on stderr, FFmpeg's
# with the URL and its password. Both settings are the process's, FFmpeg's is read at first use.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET


class Capture:
    """An OpenCV capture. One thread at a time.

    Args:
        name: The source's name in messages, without secrets.
        clock: Tells when an image was taken.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        self._name = name
        self._clock = clock
        self._capture: cv2.VideoCapture | None = None
        self._grabbed = 0

    @property
    def grabbed(self) -> int:
        """Count of images since the capture was opened; the next frame's sequence."""
        return self._grabbed

    def open(
        self,
        target: str,
        backend: int,
        parameters: Sequence[int] = (),
        ffmpeg_options: str = "",
    ) -> bool:
        """Open anew, with the count from 0.

        Args:
            target: Device path, URL or file path.
            backend: One of OpenCV's `CAP_*` backends.
            parameters: Pairs of `CAP_PROP_*` and value; what the backend does not know fails.
            ffmpeg_options: `key;value|key;value` for FFmpeg's demuxer.

        Returns:
            Whether OpenCV could open it; it never says why not.
        """
        self.close()
        # OpenCV takes FFmpeg's options from the environment only. Every open states its own, lest
        # it inherit another's; an unchanged value is not set again, for setenv is not safe beside
        # other threads.
        if os.environ.get(_FFMPEG_OPTIONS) != ffmpeg_options:
            os.environ[_FFMPEG_OPTIONS] = ffmpeg_options
        try:
            capture = cv2.VideoCapture(target, backend, parameters)
        except cv2.error as error:
            _log.debug("OpenCV failed to open %s: %s", self._name, error)
            return False
        if not capture.isOpened():
            return False
        self._capture = capture
        self._grabbed = 0
        return True

    def get(self, prop: int) -> float:
        """One of OpenCV's `CAP_PROP_*`; 0 where the backend does not know it.

        Raises:
            CameraError: The capture is not open.
        """
        return self._opened().get(prop)

    def set(self, prop: int, value: float) -> None:
        """Ask for a value of one of OpenCV's `CAP_PROP_*`; `get` tells what holds then.

        Raises:
            CameraError: The capture is not open.
        """
        self._opened().set(prop, value)

    def read(self) -> Frame | None:
        """Wait for the next image; None if none came, be it the end or a fault.

        Raises:
            CameraError: The capture is not open.
        """
        capture = self._opened()
        if not self.skip():
            return None
        captured_at = self._clock()
        try:
            decoded, image = capture.retrieve()
        except cv2.error as error:
            _log.debug("OpenCV failed to decode an image of %s: %s", self._name, error)
            return None
        if not decoded:
            return None
        return Frame(np.asarray(image, np.uint8), captured_at, self._grabbed - 1)

    def skip(self) -> bool:
        """Pass over the next image, which still counts; False if none came.

        Raises:
            CameraError: The capture is not open.
        """
        grabbed = self._opened().grab()
        self._grabbed += grabbed
        return grabbed

    def close(self) -> None:
        """Let go of the device, connection or file; harmless when none is open."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _opened(self) -> cv2.VideoCapture:
        if self._capture is None:
            raise CameraError(f"camera {self._name} is not open", do="open it before reading")
        return self._capture
