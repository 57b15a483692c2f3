"""A relay that is not there: for desk machines, the demo and tests; only when asked for by name.

The pin keeps what it was told, level before direction as a real one, and what happened to it.
"""

from collections import deque
from dataclasses import dataclass

from gpiozero.pins.mock import MockFactory, MockPin

from faceidd.clock import monotonic
from faceidd.door.gpiozero import GpioRelay
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


class SimulatedPin(MockPin):  # type: ignore[misc]  # gpiozero ships no types
    """A pin with a bounded history."""

    def __init__(self, factory: MockFactory, info: object) -> None:
        self.history: deque[Level] = deque(maxlen=MOST_LEVELS)
        super().__init__(factory, info)

    def output_with_state(self, state: bool) -> None:
        """Become an output at this level, which was never another since."""
        self._state = state
        self._function = "output"
        self._record()

    def close(self) -> None:
        """Become an input."""
        super().close()
        self._record()

    def _change_state(self, value: bool) -> bool:
        # In the place of gpiozero's, which keeps every change for ever.
        changed = self._state != value
        self._state = value
        self._record()
        return changed

    def _record(self) -> None:
        self.history.append(Level(monotonic(), bool(self._state), self._function == "output"))


class SimulatedRelay(GpioRelay):
    """A relay on a simulated pin.

    Args:
        settings: Which pin, and its polarity.

    Raises:
        DoorError: There is no such pin.
    """

    def __init__(self, settings: RelaySettings) -> None:
        super().__init__(MockFactory(revision=BOARD, pin_class=SimulatedPin), settings)
        self._pin: SimulatedPin = self._device.pin

    @property
    def history(self) -> tuple[Level, ...]:
        """What the pin did, oldest first, at most `MOST_LEVELS`; kept after closing."""
        return tuple(self._pin.history)


def open_simulated(settings: RelaySettings) -> SimulatedRelay:
    """Take hold of a relay that is not there, released.

    Raises:
        DoorError: There is no such pin.
    """
    return SimulatedRelay(settings)
