"""DoorRules: how one door is set up, as far as its machine must know. Pure."""

from dataclasses import dataclass

from faceidd.door.pulse import PulseRules
from faceidd.errors import DoorError
from faceidd.units import Seconds

FIRE_LEASE = Seconds(2.0)
"""How long one word of the fire input counts; it is repeated for as long as the fire lasts."""
FIRE_REPEAT = Seconds(FIRE_LEASE / 4)
"""How often it is repeated."""
PASSAGE_GRACE = Seconds(0.5)
"""A leaf that opens this soon after a pulse was pulled within it."""
HELD_AFTER = Seconds(30.0)
LONGEST_HELD_AFTER = Seconds(3600.0)
FEEDBACK_SETTLES = Seconds(0.5)
"""How long a relay's spare contact may disagree with its coil."""


@dataclass(frozen=True, slots=True)
class DoorRules:
    """How one door is set up.

    Attributes:
        pulse: How long it is unlocked for a passage, and how old a grant may be.
        held_after: How long the leaf may stand open after a passage.
        free_exit: Whether the leaf opens from inside by its handle, without the exit button; then
            no opening is a forced one.
        exit_in_lockdown: Whether the exit button works in a lockdown.

    Raises:
        DoorError: `held_after` is not above 0 and at most `LONGEST_HELD_AFTER`.
    """

    pulse: PulseRules
    held_after: Seconds = HELD_AFTER
    free_exit: bool = False
    exit_in_lockdown: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.held_after <= LONGEST_HELD_AFTER:
            raise DoorError(
                f"a door cannot be held open after {self.held_after} s",
                do=f"set door.held_after_s above 0 and to at most {LONGEST_HELD_AFTER:g}",
            )
