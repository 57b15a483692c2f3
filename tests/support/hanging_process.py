"""A process that opens a door and then hangs: `hanging_process.py FOLDER HOW`.

Its pins are files in FOLDER. It writes `open` to its standard output when the door is open.
"""

import ctypes
import os
import signal
import sys
import threading
from pathlib import Path

from support.outcomes import grant

from faceidd.clock import monotonic
from faceidd.door.door import Door
from faceidd.door.guard import GUARD_MARGIN, KernelGuard
from faceidd.door.pulse import PulseRules
from faceidd.door.relay import RelaySettings, open_relay
from faceidd.units import Seconds


class _QuickGuard(KernelGuard):
    """Waits no longer than needed in a test."""

    def arm(self, seconds: Seconds) -> None:
        super().arm(Seconds(seconds - GUARD_MARGIN + 0.2))


def _hang(how: str) -> None:
    match how:
        case "interpreter held":
            ctypes.PyDLL(None).sleep(60)  # unlike CDLL's, its calls keep the interpreter's lock
        case "stopped":
            os.kill(os.getpid(), signal.SIGSTOP)
        case "keeper gone":
            threading.Event().wait(60)
        case _:
            raise ValueError(how)


def _main() -> None:
    folder, how = sys.argv[1:]
    door = Door(
        open_relay(RelaySettings("GPIO17", True, "simulated", folder=Path(folder))),
        PulseRules(Seconds(0.3)),
        on_change=lambda _: None,
        guard=_QuickGuard(),
    )
    if how == "keeper gone":
        setattr(door._changed, "wait", _never)  # noqa: B010, SLF001 - a broken one
    door.grant(grant(monotonic()))
    print("open", flush=True)
    _hang(how)


def _never(_timeout: float | None = None) -> bool:
    return threading.Event().wait(60)


if __name__ == "__main__":
    _main()
