"""Opening: for whom a door was unlocked, why, and since when."""

from dataclasses import dataclass, replace
from typing import Self

from faceidd.door.change import Cause, DoorChange
from faceidd.door.signal import Kind
from faceidd.door.situation import NEVER
from faceidd.gallery.gallery import Person
from faceidd.units import Instant, Seconds

CAUSES = {Kind.GRANT: Cause.GRANT, Kind.EXIT: Cause.EXIT, Kind.FIRE: Cause.FIRE}
"""What unlocks a door, and how that is told."""
ENDS = {
    Kind.PULSE_OVER: Cause.PULSE_OVER,
    Kind.LEAF_CLOSED: Cause.PASSED,
    Kind.LOCK_DOWN: Cause.LOCKDOWN,
    Kind.FIRE_OVER: Cause.FIRE_OVER,
    Kind.RELAY_FAULT: Cause.FAULT,
}
"""What locks it again, and how that is told."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One time that a door was unlocked.

    Attributes:
        cause: Why.
        visit: Key of the visit that it was granted to, if any.
        person: Whom it was granted to, if known.
        since: Since when.
    """

    cause: Cause
    visit: str | None = None
    person: Person | None = None
    since: Instant = NEVER

    def at(self, now: Instant) -> Self:
        """The same, beginning now."""
        return replace(self, since=now)

    def began(self) -> DoorChange:
        """What is told of its beginning."""
        return DoorChange(True, self.since, self.cause, self.visit, self.person)

    def ended(self, now: Instant, cause: Cause) -> DoorChange:
        """What is told of its end."""
        length = Seconds(now - self.since)
        return DoorChange(False, now, cause, self.visit, self.person, length)
