"""Rotated: a source whose camera hangs on its side or upside down, set upright."""

import cv2
import numpy as np

from faceidd.camera.frame import Frame
from faceidd.camera.source import FrameSource

_TURNS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


class Rotated:
    """Another source, its images turned. See `FrameSource` for its methods' contract.

    Args:
        source: The source of the images.
        degrees: 90, 180 or 270, clockwise.
    """

    def __init__(self, source: FrameSource, degrees: int) -> None:
        self.name = source.name
        self.live = source.live
        self._source = source
        self._turn = _TURNS[degrees]

    def open(self) -> None:
        """Open the source; see `FrameSource.open`."""
        self._source.open()

    def read(self) -> Frame | None:
        """Wait for the next frame and turn it; see `FrameSource.read`."""
        frame = self._source.read()
        if frame is None:
            return None
        upright = np.asarray(cv2.rotate(frame.image, self._turn), np.uint8)
        return Frame(upright, frame.captured_at, frame.sequence)

    def close(self) -> None:
        """Close the source; see `FrameSource.close`."""
        self._source.close()
