"""Guard: ends the process when the relay is energized for longer than it may be, whatever hangs.

The deadline of a pulse is kept by a thread. A thread needs the interpreter, and native code that
hangs with the interpreter's lock held, or a process that is stopped, lets no thread run. The
kernel does: a POSIX timer sends this process SIGKILL, which nothing can block, ignore, handle or
outlive. What the kernel does to the pin of a dead process, and who puts it at rest where the
kernel does not, is told in `docs/wiring.md`.
"""

import ctypes
import os
import signal
from typing import Protocol

from faceidd.errors import DoorError
from faceidd.units import Seconds

GUARD_MARGIN = Seconds(2.0)
"""How long past its deadline a relay may be energized before the process is ended. A board that
reads its program from a slow card again stalls for a second without being hung."""

_CLOCK_MONOTONIC = 1
_SIGEV_SIGNAL = 0
_NANO = 1_000_000_000


class Guard(Protocol):
    """Ends the process unless it is disarmed in time."""

    def arm(self, seconds: Seconds) -> None:
        """End the process after this long; replaces what was armed before.

        Raises:
            DoorError: It cannot be armed.
        """

    def disarm(self) -> None:
        """End nothing. May be called again.

        Raises:
            DoorError: It cannot be disarmed: the process may end.
        """

    def close(self) -> None:
        """Give it back, disarmed. May be called again."""


class _SigEvent(ctypes.Structure):
    # sigevent(7): a union of pointer and int, two ints, and the rest of 64 bytes, which only other
    # kinds of notification read.
    _fields_ = (
        ("value", ctypes.c_void_p),
        ("number", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("rest", ctypes.c_byte * 64),
    )


class _TimerSpec(ctypes.Structure):
    # itimerspec(3type): the interval, which we do not use, and the time until it ends.
    _fields_ = (
        ("interval_s", ctypes.c_long),
        ("interval_ns", ctypes.c_long),
        ("value_s", ctypes.c_long),
        ("value_ns", ctypes.c_long),
    )


class KernelGuard:
    """A timer in the kernel that kills this process. A child process does not inherit it.

    Raises:
        DoorError: The kernel gives us no timer.
    """

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._timer = ctypes.c_void_p()
        self._closed = False
        event = _SigEvent(number=signal.SIGKILL, notify=_SIGEV_SIGNAL)
        self._require(
            self._libc.timer_create(
                _CLOCK_MONOTONIC, ctypes.byref(event), ctypes.byref(self._timer)
            )
        )

    def arm(self, seconds: Seconds) -> None:
        """End the process after this long; replaces what was armed before.

        Raises:
            DoorError: The kernel refuses, or the time is not above 0.
        """
        if not 0 < seconds < float("inf"):
            raise DoorError(f"nothing can be guarded for {seconds} s", do="report this fault")
        self._set(max(1, round(seconds * _NANO)))

    def disarm(self) -> None:
        """End nothing.

        Raises:
            DoorError: The kernel refuses.
        """
        self._set(0)

    def close(self) -> None:
        """Give the timer back, disarmed. May be called again."""
        if not self._closed:
            self._closed = True
            self._libc.timer_delete(self._timer)

    def _set(self, nanoseconds: int) -> None:
        spec = _TimerSpec(0, 0, *divmod(nanoseconds, _NANO))
        self._require(self._libc.timer_settime(self._timer, 0, ctypes.byref(spec), None))

    @staticmethod
    def _require(result: int) -> None:
        if result != 0:
            raise DoorError(
                f"the kernel guards no pulse: {os.strerror(ctypes.get_errno())}",
                do="allow timer_create and timer_settime to the service",
            )
