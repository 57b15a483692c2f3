"""ScriptedCamera: a camera that sees what a scenario says, and fails when that says so."""

import threading

import cv2
import numpy as np

from faceidd.camera.frame import Frame, Image
from faceidd.clock import monotonic, sleep
from faceidd.errors import CameraError
from faceidd.simulate.course import SharedCourse
from faceidd.simulate.reel import Ailment, Reel


class ScriptedCamera:
    """Plays a reel by the scenario's time. See `FrameSource` for its methods' contract.

    Pictures that nobody took in time are passed over, as by any camera.

    Args:
        reel: What it sees.
        course: How time passes.
    """

    name = "the scenario's camera"
    live = True

    def __init__(self, reel: Reel, course: SharedCourse) -> None:
        self._reel = reel
        self._course = course
        self._clip = _Clip("")
        self._frozen: Image | None = None
        self._given = -1

    def open(self) -> None:
        """Turn it on.

        Raises:
            CameraError: It is dead.
        """
        self._require_alive(self._course.scenario_s)

    def read(self) -> Frame | None:
        """Wait for the next picture; never None, for a camera has no end.

        Raises:
            CameraError: It died.
        """
        beat = max(self._given + 1, self._beat())
        while (early := beat / self._reel.fps - monotonic()) > 0:
            sleep(early)
        self._given = beat
        seconds = self._course.scenario_s
        ailment = self._require_alive(seconds)
        while ailment is Ailment.HANGS:
            threading.Event().wait()
        return Frame(self._picture(seconds, ailment), monotonic(), beat)

    def close(self) -> None:
        """Turn it off."""
        self._clip.close()

    def _beat(self) -> int:
        return int(monotonic() * self._reel.fps)

    def _require_alive(self, seconds: float) -> Ailment | None:
        ailment = self._reel.ailment(seconds)
        if ailment is Ailment.DIES:
            raise CameraError("the scenario's camera is dead", do="wait until it is back")
        return ailment

    def _picture(self, seconds: float, ailment: Ailment | None) -> Image:
        if ailment is Ailment.FREEZES and self._frozen is not None:
            return self._frozen
        moment = self._reel.at(seconds)
        if self._clip.path != moment.shot.clip:
            self._clip.close()
            self._clip = _Clip(moment.shot.clip)
        image = self._clip.at(moment.into, again=moment.number)
        if ailment is Ailment.COVERED:
            return np.zeros_like(image)
        self._frozen = image
        return image


class _Clip:
    """A video file, read forward; at its end it begins again."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._playing = -1
        self._next = 0
        self._image: Image | None = None
        self._capture: cv2.VideoCapture | None = None
        self._fps = 1.0

    def at(self, seconds: float, *, again: int) -> Image:
        """The picture at a moment; another number of `again` starts from the beginning."""
        if self._capture is None or again != self._playing:
            self._rewind()
            self._playing = again
        while self._image is None or self._next <= int(seconds * self._fps):
            self._step()
        return self._image

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _rewind(self) -> None:
        if self._capture is None:
            self._capture = cv2.VideoCapture(self.path, cv2.CAP_FFMPEG, (cv2.CAP_PROP_N_THREADS, 1))
            self._fps = self._capture.get(cv2.CAP_PROP_FPS) or 1.0
        else:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
        self._next, self._image = 0, None

    def _step(self) -> None:
        capture = self._capture
        more, image = capture.read() if capture is not None else (False, None)
        if more and image is not None:
            self._image = np.asarray(image, np.uint8)
        elif self._image is None:
            raise CameraError(f"{self.path} shows nothing", do="give a video that can be read")
        elif capture is not None:
            capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
        self._next += 1
