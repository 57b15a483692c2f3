"""Reader: keypads and card readers that type like a USB keyboard, as entries ended by Enter.

Linux's input events (linux/input.h, linux/input-event-codes.h) are read from the device itself,
which is taken for this program alone, so that nothing typed reaches a console. A device that is
lost is opened again.
"""

import fcntl
import logging
import os
import select
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from faceidd.backoff import delays
from faceidd.clock import real_s
from faceidd.units import Seconds

MOST_KEYS = 64
"""Keys of one entry; a longer one is none."""
PAUSE = Seconds(10.0)
"""An entry that is not ended within this long after its last key is forgotten."""
RETRY_MIN, RETRY_MAX = Seconds(1.0), Seconds(60.0)

_EVENT = struct.Struct("@llHHi")  # input_event: two longs of time, type, code, value
_EV_KEY, _DOWN = 1, 1
_EVIOCGRAB = 0x40044590
_ENTER, _BACKSPACE, _ESCAPE = {28, 96}, 14, 1
_KEYS = {
    **{code: str((code - 1) % 10) for code in range(2, 12)},  # the row of digits
    **dict(zip((82, 79, 80, 81, 75, 76, 77, 71, 72, 73), "0123456789", strict=True)),
    **dict(zip((30, 48, 46, 32, 18, 33), "abcdef", strict=True)),  # of numbers in hexadecimal
}

_log = logging.getLogger(__name__)


class KeyLine:
    """Turns keys that go down into entries. Pure but for what was typed so far."""

    def __init__(self) -> None:
        self._typed = ""

    def take(self, events: bytes) -> Iterator[str]:
        """Take whole input events; gives what was typed before each Enter.

        Args:
            events: As the kernel gives them.
        """
        for _, _, kind, code, value in _EVENT.iter_unpack(events):
            if kind != _EV_KEY or value != _DOWN:
                continue
            if code in _ENTER:
                typed, self._typed = self._typed, ""
                if 0 < len(typed) <= MOST_KEYS:
                    yield typed
            elif code == _ESCAPE:
                self._typed = ""
            elif code == _BACKSPACE:
                self._typed = self._typed[:-1]
            elif len(self._typed) <= MOST_KEYS:
                self._typed += _KEYS.get(code, "")

    def forget(self) -> None:
        """Forget what was typed."""
        self._typed = ""


class Reader:
    """Reads a device on a thread of its own until it is closed.

    Args:
        device: As /dev/input/by-id/ names it.
        on_entry: Is told each entry; must return at once.
        retry_min: First pause before the device is opened again.
    """

    def __init__(
        self, device: Path, on_entry: Callable[[str], None], *, retry_min: Seconds = RETRY_MIN
    ) -> None:
        self._device = device
        self._on_entry = on_entry
        self._retry_min = retry_min
        self._closing = threading.Event()
        self._wake, self._alarm = os.pipe()
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let go of the device. May be called again."""
        if self._closing.is_set():
            return
        self._closing.set()
        os.write(self._alarm, b"\0")
        self._thread.join()
        os.close(self._wake)
        os.close(self._alarm)

    def _run(self) -> None:
        pauses = delays(self._retry_min, RETRY_MAX)
        told = False
        while not self._closing.is_set():
            try:
                descriptor = os.open(self._device, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
                try:
                    _grab(descriptor)
                    told, pauses = False, delays(self._retry_min, RETRY_MAX)
                    self._read(descriptor)
                finally:
                    os.close(descriptor)
            except OSError as error:
                if not told:  # a reader that is away for a week is told once
                    _log.error("the reader %s is lost: %s", self._device, error.strerror)
                told = True
            self._closing.wait(real_s(next(pauses)))

    def _read(self, descriptor: int) -> None:
        line = KeyLine()
        while not self._closing.is_set():
            ready, _, _ = select.select([descriptor, self._wake], [], [], real_s(PAUSE))
            if not ready:
                line.forget()
            elif descriptor in ready:
                try:
                    events = os.read(descriptor, 64 * _EVENT.size)
                except BlockingIOError:  # what was there is gone; the device is not
                    continue
                if not events:
                    raise OSError(0, "it hung up")
                for entry in line.take(events[: len(events) // _EVENT.size * _EVENT.size]):
                    self._on_entry(entry)


def _grab(descriptor: int) -> None:
    try:
        fcntl.ioctl(descriptor, _EVIOCGRAB, 1)
    except OSError as error:
        _log.warning("the reader is shared with other programs: %s", error.strerror)
