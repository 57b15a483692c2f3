"""The kernel's edge: a stand-in for the C library `lgpio` that keeps what a line was told.

It does what lgpio 0.2.2 does on a board, as far as gpiozero asks for it: a line claimed again in
the direction it has is left as it is; another direction is one kernel request that carries
direction, level and pull.
"""

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

PI_3B = 0xA02082
_IS_OUT = 1 << 1
_SET_PULL_UP, _SET_PULL_DOWN, _SET_PULL_NONE = 32, 64, 128


class LgpioError(Exception):
    """What lgpio raises for every fault; gpiozero and faceidd know it as `lgpio.error`."""


@dataclass(frozen=True)
class Line:
    """What is seen on a line's wire."""

    driven: bool
    level: int | None
    """1 or 0, driven or pulled; None floats."""


class GpioChip(ModuleType):
    """A board's chips, with the functions of the module `lgpio`.

    Lines are told apart by their number alone; a test uses those of one chip. `chips` says what
    there is: number -> label and names of the lines.

    Args:
        log: Where each state of a line is written as it comes, so that it outlives the process.
    """

    BOTH_EDGES, RISING_EDGE, FALLING_EDGE = 3, 1, 2
    SET_PULL_UP, SET_PULL_DOWN, SET_PULL_NONE = _SET_PULL_UP, _SET_PULL_DOWN, _SET_PULL_NONE
    error = LgpioError

    def __init__(self, log: Path | None = None) -> None:
        super().__init__("lgpio")
        self.history: dict[int, list[Line]] = {}
        self.chips: dict[int, tuple[str, list[str]]] = {0: ("pinctrl-bcm2835", [""] * 54)}
        self.claimed_on: dict[int, int] = {}  # line -> chip
        self.write_faults: list[BaseException | None] = []  # of the next writes; None is none
        self.takers: dict[int, tuple[str, bool]] = {}  # lines of others: who, and if driven
        self.open_fault: Exception | None = None
        self._handles: dict[int, int] = {}
        self._owners: dict[int, int] = {}
        self._changed = threading.Condition()
        self._log = log

    @property
    def opened(self) -> int:
        """How many handles are open."""
        return len(self._handles)

    def gpiochip_open(self, number: int) -> int:
        if self.open_fault is not None:
            raise self.open_fault
        if number not in self.chips:
            raise LgpioError("can not open gpiochip")
        handle = max(self._handles, default=0) + 1
        self._handles[handle] = number
        return handle

    def gpio_get_chip_info(self, handle: int) -> list[object]:
        label, lines = self.chips[self._handles[handle]]
        return [0, len(lines), f"gpiochip{self._handles[handle]}", label]

    def gpio_get_line_info(self, handle: int, gpio: int) -> list[object]:
        taker, driven = self.takers.get(gpio, ("", False))
        if gpio in self._owners:
            taker, driven = "lg", self.history[gpio][-1].driven
        flags = bool(taker) | driven << 1
        return [0, gpio, flags, self.chips[self._handles[handle]][1][gpio], taker]

    def gpiochip_close(self, handle: int) -> int:
        del self._handles[handle]
        self._owners = {gpio: owner for gpio, owner in self._owners.items() if owner != handle}
        return 0

    def gpio_claim_input(self, handle: int, gpio: int, lFlags: int = 0) -> int:  # noqa: N803 - lgpio's name
        if self._owners.setdefault(gpio, handle) != handle:
            raise LgpioError("GPIO busy")
        self.claimed_on[gpio] = self._handles[handle]
        lines = self.history.get(gpio)
        if lines is None or lines[-1].driven:
            self._set(gpio, Line(False, {_SET_PULL_UP: 1, _SET_PULL_DOWN: 0}.get(lFlags)))
        return 0

    def gpio_free(self, _handle: int, gpio: int) -> int:
        del self._owners[gpio], self.history[gpio]
        return 0

    def drive(self, gpio: int, level: int) -> None:
        """Let the world set the level of an input."""
        self._set(gpio, Line(False, level))

    def gpio_claim_output(self, _handle: int, gpio: int, level: int = 0, _flags: int = 0) -> int:
        if not self.history[gpio][-1].driven:
            self._set(gpio, Line(True, level))
        return 0

    def gpio_get_mode(self, _handle: int, gpio: int) -> int:
        return _IS_OUT if self.history[gpio][-1].driven else 0

    def gpio_read(self, _handle: int, gpio: int) -> int:
        return self.history[gpio][-1].level or 0

    def gpio_write(self, _handle: int, gpio: int, level: int) -> int:
        fault = self.write_faults.pop(0) if self.write_faults else None
        if fault is not None:
            raise fault
        self._set(gpio, Line(True, int(level)))
        return 0

    def wait_for(self, gpio: int, line: Line) -> None:
        """Wait until a line is seen in a state; fails after ten seconds."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.history[gpio][-1] == line, timeout=60)

    def _set(self, gpio: int, line: Line) -> None:
        with self._changed:
            self.history.setdefault(gpio, []).append(line)
            self._changed.notify_all()
        if self._log is not None:
            with self._log.open("a") as log:
                log.write(f"{line.driven:d} {line.level}\n")


def installed(chip: GpioChip | None) -> Iterator[None]:
    """Put a chip in the place of lgpio on a Raspberry Pi 3B, or None: lgpio is not installed."""
    names = (
        "lgpio",
        "gpiozero.pins.lgpio",
        "faceidd.door.lgpio_lines",
        "faceidd.door.lgpio_pin",
    )
    kept = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    local = import_module("gpiozero.pins.local")
    revision = local.get_pi_revision
    sys.modules["lgpio"] = chip  # type: ignore[assignment]  # None makes the import fail
    local.get_pi_revision = lambda: PI_3B  # type: ignore[attr-defined]  # a stand-in takes any attribute
    yield
    local.get_pi_revision = revision  # type: ignore[attr-defined]  # a stand-in takes any attribute
    for name in names:
        sys.modules.pop(name, None)
    sys.modules.update(kept)


def seen_in(log: Path) -> list[Line]:
    """Read what a process left in its log."""
    lines = [line.split() for line in log.read_text().splitlines()]
    return [Line(driven == "1", None if level == "None" else int(level)) for driven, level in lines]
