"""PinFile: a simulated pin that other processes see, and that outlives the one that drove it.

The file holds `out 1`, `out 0`, `in 1` or `in 0`. Like a line of a kernel that keeps outputs (a
Raspberry Pi's does, see `docs/wiring.md`), it stays as it was when its process is killed, until
somebody claims it again. Whoever holds it is alone, and a killed process holds nothing.
"""

import fcntl
import os
from pathlib import Path

from faceidd.errors import DoorError

_LENGTH = 16


class PinFile:
    """One pin, held.

    Args:
        folder: Where the pins are; made if it is not there.
        name: The pin's name, and the file's.

    Raises:
        DoorError: The file cannot be made, or another process holds it.
    """

    def __init__(self, folder: Path, name: str) -> None:
        path = folder / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        except OSError as error:
            raise DoorError(
                f"the simulated pin {path} cannot be made: {error.strerror}",
                do="set door.pins_dir to a folder that can be written",
            ) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise DoorError(
                f"the simulated pin {path} is held by another process", do="end that one first"
            ) from error

    def write(self, driven: bool, high: bool) -> None:
        """Become an output or an input at a level."""
        # One write of one length: nobody reads half of it.
        os.pwrite(self._descriptor, pin_text(driven=driven, high=high), 0)

    @property
    def driven(self) -> bool:
        """Whether it is an output, or was never anything."""
        return not os.pread(self._descriptor, _LENGTH, 0).startswith(b"in")

    def read(self, otherwise: bool) -> bool:
        """The level; `otherwise` if nothing is there, as while somebody writes."""
        words = os.pread(self._descriptor, _LENGTH, 0).split()
        return words[-1] == b"1" if words and words[-1] in {b"0", b"1"} else otherwise

    def close(self) -> None:
        """Let go of it."""
        os.close(self._descriptor)


def pin_text(*, driven: bool, high: bool) -> bytes:
    """What a pin's file holds."""
    return b"%s %d\n" % (b"out" if driven else b"in ", high)


def look(folder: Path, name: str) -> tuple[bool, bool] | None:
    """What a pin is: whether it is driven, and whether it is high; None if it never was."""
    try:
        words = (folder / name).read_bytes().split()
    except FileNotFoundError:
        return None
    return words[:1] == [b"out"], words[-1:] == [b"1"]
