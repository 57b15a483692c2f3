"""LatestFrame: the newest frame of a source, captured beside whoever looks at it.

A thread reads the source into a slot of one. A lost camera is opened again for as long as it
takes. Judging whether a frame is too old is left to `access`; a capture that can be killed when
a driver hangs would be another `FrameSource` and change nothing here.
"""

import logging
import threading
from dataclasses import dataclass, replace
from enum import Enum, auto

from faceidd.backoff import delays
from faceidd.camera.frame import Frame
from faceidd.camera.source import FrameSource
from faceidd.clock import monotonic
from faceidd.errors import CameraError
from faceidd.units import Instant, Seconds

_log = logging.getLogger(__name__)

STOP_WITHIN_S = Seconds(2.0)
"""Longest that `LatestFrame.stop` waits for a read that does not return."""


class End(Enum):
    """Told instead of a frame when none will come any more."""

    ENDED = auto()


@dataclass(frozen=True, slots=True)
class CameraState:
    """How the camera is doing.

    Attributes:
        online: Whether it gave a frame since it was last lost.
        losses: How often it was lost since the start.
        reason: Why it is lost; empty when online.
    """

    online: bool
    losses: int
    reason: str = ""


class LatestFrame:
    """Hands each frame of a source to one reader, at most once.

    Of a live source a slow reader gets the newest frame, and those before it are dropped. Any
    other source waits for its reader and loses none. Sequences go on rising when a camera that
    was lost starts anew.

    Args:
        source: Read, and from `start` on closed and opened, by this object only.
        reconnect_min_s: First pause before a lost camera is opened again.
        reconnect_max_s: Longest such pause.
    """

    def __init__(
        self, source: FrameSource, *, reconnect_min_s: Seconds, reconnect_max_s: Seconds
    ) -> None:
        self._source = source
        self._reconnect_s = (reconnect_min_s, reconnect_max_s)
        self._changed = threading.Condition()
        self._slot: Frame | None = None
        self._over = False
        self._fault: Exception | None = None
        self._state = CameraState(online=True, losses=0)
        self._asked_at: Instant | None = None
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)

    @property
    def state(self) -> CameraState:
        """How the camera is doing now."""
        return self._state

    @property
    def unanswered(self) -> Seconds:
        """How long the source has been asked for a frame, or to open, without an answer."""
        asked_at = self._asked_at
        return Seconds(0.0 if asked_at is None else monotonic() - asked_at)

    def start(self) -> None:
        """Open the source and begin to read it. Once only.

        Raises:
            CameraError: The source cannot be opened; nothing was started.
        """
        self._source.open()
        self._thread.start()

    def take(self, timeout_s: Seconds) -> Frame | End | None:
        """Wait for a frame that was not taken yet.

        Args:
            timeout_s: Longest wait.

        Returns:
            The newest frame, None if none came in time, or `End.ENDED` when the source has
            ended or this was stopped.

        Raises:
            CameraError: The reading itself failed, in a way that opening again cannot mend.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._slot is not None or self._over, timeout_s)
            frame, self._slot = self._slot, None
            self._changed.notify_all()
            if frame is not None:
                return frame
            if self._fault is not None:
                raise CameraError(
                    f"reading camera {self._source.name} failed: {self._fault!r}",
                    do="restart the daemon and report this fault",
                ) from self._fault
            return End.ENDED if self._over else None

    def stop(self) -> None:
        """Stop reading and close the source, within `STOP_WITHIN_S`; harmless when repeated."""
        self._finish()
        if self._thread.ident is None:
            return
        self._thread.join(STOP_WITHIN_S)
        if self._thread.is_alive():
            _log.warning("camera %s still blocks; left to end with the process", self._source.name)

    def _run(self) -> None:
        try:
            self._capture()
        except Exception as error:
            _log.exception("reading camera %s failed", self._source.name)
            self._fault = error
        finally:
            self._source.close()
            self._finish()

    def _capture(self) -> None:
        pauses = delays(*self._reconnect_s)
        first, last = 0, -1
        while not self._over:
            try:
                frame = self._ask()
            except CameraError as error:
                self._source.close()
                self._lose(error)
                self._pause(next(pauses))
                continue
            if frame is None:
                return
            if not self._state.online:
                self._regain()
                pauses = delays(*self._reconnect_s)
                first = last + 1
            last = first + frame.sequence
            self._offer(replace(frame, sequence=last))

    def _ask(self) -> Frame | None:
        self._asked_at = monotonic()
        try:
            if not self._state.online:
                self._source.open()
            return self._source.read()
        finally:
            self._asked_at = None

    def _offer(self, frame: Frame) -> None:
        with self._changed:
            self._slot = frame
            self._changed.notify_all()
            if not self._source.live:
                self._changed.wait_for(lambda: self._slot is None or self._over)

    def _pause(self, pause_s: Seconds) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._over, pause_s)

    def _finish(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def _lose(self, error: CameraError) -> None:
        losses = self._state.losses
        if self._state.online:
            losses += 1
            _log.warning("%s Trying again until it is back.", error)
        self._state = CameraState(online=False, losses=losses, reason=error.what)

    def _regain(self) -> None:
        self._state = CameraState(online=True, losses=self._state.losses)
        _log.info("camera %s is back", self._source.name)
