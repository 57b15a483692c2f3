"""Pulse: how long a grant opens a door, and how fresh it must be. Pure: time is an argument."""

from dataclasses import dataclass
from enum import StrEnum

from faceidd.errors import DoorError
from faceidd.units import Instant, Seconds

SHORTEST_PULSE = Seconds(0.1)
LONGEST_PULSE = Seconds(30.0)
MAX_GRANT_AGE = Seconds(1.5)
"""A visitor whose newest frame is older may have turned away already."""
LONGEST_AGE = Seconds(10.0)


class Answer(StrEnum):
    """What came of a decision brought to the door."""

    OPENED = "opened"
    ALREADY_OPEN = "already_open"
    NOT_GRANTED = "not_granted"
    TOO_OLD = "too_old"
    USED = "used"
    """It was shown before, or a later one was."""
    FOREIGN = "foreign"
    """It is for another door, or another run of the daemon."""
    LOCKDOWN = "lockdown"
    BROKEN = "broken"
    NOTED = "noted"
    """It was no decision, but something to know."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """One opening, for a passage or for one word of the fire input.

    Attributes:
        began: When the relay was energized.
        ends: When it must be released.
    """

    began: Instant
    ends: Instant

    def over(self, now: Instant) -> bool:
        """Whether the relay must be at rest; also if the clock is not to be trusted."""
        return not self.began <= now < self.ends


@dataclass(frozen=True, slots=True)
class PulseRules:
    """How long a grant opens a door, and how old it may be.

    Attributes:
        length: Length of a pulse, `SHORTEST_PULSE` to `LONGEST_PULSE`.
        max_age: Age beyond which a grant opens nothing.

    Raises:
        DoorError: The length is out of bounds, or the age is not above 0 and at most `LONGEST_AGE`.
    """

    length: Seconds
    max_age: Seconds = MAX_GRANT_AGE

    def __post_init__(self) -> None:
        if not SHORTEST_PULSE <= self.length <= LONGEST_PULSE:
            raise DoorError(
                f"a pulse of {self.length} s is not {SHORTEST_PULSE:g} to {LONGEST_PULSE:g} s",
                do="set door.pulse_s within these bounds",
            )
        if not 0 < self.max_age <= LONGEST_AGE:
            raise DoorError(
                f"no grant may be {self.max_age} s old",
                do=f"allow an age above 0 and of at most {LONGEST_AGE:g} s",
            )

    def fresh(self, evidence: Instant, now: Instant) -> bool:
        """Whether evidence of an instant may open the door now. False for what is no instant."""
        return 0 <= now - evidence <= self.max_age

    def pulse(self, now: Instant) -> Pulse:
        """The opening that begins now."""
        return Pulse(now, Instant(now + self.length))
