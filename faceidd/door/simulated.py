"""A relay and lines that are not there: for desk machines, the demo and tests; only by name.

The pin keeps what it was told, level before direction as a real one, and what happened to it. With
a folder it is a file there, which other processes see and, for an input, set.
"""

from collections import deque
from dataclasses import dataclass
from pathlib import Path

from gpiozero.pins.mock import MockFactory, MockPin

from faceidd.clock import monotonic
from faceidd.door.gpiozero import GpioLine, GpioRelay
from faceidd.door.line import LineSettings
from faceidd.door.pin_file import PinFile
from faceidd.door.relay import RelaySettings
from faceidd.units import Instant

MOST_LEVELS = 1000
"""Bound on the history; the oldest levels are forgotten first."""
BOARD = "a02082"
"""Revision code of the board whose pins there are: a Raspberry Pi 3B, header of 40 pins."""


@dataclass(frozen=True, slots=True)
class Level:
    """What a pin did from a moment on.

    Attributes:
        at: When it began.
        high: Its level.
        driven: Whether it was an output; an input moves no relay.
    """

    at: Instant
    high: bool
    driven: bool


class SimulatedFactory(MockFactory):  # type: ignore[misc]  # gpiozero ships no types
    """Makes simulated pins.

    Args:
        folder: Where they are files; None keeps them in this process.
    """

    def __init__(self, folder: Path | None) -> None:
        super().__init__(revision=BOARD, pin_class=SimulatedPin)
        self.folder = folder


class SimulatedPin(MockPin):  # type: ignore[misc]  # gpiozero ships no types
    """A pin with a bounded history.

    Raises:
        DoorError: Its file cannot be made, or another process holds it.
    """

    def __init__(self, factory: SimulatedFactory, info: object) -> None:
        self.history: deque[Level] = deque(maxlen=MOST_LEVELS)
        self._file: PinFile | None = None
        super().__init__(factory, info)
        if factory.folder is not None:
            self._file = PinFile(factory.folder, self.info.name)

    def output_with_state(self, state: bool) -> None:
        """Become an output at this level, which was never another since."""
        self._state = state
        self._function = "output"
        self._record()

    def close(self) -> None:
        """Become an input."""
        super().close()
        self._record()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _get_state(self) -> bool:
        if self._file is not None and self._function == "input":
            self._state = self._file.read(self._state)
        return bool(self._state)

    def _change_state(self, value: bool) -> bool:
        # In the place of gpiozero's, which keeps every change for ever.
        changed = self._state != value
        self._state = value
        self._record()
        return changed

    def _record(self) -> None:
        driven = self._function == "output"
        self.history.append(Level(monotonic(), bool(self._state), driven))
        # What the world says by an input is the world's to write.
        if self._file is not None and (driven or self._file.driven):
            self._file.write(driven, bool(self._state))

    def drive(self, high: bool) -> None:
        """Let the world set the level of an input."""
        if self._file is not None:
            self._file.write(False, high)
        elif high:
            self.drive_high()
        else:
            self.drive_low()


class SimulatedRelay(GpioRelay):
    """A relay on a simulated pin.

    Args:
        settings: Which pin, and its polarity.

    Raises:
        DoorError: There is no such pin.
    """

    def __init__(self, settings: RelaySettings) -> None:
        super().__init__(SimulatedFactory(settings.folder), settings)
        self._pin: SimulatedPin = self._device.pin

    @property
    def history(self) -> tuple[Level, ...]:
        """What the pin did, oldest first, at most `MOST_LEVELS`; kept after closing."""
        return tuple(self._pin.history)


class SimulatedLine(GpioLine):
    """An input on a simulated pin.

    Args:
        settings: Which pin, its polarity and its pull.

    Raises:
        DoorError: There is no such pin.
    """

    def __init__(self, settings: LineSettings) -> None:
        super().__init__(SimulatedFactory(settings.folder), settings)

    def drive(self, active: bool) -> None:
        """Let the world say something by this line."""
        self._device.pin.drive(active == self._active_high)


def open_simulated(settings: RelaySettings) -> SimulatedRelay:
    """Take hold of a relay that is not there, released.

    Raises:
        DoorError: There is no such pin.
    """
    return SimulatedRelay(settings)


def open_simulated_line(settings: LineSettings) -> SimulatedLine:
    """Take hold of an input that is not there.

    Raises:
        DoorError: There is no such pin.
    """
    return SimulatedLine(settings)
