"""PolicySection -> Policy: names become what they stand for."""

from datetime import datetime
from zoneinfo import ZoneInfo

from faceidd.access.policy import (
    Allowance,
    AntiPassback,
    DoorRules,
    FactorKind,
    FirstPerson,
    People,
    PersonRules,
    Policy,
    SecondFactor,
    TwoPersons,
)
from faceidd.access.schedule import MINUTES_A_DAY, Schedule, Span
from faceidd.daemon.policy_schema import (
    EVERYBODY,
    DoorSection,
    PersonSection,
    PolicySection,
    SpanSection,
    days_of,
    moment_of,
)
from faceidd.units import Seconds


def policy_of(section: PolicySection, written_at: datetime) -> Policy:
    """Make the policy that a file says, once all its names lead somewhere.

    Args:
        section: The file.
        written_at: When it was last changed.
    """
    zone, names = ZoneInfo(section.timezone), _Names(section)
    return Policy(
        doors={name: names.door(door) for name, door in section.doors.items()},
        people={name: _person(person, zone) for name, person in section.people.items()},
        duress={
            person.duress_look: name
            for name, person in section.people.items()
            if person.duress_look is not None
        },
        written_at=written_at,
    )


class _Names:
    """What names of a policy stand for."""

    def __init__(self, section: PolicySection) -> None:
        self._section = section
        holidays = frozenset(section.holidays)
        self._schedules = {
            name: Schedule(name, tuple(_span(span) for span in spans), holidays)
            for name, spans in section.schedules.items()
        }

    def door(self, door: DoorSection) -> DoorRules:
        """The rules of a door."""
        return DoorRules(
            zone=ZoneInfo(door.timezone or self._section.timezone),
            allowed=tuple(
                Allowance(_named(one.who, one.when), self._people(one.who), self._when(one.when))
                for one in door.allow
            ),
            lockdown=door.lockdown,
            cooldown=_seconds(door.cooldown_s),
            anti_passback=_anti_passback(door),
            first_person=self._first_person(door),
            two_persons=self._two_persons(door),
            second_factor=self._second_factor(door),
            propped=self._when(door.propped.when) if door.propped else None,
        )

    def _first_person(self, door: DoorSection) -> FirstPerson | None:
        first = door.first_person
        if first is None:
            return None
        return FirstPerson(self._people(first.who), self._when(first.when))

    def _two_persons(self, door: DoorSection) -> TwoPersons | None:
        two = door.two_persons
        if two is None:
            return None
        return TwoPersons(self._people(two.who), Seconds(two.within_s), self._when(two.when))

    def _second_factor(self, door: DoorSection) -> SecondFactor | None:
        factor = door.second_factor
        if factor is None:
            return None
        return SecondFactor(
            kinds=frozenset(FactorKind(kind) for kind in factor.kinds),
            within=Seconds(factor.within_s),
            schedule=self._when(factor.when),
            tries=factor.tries,
            lockout=Seconds(factor.lockout_s),
        )

    def _people(self, names: list[str]) -> People:
        if EVERYBODY in names:
            return None
        groups = self._section.groups
        return frozenset(one for name in names for one in groups.get(name, [name]))

    def _when(self, name: str | None) -> Schedule | None:
        return None if name is None else self._schedules[name]


def _anti_passback(door: DoorSection) -> AntiPassback | None:
    back = door.anti_passback
    if back is None:
        return None
    forgotten_after = Seconds(back.forgotten_after_s)
    return AntiPassback(_seconds(back.timed_s), back.until_passed, forgotten_after)


def _person(person: PersonSection, zone: ZoneInfo) -> PersonRules:
    hashes = {FactorKind.PIN: person.pin, FactorKind.CARD: person.card}
    begins, ends = person.valid_from, person.valid_until
    return PersonRules(
        valid_from=None if begins is None else moment_of(begins, zone, ends=False),
        valid_until=None if ends is None else moment_of(ends, zone, ends=True),
        factors={kind: hashed for kind, hashed in hashes.items() if hashed is not None},
        duress_pin=person.duress_pin,
    )


def _span(span: SpanSection) -> Span:
    begins, ends = _minutes(span.begins), _minutes(span.ends)
    return Span(days_of(span.days) or frozenset(), begins, ends or MINUTES_A_DAY)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)


def _seconds(number: float | None) -> Seconds | None:
    return None if number is None else Seconds(number)


def _named(who: list[str], when: str | None) -> str:
    return f"{' and '.join(who)}, {when or 'always'}"
