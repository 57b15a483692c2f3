"""A process that opens a door for 30 seconds and then ends in one of many ways.

Run as a program: `door_process.py LOG ENDING`. It writes each state of its relay's line to LOG,
and `open` to its standard output when the door is open.
"""

import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from support.gpio_chip import GpioChip, installed
from support.outcomes import grant

from faceidd.clock import monotonic
from faceidd.door.door import Door
from faceidd.door.pulse import PulseRules
from faceidd.door.relay import RelaySettings, open_relay
from faceidd.units import Seconds


class EndError(Exception):
    """How some processes end."""


def _end(ending: str) -> None:
    match ending:
        case "return":
            return
        case "exit":
            sys.exit(3)
        case "raise":
            raise EndError
        case "thread":
            thread = threading.Thread(target=_end, args=("raise",))
            thread.start()
            thread.join()
        case "signal":
            threading.Event().wait()
        case _:
            raise ValueError(ending)


def _main() -> None:
    log, ending = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    chip = contextmanager(installed)(GpioChip(Path(log)))
    chip.__enter__()
    door = Door(
        open_relay(RelaySettings("GPIO17", True, "lgpio")),
        PulseRules(Seconds(30)),
        on_change=lambda _: None,
    )
    door.grant(grant(monotonic()))
    print("open", flush=True)
    _end(ending)


if __name__ == "__main__":
    _main()
