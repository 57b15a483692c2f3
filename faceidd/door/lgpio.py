"""A relay on a board's own pin, by the kernel's GPIO character device and the library lgpio."""

import os
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

from gpiozero.exc import PinUnknownPi

from faceidd.door.gpiozero import GpioRelay
from faceidd.door.relay import RelaySettings
from faceidd.errors import DoorError

if TYPE_CHECKING:
    from faceidd.door.lgpio_pin import RelayPinFactory


def open_lgpio(settings: RelaySettings, dev: Path = Path("/dev")) -> GpioRelay:
    """Take hold of a relay's pin, released.

    Args:
        settings: Which pin, and its polarity.
        dev: Where to look for GPIO chips when none can be opened, to tell why.

    Raises:
        DoorError: lgpio is not installed, there is no GPIO chip or no permission for it, or the
            pin does not exist or is taken.
    """
    factory_class = _load()
    try:
        factory = factory_class()
    except Exception as error:
        raise _no_chip(error, dev) from error
    return GpioRelay(factory, settings)


def _load() -> "type[RelayPinFactory]":
    # The import of lgpio makes a named pipe in the working directory, fails where it cannot, and
    # leaves it behind. It is never looked up again.
    try:
        with tempfile.TemporaryDirectory(prefix="faceidd-lgpio-") as folder, chdir(folder):
            from faceidd.door.lgpio_pin import RelayPinFactory  # noqa: PLC0415 - see above
    except ImportError as error:
        raise DoorError(
            f"the library lgpio is not installed ({error})",
            do="run `apt install python3-lgpio`, and make faceidd's virtual environment with"
            " --system-site-packages; or set door.pin_factory: simulated on a desk machine",
        ) from error
    return RelayPinFactory


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
            "this board is no Raspberry Pi, the only kind whose pins gpiozero knows",
            do="run on a Raspberry Pi; on a desk machine set door.pin_factory: simulated",
        )
    return DoorError(
        f"the GPIO chip cannot be opened: {error}",
        do="check with `gpioinfo` that the kernel knows it",
    )
