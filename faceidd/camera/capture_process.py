"""CaptureProcess: one run of the program `capture`, from its start to its certain end.

It can hang, crash or leak without harm: it is killed when it does not answer in time, and the
kernel takes back all it had. What comes after it is left to `LatestFrame`.
"""

import logging
import os
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from faceidd.camera.frame import Frame
from faceidd.camera.news import (
    Ended,
    Lost,
    News,
    Opened,
    Opening,
    Said,
    receive_news,
    send_settings,
)
from faceidd.camera.settings import CameraSettings
from faceidd.camera.slots import SlotReader
from faceidd.clock import monotonic
from faceidd.errors import CameraError
from faceidd.units import Instant, Seconds

PROGRAM = ("-m", "faceidd.camera.capture")
"""What the interpreter runs."""
START_S = Seconds(30.0)
"""Longest that a process may take to start: a slow card read by others."""
KILL_MARGIN_S = Seconds(2.0)
"""Added to the source's own time-outs before its process is killed."""
OPEN_MARGIN_S = Seconds(4.0)
"""Likewise while it opens: finding out why a camera does not answer takes two seconds more."""
REAP_S = Seconds(0.5)
"""Longest wait for a killed process to be gone."""

_ROOT = Path(__file__).parents[2]
_log = logging.getLogger(__name__)


class CaptureProcess:
    """A process that reads one source. For one thread: when that ends, so does the process.

    Args:
        settings: The source.
        patience_s: How long the open source may give nothing before the process is killed.
        program: What the interpreter runs.

    Attributes:
        opened: Whether the source was opened.
        ended: Whether the source has ended.
        lost: Why there will be no more frames; None while there may be.

    Raises:
        CameraError: No process can be started.
    """

    def __init__(
        self, settings: CameraSettings, patience_s: Seconds, program: Sequence[str] = PROGRAM
    ) -> None:
        self.opened = False
        self.ended = False
        self.lost: CameraError | None = None
        self._open_s = Seconds(settings.open_timeout_s + OPEN_MARGIN_S)
        self._patience_s = patience_s
        self._answer_by = Instant(monotonic() + START_S)
        try:
            self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._channel.setblocking(False)
            self._slots = SlotReader()
        except OSError as error:
            raise _no_process(error) from error
        try:
            self._process = _start(program, theirs.fileno(), *self._slots.ends)
        except OSError as error:
            self._let_go()
            raise _no_process(error) from error
        finally:
            theirs.close()
            self._slots.close_ends()
        with suppress(OSError):  # it ended already; that is told as for any other
            send_settings(self._channel, settings)

    @property
    def waiting(self) -> tuple[int, int]:
        """Descriptors of which one is readable while there is something to fetch."""
        return self._slots.waiting, self._channel.fileno()

    @property
    def answer_by(self) -> Instant:
        """When it is killed if it says nothing until then."""
        return self._answer_by

    def hear(self) -> None:
        """Note what the process tells, and give it up if its time is over."""
        self._listen()
        if self.lost is None and not self.ended and monotonic() > self._answer_by:
            self.lost = self._stalled()

    def fetch(self) -> Frame | None:
        """Take the newest frame, if there is one; else `hear`."""
        self._listen()  # first: what was written before the end is there then
        try:
            frame = self._slots.fetch()
        except CameraError as error:
            self.lost = error
            return None
        if frame is None:
            self.hear()
        else:
            self._answer_by = Instant(monotonic() + self._patience_s)
        return frame

    def kill(self) -> bool:
        """End the process and let go of all it had; True once it is gone. Harmless when repeated.

        A process that hangs within the kernel stays until the kernel lets it go.
        """
        if self._process.returncode is None:
            self._process.kill()
        self._let_go()
        try:
            self._process.wait(REAP_S)
        except subprocess.TimeoutExpired:
            return False
        return True

    @property
    def gone(self) -> bool:
        """Whether the process is no more."""
        return self._process.poll() is not None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def _let_go(self) -> None:
        if self._channel.fileno() >= 0:
            self._channel.close()
            self._slots.close()

    def _listen(self) -> None:
        try:
            while self.lost is None:
                self._note(receive_news(self._channel))
        except BlockingIOError:
            return
        except EOFError:
            if not self.ended:
                self.lost = self._died()
        except CameraError as error:
            self.lost = error

    def _note(self, news: News) -> None:
        match news:
            case Opening():
                self._answer_by = Instant(monotonic() + self._open_s)
            case Opened():
                self.opened = True
                self._answer_by = Instant(monotonic() + self._patience_s)
            case Ended():
                self.ended = True
            case Lost():
                self.lost = CameraError(news.what, do=news.do)
            case Said():
                _log.log(news.level, "%s", news.text)

    def _stalled(self) -> CameraError:
        what = "the camera does not open" if not self.opened else "the camera's driver hangs"
        return CameraError(f"{what}; its process is killed", do="see the kernel's log")

    def _died(self) -> CameraError:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(REAP_S)
        code = self._process.returncode
        if code is not None and code < 0:
            how = f"was ended by {_signal_name(-code)}"
        else:
            how = f"ended with exit code {code}"
        return CameraError(f"the capture process {how}", do="see the log and the kernel's log")


def _start(program: Sequence[str], *ends: int) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}
    if str(_ROOT) not in sysconfig.get_paths().values():  # run from its sources, not installed
        paths = (str(_ROOT), environment.get("PYTHONPATH"))
        environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    environment["OPENBLAS_NUM_THREADS"] = "1"  # NumPy's threads, which would only cost memory
    # -P: the folder that the daemon happens to stand in names no modules.
    command = (sys.executable, "-P", *program, str(os.getpid()), *map(str, ends))
    return subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment,
        pass_fds=ends, process_group=0,
    )  # fmt: skip


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # most of those for real time have no name
        return f"signal {number}"


def _no_process(error: OSError) -> CameraError:
    return CameraError(
        f"no capture process can be started: {error.strerror}",
        do="see whether memory, processes or descriptors have run out",
    )
