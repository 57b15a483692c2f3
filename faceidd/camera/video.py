"""Video files over OpenCV's FFmpeg, played as a camera would see them or as fast as possible."""

import math

import cv2

from faceidd.camera.frame import Frame
from faceidd.camera.opencv import Capture
from faceidd.camera.pace import Metronome, Pace, Sleep
from faceidd.clock import Clock, monotonic, sleep
from faceidd.errors import CameraError


class VideoFile:
    """A recording. See `FrameSource` for its methods' contract.

    In real time frame k is given at open + k / fps of the file, and frames whose successor is
    due already are skipped. As fast as possible every frame is given.

    Args:
        path: The file.
        pace: How it is played.
        clock: Tells the time.
        sleep: Waits until a frame is due.
    """

    def __init__(
        self, path: str, *, pace: Pace, clock: Clock = monotonic, sleep: Sleep = sleep
    ) -> None:
        self.name = path
        self.live = pace is Pace.REAL_TIME
        self._capture = Capture(path, clock)
        self._metronome = Metronome(clock, sleep)

    def open(self) -> None:
        """Open the file at its first frame.

        Raises:
            CameraError: It is no video that FFmpeg can read, or it does not say how fast it is
                to be played.
        """
        if not self._capture.open(self.name, cv2.CAP_FFMPEG):
            raise CameraError(
                f"{self.name} cannot be opened as a video",
                do="check that the file is readable and a video",
            )
        if self.live:
            self._metronome.start(self._frame_rate())

    def read(self) -> Frame | None:
        """Wait for the next frame that is due; None after the last.

        Raises:
            CameraError: The file is not open.
        """
        if self.live:
            while self._capture.grabbed < self._metronome.beat:
                if not self._capture.skip():
                    return None
            self._metronome.wait_for(self._capture.grabbed)
        return self._capture.read()

    def close(self) -> None:
        """Close the file; harmless when it is not open."""
        self._capture.close()

    def _frame_rate(self) -> float:
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        if math.isfinite(fps) and fps > 0:
            return fps
        self.close()
        raise CameraError(
            f"{self.name} does not say its frame rate",
            do=f"set camera.pace to {Pace.AS_FAST_AS_POSSIBLE}",
        )
