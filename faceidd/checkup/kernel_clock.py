"""Kernel clock: does the kernel hold its clock for right? adjtimex(2) says, and changes nothing."""

import ctypes
from dataclasses import dataclass

from faceidd.units import Seconds

_STA_UNSYNC = 0x0040
_TIME_ERROR = 5


class _Timeval(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("microseconds", ctypes.c_long))


class _Timex(ctypes.Structure):
    """`struct timex`, by the kernel's uapi/linux/timex.h."""

    _fields_ = (
        ("modes", ctypes.c_uint), ("offset", ctypes.c_long), ("frequency", ctypes.c_long),
        ("most_error", ctypes.c_long), ("likely_error", ctypes.c_long), ("status", ctypes.c_int),
        ("constant", ctypes.c_long), ("precision", ctypes.c_long), ("tolerance", ctypes.c_long),
        ("time", _Timeval), ("tick", ctypes.c_long), ("rest", ctypes.c_byte * 128),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class KernelClock:
    """What the kernel says of its clock.

    Attributes:
        synchronized: Whether a program keeps it by a better one, over the network or by a receiver.
        most_error: How wrong it may be, by that program's word.
    """

    synchronized: bool
    most_error: Seconds


def kernel_clock() -> KernelClock | None:
    """Ask the kernel; None where it does not say."""
    timex = _Timex()  # modes 0: read only
    try:
        state: int = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        return None
    if state < 0:
        return None
    synchronized = state != _TIME_ERROR and not timex.status & _STA_UNSYNC
    return KernelClock(synchronized, Seconds(timex.most_error / 1e6))
