"""LatestFrame: the newest frame of a source, captured by a process that is never waited for.

A capture process reads the source; a lost camera, a driver that hangs and a process that crashes
all end it, and after a pause another one starts from nothing. Judging whether a frame is too old
is left to `access`.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from select import POLLIN, poll

from faceidd.backoff import delays
from faceidd.camera.address import Kind, masked, parse
from faceidd.camera.capture_process import KILL_MARGIN_S, PROGRAM, CaptureProcess
from faceidd.camera.frame import Frame
from faceidd.camera.settings import CameraSettings
from faceidd.clock import monotonic
from faceidd.errors import CameraError
from faceidd.units import Instant, Seconds

_log = logging.getLogger(__name__)

RECORDING_S = Seconds(60.0)
"""Longest wait for the next image of a recording, which may be a slow one."""
STEADY_S = Seconds(5.0)
"""A camera that is back for less has not earned short pauses."""


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
    """Hands each frame of a source to one reader, at most once. For one thread.

    Of a live source a slow reader gets the newest frame, and those before it are dropped. Any
    other source waits for its reader and loses none. Sequences go on rising when a camera that
    was lost starts anew. There is never more than one capture process.

    Args:
        settings: The source, and how long its lost camera is waited for.
        program: What the interpreter runs to capture.

    Attributes:
        name: The source's address, any password masked.

    Raises:
        CameraError: The source's address leads nowhere.
    """

    def __init__(self, settings: CameraSettings, program: Sequence[str] = PROGRAM) -> None:
        address = parse(settings.source)
        self.name = masked(address.target)
        self._settings = settings
        self._program = program
        self._recorded = address.kind in {Kind.FOLDER, Kind.VIDEO}
        patience = (
            RECORDING_S if self._recorded else Seconds(settings.read_timeout_s + KILL_MARGIN_S)
        )
        self._patience_s = patience
        self._process: CaptureProcess | None = None
        self._dying: CaptureProcess | None = None
        self._over = False
        self._state = CameraState(online=True, losses=0)
        self._pauses = self._new_pauses()
        self._retry_at = Instant(0.0)
        self._back_at = Instant(0.0)
        self._first, self._last = 0, -1

    @property
    def state(self) -> CameraState:
        """How the camera is doing, as far as `take` has seen."""
        return self._state

    @property
    def pid(self) -> int | None:
        """The capture process, if there is one now."""
        return None if self._process is None else self._process.pid

    @property
    def answer_by(self) -> Instant | None:
        """When the camera has given a frame, or counts as lost; None while it is lost."""
        if self._process is None or not self._state.online:
            return None
        return self._process.answer_by

    def start(self) -> None:
        """Begin to open the source, and wait for nothing. Once only.

        Raises:
            CameraError: No process can be started.
        """
        self._process = self._new_process()

    def wait_open(self) -> None:
        """Wait until the source is open.

        Raises:
            CameraError: It cannot be opened, or not in time; nothing is left running.
        """
        if error := self._not_opened():
            self.stop()
            raise error

    def wait_recording_open(self) -> None:
        """Wait until a recording is open; a camera may come later, and `take` tells its loss.

        Raises:
            CameraError: The recording cannot be opened; nothing is left running.
        """
        if self._recorded:
            self.wait_open()

    def take(self, timeout_s: Seconds) -> Frame | End | None:
        """Wait for a frame that was not taken yet.

        Args:
            timeout_s: Longest wait.

        Returns:
            The newest frame; None if none came in time, or the camera was lost just now, so
            that it can be told; or `End.ENDED` when the source has ended or this was stopped.
        """
        deadline, was = Instant(monotonic() + timeout_s), self._state
        while not self._over:
            frame = self._turn()
            if frame is not None:
                return frame
            if monotonic() >= deadline or self._state is not was:
                return None
            if self._process is not None:
                _wait(self._process.waiting, min(deadline, self._process.answer_by))
            else:
                _wait((), min(deadline, self._retry_at))
        return End.ENDED

    def stop(self) -> None:
        """End the capture process; harmless when repeated."""
        self._over = True
        self._end_process()
        if self._dying is not None and not self._dying.gone:
            _log.warning("camera %s hangs within the kernel; its process is left", self.name)

    def _not_opened(self) -> CameraError | None:
        """Wait until the source is open; say why it cannot be opened, or not in time."""
        process = self._process
        while process is not None and not process.opened:
            _wait(process.waiting, process.answer_by)
            process.hear()
            if process.lost is not None:
                return process.lost
        return None

    def _turn(self) -> Frame | None:
        """Do what is due: fetch a frame, note a loss or the end, start another process."""
        process = self._process
        if process is None:
            self._start_again()
            return None
        frame = process.fetch()
        if frame is not None:
            return self._taken(frame)
        if process.lost is not None:
            self._lose(process.lost)
        elif process.ended:
            self.stop()
        return None

    def _taken(self, frame: Frame) -> Frame:
        if not self._state.online:
            self._state = CameraState(online=True, losses=self._state.losses)
            self._back_at = monotonic()
            _log.info("camera %s is back", self.name)
        self._last = self._first + frame.sequence
        return replace(frame, sequence=self._last)

    def _lose(self, error: CameraError) -> None:
        self._end_process()
        now = monotonic()
        losses = self._state.losses
        if self._state.online:
            losses += 1
            _log.warning("%s Trying again until it is back.", error)
            if now - self._back_at >= STEADY_S:
                self._pauses = self._new_pauses()
        self._state = CameraState(online=False, losses=losses, reason=error.what)
        self._retry_at = Instant(now + next(self._pauses))

    def _start_again(self) -> None:
        if monotonic() < self._retry_at:
            return
        if self._dying is not None and not self._dying.gone:
            do = "see the kernel's log; unplug the camera"
            self._lose(CameraError(f"camera {self.name} hangs within the kernel", do=do))
            return
        try:
            self._process = self._new_process()
        except CameraError as error:
            self._lose(error)

    def _new_process(self) -> CaptureProcess:
        self._first = self._last + 1
        return CaptureProcess(self._settings, self._patience_s, self._program)

    def _end_process(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._dying, self._process = self._process, None

    def _new_pauses(self) -> Iterator[Seconds]:
        return delays(self._settings.reconnect_min_s, self._settings.reconnect_max_s)


def _wait(descriptors: Iterable[int], until: Instant) -> None:
    """Wait until one of the descriptors is readable, or the instant has come."""
    waiting = poll()
    for descriptor in descriptors:
        waiting.register(descriptor, POLLIN)
    waiting.poll(max(0.0, 1000 * (until - monotonic())) + 1)
