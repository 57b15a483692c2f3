"""Relay: the coil of a lock, and the seam to what drives its pin, chosen by name.

A relay knows no doors: how long it may be energized is kept by `door`. The wiring must be such
that a pin that nobody drives leaves the coil released: before the daemon starts and after it
ended, the pin is an input.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

PinFactoryName = Literal["lgpio", "simulated"]


class Relay(Protocol):
    """One coil. It is released from the moment it is opened. Not safe for two threads at once."""

    @property
    def energized(self) -> bool:
        """Whether the pin is at the energized level now.

        Raises:
            DoorError: The pin cannot be read.
        """

    def energize(self) -> None:
        """Let current through the coil.

        Raises:
            DoorError: The pin cannot be driven, or the relay is closed.
        """

    def release(self) -> None:
        """Take the current from the coil. Does nothing to a closed relay: it is released.

        Raises:
            DoorError: The pin cannot be driven.
        """

    def close(self) -> None:
        """Release the coil and give the pin back. May be called again.

        Raises:
            DoorError: A step failed; all the others were still taken.
        """


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """Where a relay is wired.

    Attributes:
        pin: `GPIO17` or `BOARD11` of a Raspberry Pi's header, or a line's name as `gpioinfo` shows.
        active_high: Whether a high pin energizes the coil.
        pin_factory: What drives the pin: `lgpio` on a board, `simulated` drives none.
        chip: Label of the GPIO chip that has the line; None finds the only one.
        folder: Where simulated pins are shared with other processes; None shares them with none.
    """

    pin: str
    active_high: bool
    pin_factory: PinFactoryName
    chip: str | None = None
    folder: Path | None = None


def open_relay(settings: RelaySettings) -> Relay:
    """Take hold of a relay's pin, released; with the named factory, never with another.

    Raises:
        DoorError: There is no such pin, or it cannot be driven from here.
    """
    # Only the chosen library is imported: the other need not be installed.
    if settings.pin_factory == "simulated":
        from faceidd.door.simulated import open_simulated  # noqa: PLC0415 - only the chosen pins' library

        return open_simulated(settings)
    from faceidd.door.lgpio import open_lgpio  # noqa: PLC0415 - only the chosen pins' library

    return open_lgpio(settings)


def rest(settings: RelaySettings) -> None:
    """Put a relay at rest, whoever left it energized: drive it released, then let go of it.

    For the service manager after a daemon that was killed, and for an admin's hand.

    Raises:
        DoorError: There is no such pin, or it cannot be driven from here.
    """
    open_relay(settings).close()
