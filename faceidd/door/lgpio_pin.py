"""A pin of a Linux GPIO chip that cannot energize a relay by accident.

gpiozero's own pin first becomes an output, low, and then takes its level: to a relay board that
is energized by a low pin, a pulse at every start. It also leaves the pin floating when it is
closed. Importing this module imports `lgpio`; see `faceidd.door.lgpio` for what that needs.
"""

from collections import defaultdict

import lgpio
from gpiozero.pins.lgpio import LGPIOFactory, LGPIOPin


class RelayPin(LGPIOPin):  # type: ignore[misc]  # gpiozero ships no types
    """A pin whose level, direction and pull reach the kernel in one request.

    The pull is toward the first level. On chips that keep it after the line is given back, it
    holds the relay released even when the process was killed.
    """

    _rest = lgpio.SET_PULL_NONE

    def output_with_state(self, state: bool) -> None:
        """Become an output at this level, which is also the level of rest."""
        self._rest = lgpio.SET_PULL_UP if state else lgpio.SET_PULL_DOWN
        lgpio.gpio_claim_output(self._chip, self._number, int(state), self._rest)

    def close(self) -> None:
        """Become an input that is pulled to the level of rest."""
        if self._chip is not None:
            lgpio.gpio_claim_input(self._chip, self._number, self._rest)

    @property
    def _chip(self) -> int | None:
        handle: int | None = self.factory._handle  # noqa: SLF001 - how LGPIOPin itself finds it
        return handle


class RelayPinFactory(LGPIOFactory):  # type: ignore[misc]  # gpiozero ships no types
    """Opens the chip that holds the board's header and makes its pins.

    gpiozero's own factories share their pins, so that closing one closes the pins of all.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pins: dict[object, RelayPin] = {}
        self._reservations: defaultdict[object, list[object]] = defaultdict(list)
        self.pin_class = RelayPin
