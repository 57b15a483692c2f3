"""A pin of a Linux GPIO chip that cannot energize a relay by accident.

gpiozero's own pin first becomes an output, low, and then takes its level: to a relay board that
is energized by a low pin, a pulse at every start. It also leaves the pin floating when it is
closed. Importing this module imports `lgpio`; see `faceidd.door.lgpio` for what that needs.
"""

import lgpio
from gpiozero.pins import PinInfo
from gpiozero.pins.lgpio import LGPIOFactory, LGPIOPin

from faceidd.door.lgpio_lines import find_line


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


class LineFactory(LGPIOFactory):  # type: ignore[misc]  # gpiozero ships no types
    """Opens the chip that has one line, and makes that line's pin.

    The line is found by name. gpiozero chooses the chip by its number, which differs between
    boards and kernels, and knows the lines of a Raspberry Pi's header only. Its factories also
    share their pins, so that closing one closes the pins of all.

    Args:
        name: The line's name, or its place on a Raspberry Pi's header.
        label: The chip's label; None finds the only one.

    Raises:
        DoorError: There is no such line, or more than one.
    """

    def __init__(self, name: str, label: str | None) -> None:
        chip, offset = find_line(name, label)
        super().__init__(chip=chip)
        self.pins: dict[object, RelayPin] = {}
        self.pin_class = RelayPin
        self._line = PinInfo(
            number=offset,
            name=f"GPIO{offset}",
            names=frozenset({name}),
            pull="",
            row=0,
            col=0,
            interfaces=frozenset({"gpio"}),
        )

    def pin(self, _name: str) -> RelayPin:
        """The pin of the line."""
        if self._line not in self.pins:
            self.pins[self._line] = RelayPin(self, self._line)
        return self.pins[self._line]

    def reserve_pins(self, *_: object) -> None:
        """Nothing to do: the kernel refuses a line that is taken."""

    def release_pins(self, *_: object) -> None:
        """Nothing to do, as for `reserve_pins`."""
