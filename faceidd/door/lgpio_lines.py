"""Finding a GPIO line by its name, whatever number its chip has on this board and kernel.

Importing this module imports `lgpio`; see `faceidd.door.lgpio` for what that needs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import lgpio
from gpiozero.pins.local import get_pi_revision
from gpiozero.pins.pi import PiBoardInfo

from faceidd.door.gpiozero import no_such_pin
from faceidd.errors import DoorError

MOST_CHIPS = 32
"""Chips are numbered from 0, with gaps; a board has a handful."""
HEADER_CHIPS = ("pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1")
"""Labels of the chips whose line n is GPIOn of a Raspberry Pi's header: up to the 3, 4 and 5."""

_TAKEN, _OUTPUT = 1 << 0, 1 << 1
"""Bits of a line's flags, http://abyz.me.uk/lg/py_lgpio.html#gpio_get_line_info"""

_GPIO = re.compile(r"GPIO(\d{1,2})")
_HEADER = re.compile(r"BOARD\d{1,2}|J\d:\d{1,2}")


@dataclass(frozen=True, slots=True)
class _Chip:
    number: int
    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineState:
    """How the kernel has a line now.

    Attributes:
        chip: Label of its chip.
        offset: Its number there.
        taken: Whether a program, or the kernel itself, has it.
        taker: What that calls itself; may be empty.
        output: Whether it is driven.
    """

    chip: str
    offset: int
    taken: bool
    taker: str
    output: bool


def state_of_line(name: str, label: str | None) -> LineState:
    """Ask the kernel how it has a line; the line itself is left as it is.

    Args:
        name: As `find_line`.
        label: As `find_line`.

    Raises:
        DoorError: As `find_line`.
        lgpio.error: As `find_line`.
        PinUnknownPi: As `find_line`.
    """
    number, offset = find_line(name, label)
    handle = lgpio.gpiochip_open(number)
    try:
        chip = lgpio.gpio_get_chip_info(handle)[3]
        _, _, flags, _, taker = lgpio.gpio_get_line_info(handle, offset)
        return LineState(chip, offset, bool(flags & _TAKEN), taker, bool(flags & _OUTPUT))
    finally:
        lgpio.gpiochip_close(handle)


def find_line(name: str, label: str | None) -> tuple[int, int]:
    """Find a line.

    Args:
        name: Its name, `GPIO17` or any that `gpioinfo` shows; or its place on a Raspberry Pi's
            header, `BOARD11` or `J8:11`.
        label: The label of its chip; None looks at all chips.

    Returns:
        The chip's number, and the line's within it.

    Raises:
        DoorError: There is no such line, or more than one.
        lgpio.error: No chip can be opened.
        PinUnknownPi: The name is a place on a header, and this board is no Raspberry Pi.
    """
    chips = [chip for chip in _chips() if label is None or chip.label == label]
    if not chips:
        raise DoorError(
            f"this machine has no GPIO chip labeled {label}",
            do="set door.chip to a label that `gpiodetect` shows, or to null",
        )
    wanted = _on_header(name) if _HEADER.fullmatch(name) else name
    found = [
        (chip.number, offset)
        for chip in chips
        for offset, line in enumerate(chip.lines)
        if line == wanted
    ] or list(_by_number(wanted, chips, label))
    if not found:
        raise no_such_pin(name)
    if len(found) > 1:
        labels = ", ".join(chip.label for chip in chips if (chip.number,) in {f[:1] for f in found})
        raise DoorError(
            f"there is more than one line {name}", do=f"set door.chip to one of: {labels}"
        )
    return found[0]


def _by_number(name: str, chips: list[_Chip], label: str | None) -> Iterator[tuple[int, int]]:
    """Lines that have another name, or none, on the chip that is meant."""
    number = _GPIO.fullmatch(name)
    if number is None:
        return
    offset = int(number[1])
    for chip in chips:
        if (label or chip.label in HEADER_CHIPS) and offset < len(chip.lines):
            yield chip.number, offset


def _chips() -> list[_Chip]:
    chips: list[_Chip] = []
    fault: Exception | None = None
    for number in range(MOST_CHIPS):
        try:
            chips.append(_chip(number))
        except Exception as error:
            fault = fault or error
    if not chips and fault is not None:
        raise fault
    return chips


def _chip(number: int) -> _Chip:
    handle = lgpio.gpiochip_open(number)
    try:
        _, count, _, label = lgpio.gpio_get_chip_info(handle)
        lines = tuple(lgpio.gpio_get_line_info(handle, one)[3] for one in range(count))
        return _Chip(number, label, lines)
    finally:
        lgpio.gpiochip_close(handle)


def _on_header(name: str) -> str:
    for _, info in PiBoardInfo.from_revision(get_pi_revision()).find_pin(name):
        if "gpio" in info.interfaces:
            return str(info.name)
    raise no_such_pin(name)
