"""Policy: who passes which door, when, and on what further conditions. Pure: values only.

A policy knows people by their ids in the gallery and nothing of faces. What it says to one person
at one moment is found by `access.judge`; reading it from a file is left to the daemon.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from faceidd.access.schedule import Schedule
from faceidd.units import Seconds

FORGOTTEN_AFTER = Seconds(12 * 3600.0)
"""For how long it is known, unless a policy says otherwise, on which side of a door somebody is."""
LOCKOUT = Seconds(300.0)
TRIES = 5

People = frozenset[str] | None
"""Ids of people; None is everybody the gallery knows."""


class FactorKind(StrEnum):
    """What somebody can show beside a face."""

    PIN = "pin"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class PersonRules:
    """What holds for one person at every door.

    Attributes:
        valid_from: Before it the person passes no door.
        valid_until: From then on the person passes no door.
        factors: Hashes of the person's PIN and card, as `access.secret` makes them.
        duress_pin: Hash of the PIN that passes like the other and raises the silent alarm.
    """

    valid_from: datetime | None = None
    valid_until: datetime | None = None
    factors: Mapping[FactorKind, str] = field(default_factory=dict)
    duress_pin: str | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """Some people may pass at some hours.

    Attributes:
        name: How the policy calls them.
        people: Who.
        schedule: When; None is always.
    """

    name: str
    people: People
    schedule: Schedule | None = None


@dataclass(frozen=True, slots=True)
class AntiPassback:
    """Nobody passes twice in a row.

    Attributes:
        timed: For so long after passing a person does not pass this door again.
        until_passed: The paired door that leads the other way: who passed here does not pass
            here again before passing there.
        forgotten_after: From then on it is not known any more on which side somebody is.
    """

    timed: Seconds | None = None
    until_passed: str | None = None
    forgotten_after: Seconds = FORGOTTEN_AFTER


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """Nobody passes before one of these people has.

    Attributes:
        people: Who opens the day.
        schedule: When this holds, anew from the beginning of each of its spans; None is always,
            anew from each midnight.
    """

    people: People
    schedule: Schedule | None = None


@dataclass(frozen=True, slots=True)
class TwoPersons:
    """The door opens for two people only: the second is let in while the first stands there.

    Each must be valid and allowed here now. Only the one whom the door opens for must meet the
    other rules, and shows a second factor where one is asked for.

    Attributes:
        people: Who counts.
        within: Longest time between the two.
        schedule: When this holds; None is always.
    """

    people: People
    within: Seconds
    schedule: Schedule | None = None


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """A face alone does not do.

    Attributes:
        kinds: What may be shown beside it, any one of them.
        within: Longest time between the showing and the newest frame of the face.
        schedule: When this holds; None is always.
        tries: Wrong ones in a row after which a person is locked out.
        lockout: How long.
    """

    kinds: frozenset[FactorKind]
    within: Seconds
    schedule: Schedule | None = None
    tries: int = TRIES
    lockout: Seconds = LOCKOUT


@dataclass(frozen=True, slots=True)
class DoorRules:
    """What holds at one door.

    Attributes:
        zone: The time zone of the clock on its wall.
        allowed: Who may pass; one of them is enough.
        lockdown: Whether nobody passes at all.
        cooldown: For so long after it opened the door opens for nobody.
        anti_passback: If nobody may pass twice in a row.
        first_person: If somebody must have come first.
        two_persons: If one alone is not let in.
        second_factor: If a face alone does not do.
        propped: When the leaf may stand open; that unlocks nothing. None is never.
        stale: Whether the door's gallery is too old to let anybody in by their face.
    """

    zone: tzinfo = UTC
    allowed: tuple[Allowance, ...] = ()
    lockdown: bool = False
    cooldown: Seconds | None = None
    anti_passback: AntiPassback | None = None
    first_person: FirstPerson | None = None
    two_persons: TwoPersons | None = None
    second_factor: SecondFactor | None = None
    propped: Schedule | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """Who passes which door, when. What it does not name does not pass.

    Attributes:
        doors: By their ids.
        people: By their ids; who is not named here has no rules of their own.
        duress: Id of a look that somebody was enrolled with for duress -> id of that person.
        written_at: No clock can rightly show an earlier time.
    """

    doors: Mapping[str, DoorRules]
    people: Mapping[str, PersonRules] = field(default_factory=dict)
    duress: Mapping[str, str] = field(default_factory=dict)
    written_at: datetime | None = None

    @classmethod
    def open_to_everybody(cls, door: str) -> "Policy":
        """The policy of a door without one: everybody in the gallery passes, always."""
        return cls({door: DoorRules(allowed=(Allowance("everybody", None),))})

    def person(self, person: str) -> str:
        """Who somebody is, whichever of their looks was recognized."""
        return self.duress.get(person, person)
