"""A capture process whose camera is odd: a program for `LatestFrame`, and what asks for it.

How the camera behaves is the host of its address: `http://hang/`. With a path, `http://hang/tmp/x`,
it does so once, leaves a file there, and is well the next time.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import numpy as np

from faceidd.camera.capture import main
from faceidd.camera.frame import Frame, Image
from faceidd.camera.settings import CameraSettings
from faceidd.clock import monotonic
from faceidd.errors import CameraError
from faceidd.units import Seconds

PROGRAM = (__file__,)
How = Literal[
    "well",
    "flood",
    "hang",
    "crash",
    "exit",
    "lose",
    "bug",
    "closed",
    "realtime",
    "shut",
    "huge",
    "five",
]
SIZES = ((480, 640), (120, 160), (720, 1280), (16, 16))
"""Heights and widths that a flood goes through, one after the other."""
FAR_TOO_LONG = 600


def odd(how: How, once: Path | None = None, *, read_timeout_s: float = 0.1) -> CameraSettings:
    """Settings for a camera that behaves so; lost, it is opened again at once."""
    soon = Seconds(0.01)
    return CameraSettings(
        f"http://{how}{once or '/'}",
        open_timeout_s=Seconds(read_timeout_s),
        read_timeout_s=Seconds(read_timeout_s),
        reconnect_min_s=soon,
        reconnect_max_s=soon,
    )


def picture(number: int, size: tuple[int, int] = (48, 64)) -> Image:
    """A picture all of whose values are its number, modulo 256."""
    return np.full((*size, 3), number % 256, np.uint8)


class _Odd:
    """A source. Every picture is of one value, its sequence modulo 256."""

    def __init__(self, how: str) -> None:
        self.name = how
        self.live = how != "five"
        self._how = how
        self._frames: Iterator[Frame] = iter(())

    def open(self) -> None:
        match self._how:
            case "shut":
                time.sleep(FAR_TOO_LONG)
            case "closed":
                raise CameraError("camera odd does not exist", do="plug it in")
            case _:
                self._frames = self._give()

    def read(self) -> Frame | None:
        return next(self._frames, None)

    def close(self) -> None:
        pass

    def _give(self) -> Iterator[Frame]:
        match self._how:
            case "five":
                yield from islice(_paced(), 5)
            case "flood":
                for number in count():
                    image = picture(number, SIZES[number % len(SIZES)])
                    yield Frame(image, monotonic(), number)
            case "huge":
                yield Frame(np.zeros((4097, 4097, 3), np.uint8), monotonic(), 0)
            case "well":
                yield from _paced()
            case _:
                yield from islice(_paced(), 3)
                self._fail()

    def _fail(self) -> None:
        match self._how:
            case "hang":
                ctypes.PyDLL(None).sleep(FAR_TOO_LONG)  # it keeps the interpreter's lock
            case "crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "realtime":
                os.kill(os.getpid(), signal.SIGRTMIN + 1)
            case "exit":
                os._exit(3)
            case "lose":
                raise CameraError("camera odd gives no more frames", do="check its cable")
            case "bug":
                raise ZeroDivisionError("in a driver")


def _paced() -> Iterator[Frame]:
    for number in count():
        yield Frame(picture(number), monotonic(), number)
        time.sleep(0.005)


def _connect(settings: CameraSettings) -> _Odd:
    address = urlsplit(str(settings.source))
    path = Path(address.path)
    if path.is_absolute() and path != Path("/"):
        if path.exists():
            return _Odd("well")
        path.touch()
    return _Odd(address.hostname or "")


if __name__ == "__main__":
    main(sys.argv[1:], _connect)
