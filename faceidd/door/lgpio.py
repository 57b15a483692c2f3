"""A relay or a line on a board's own pin, by the kernel's GPIO character device and lgpio."""

import os
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

from gpiozero.exc import PinUnknownPi

from faceidd.door.gpiozero import GpioLine, GpioRelay
from faceidd.door.line import LineSettings
from faceidd.door.relay import RelaySettings
from faceidd.errors import DoorError

if TYPE_CHECKING:
    from faceidd.door.lgpio_lines import LineState
    from faceidd.door.lgpio_pin import LineFactory


def open_lgpio(settings: RelaySettings, dev: Path = Path("/dev")) -> GpioRelay:
    """Take hold of a relay's pin, released.

    Args:
        settings: Which pin, and its polarity.
        dev: Where to look for GPIO chips when none can be opened, to tell why.

    Raises:
        DoorError: lgpio is not installed, there is no GPIO chip or no permission for it, or the
            pin does not exist or is taken.
    """
    return GpioRelay(_factory(settings.pin, settings.chip, dev), settings)


def open_lgpio_line(settings: LineSettings, dev: Path = Path("/dev")) -> GpioLine:
    """Take hold of an input.

    Raises:
        DoorError: As `open_lgpio`.
    """
    return GpioLine(_factory(settings.pin, settings.chip, dev), settings)


def look_at_lgpio(pin: str, chip: str | None, dev: Path = Path("/dev")) -> "LineState":
    """Say how the kernel has a line now, and take no hold of it.

    Args:
        pin: As a relay's.
        chip: As a relay's.
        dev: As `open_lgpio`.

    Raises:
        DoorError: As `open_lgpio`; a line that is taken is none.
    """
    _load()
    from faceidd.door.lgpio_lines import state_of_line  # noqa: PLC0415 - imports lgpio, see `_load`

    try:
        return state_of_line(pin, chip)
    except DoorError:
        raise
    except Exception as error:
        raise _no_chip(error, dev) from error


def _factory(pin: str, chip: str | None, dev: Path) -> "LineFactory":
    factory_class = _load()
    try:
        return factory_class(pin, chip)
    except DoorError:
        raise
    except Exception as error:
        raise _no_chip(error, dev) from error


def _load() -> "type[LineFactory]":
    # The import of lgpio makes a named pipe in the working directory, fails where it cannot, and
    # leaves it behind. It is never looked up again.
    try:
        with tempfile.TemporaryDirectory(prefix="faceidd-lgpio-") as folder, chdir(folder):
            from faceidd.door.lgpio_pin import LineFactory  # noqa: PLC0415 - imports lgpio, which `_load` told of first
    except ImportError as error:
        raise DoorError(
            f"the library lgpio is not installed ({error})",
            do="run `apt install python3-lgpio`, which a virtual environment sees that was made"
            " with --system-site-packages; or set door.pin_factory: simulated on a desk machine",
        ) from error
    return LineFactory


def _no_chip(error: Exception, dev: Path) -> DoorError:
    chips = sorted(dev.glob("gpiochip*"))
    if not chips:
        return DoorError(
            f"this machine has no GPIO character device ({dev}/gpiochip0)",
            do="run on a board; on a desk machine set door.pin_factory: simulated",
        )
    for chip in chips:
        if not os.access(chip, os.R_OK | os.W_OK, effective_ids=True):
            return DoorError(
                f"no permission to read and write {chip}",
                do="add the service user to group gpio, then start the service again",
            )
    if isinstance(error, PinUnknownPi):
        return DoorError(
            "this board is no Raspberry Pi, the only kind whose header is known",
            do="name the line as `gpioinfo` shows it, not its place on the header",
        )
    return DoorError(
        f"the GPIO chip cannot be opened: {error}",
        do="check with `gpioinfo` that the kernel knows it",
    )
