"""Ruling: what a policy says to one person at one door at one moment, and on what ground."""

from dataclasses import dataclass
from enum import StrEnum


class Ground(StrEnum):
    """On what ground. Only ALLOWED opens a door."""

    ALLOWED = "allowed"
    UNKNOWN_DOOR = "unknown_door"
    LOCKDOWN = "lockdown"
    GALLERY_STALE = "gallery_stale"
    CLOCK_IMPLAUSIBLE = "clock_implausible"
    NOT_YET_VALID = "not_yet_valid"
    PASS_EXPIRED = "pass_expired"  # noqa: S105 - a visitor's pass, no password
    NOT_ALLOWED = "not_allowed"
    OUTSIDE_SCHEDULE = "outside_schedule"
    COOLDOWN = "cooldown"
    ANTI_PASSBACK = "anti_passback"
    FIRST_PERSON_AWAITED = "first_person_awaited"
    SECOND_PERSON_AWAITED = "second_person_awaited"
    SECOND_FACTOR_AWAITED = "second_factor_awaited"
    WRONG_FACTOR = "wrong_factor"
    LOCKED_OUT = "locked_out"


@dataclass(frozen=True, slots=True)
class Check:
    """One rule that was looked at.

    Attributes:
        rule: The rule, as the policy calls it.
        against: The ground that it gives for a denial; None if the rule has nothing against it.
    """

    rule: str
    against: Ground | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """A grant, or a denial with its ground.

    Attributes:
        person: Whom it is about, by the id of their own; None is nobody in person.
        ground: Why.
        rule: The rule that decided.
        checks: All rules that were looked at, in their order; the first that speaks against it
            decides.
    """

    person: str | None
    ground: Ground
    rule: str
    checks: tuple[Check, ...]

    @property
    def granted(self) -> bool:
        """Whether the door may open."""
        return self.ground is Ground.ALLOWED
