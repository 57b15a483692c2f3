"""Line: what a door's input says, freed from bounce, and held against its second line. Pure.

The seam to the pin is here too, chosen by name as a relay's.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

from faceidd.door.relay import PinFactoryName
from faceidd.units import Instant, Seconds

PullName = Literal["up", "down", "none"]
DEBOUNCE = Seconds(0.05)
DISCREPANCY = Seconds(0.5)
"""How long two lines of one contact may say the same while it moves."""


class Line(Protocol):
    """One input pin."""

    @property
    def active(self) -> bool:
        """Whether the line says what it is there for.

        Raises:
            DoorError: It cannot be read.
        """

    def close(self) -> None:
        """Give the pin back. May be called again.

        Raises:
            DoorError: It cannot be given back.
        """


@dataclass(frozen=True, slots=True)
class LineSettings:
    """Where an input is wired.

    Attributes:
        pin: As a relay's.
        active_high: Whether a high pin says what the line is there for.
        pull: Which way the pin is pulled while nobody drives it.
        pin_factory: What reads the pin.
        chip: As a relay's.
        folder: As a relay's.
    """

    pin: str
    active_high: bool
    pull: PullName
    pin_factory: PinFactoryName
    chip: str | None = None
    folder: Path | None = None


class Reading(StrEnum):
    """What a line says."""

    ACTIVE = "active"
    QUIET = "quiet"
    FAULT = "fault"
    """It is cut, shorted or stuck, or cannot be read."""


class Debounced:
    """What a line says for longer than its contact bounces.

    Args:
        debounce: How long a contact bounces.
        stuck_after: How long it may be active before it counts as stuck; None is for ever.
    """

    def __init__(self, debounce: Seconds = DEBOUNCE, stuck_after: Seconds | None = None) -> None:
        self._debounce = debounce
        self._stuck_after = stuck_after
        self.reading: Reading | None = None
        """What it says; None before it said anything for long enough."""
        self.since: Instant | None = None
        """Since when it has said so."""
        self._newest: Reading | None = None
        self._changed = Instant(0.0)

    def feed(self, active: bool, opposite: bool | None, now: Instant) -> bool:
        """Take what the pins say now.

        Args:
            active: Whether the line is active.
            opposite: Whether its second line is, which says the opposite; None without one.
            now: The present moment.

        Returns:
            Whether `reading` changed.
        """
        if opposite is not None and opposite == active:
            return self._take(Reading.FAULT, now)
        return self._take(Reading.ACTIVE if active else Reading.QUIET, now)

    def fail(self, now: Instant) -> bool:
        """Note that the pins cannot be read now.

        Returns:
            Whether `reading` changed.
        """
        return self._take(Reading.FAULT, now)

    def _take(self, newest: Reading, now: Instant) -> bool:
        if newest is not self._newest:
            self._newest, self._changed = newest, now
        lasted = now - self._changed
        if newest is Reading.ACTIVE and self._stuck_after is not None:
            if lasted >= self._stuck_after:
                newest = Reading.FAULT
        elif newest is Reading.FAULT and lasted < DISCREPANCY:
            return False
        if newest is self.reading or lasted < self._debounce:
            return False
        self.reading, self.since = newest, self._changed
        return True


def open_line(settings: LineSettings) -> Line:
    """Take hold of an input; with the named factory, never with another.

    Raises:
        DoorError: There is no such pin, or it cannot be listened to from here.
    """
    # Only the chosen library is imported: the other need not be installed.
    if settings.pin_factory == "simulated":
        from faceidd.door.simulated import open_simulated_line  # noqa: PLC0415 - only the chosen pins' library

        return open_simulated_line(settings)
    from faceidd.door.lgpio import open_lgpio_line  # noqa: PLC0415 - only the chosen pins' library

    return open_lgpio_line(settings)
