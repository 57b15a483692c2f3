"""Policy, person, door, moment -> Ruling. Pure and total: it rules on every moment and never fails.

Every rule can only deny; a grant is what is left when none does. What needs the clock on the wall
is denied where that clock cannot be right.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from faceidd.access.policy import DoorRules, People, PersonRules, Policy
from faceidd.access.recent import Recent
from faceidd.access.ruling import Check, Ground, Ruling
from faceidd.access.schedule import Schedule
from faceidd.units import Instant, Seconds


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody wants to pass.

    Attributes:
        person: As the gallery calls them; None opens the door by a command, for nobody in person.
        door: The door's id.
        now: The moment by the clock on the wall, with its time zone; None if that clock is known
            to be wrong.
        at: The same moment on the monotonic clock.
        visit: In which visit, if it is a visitor.

    Raises:
        ValueError: `now` has no time zone.
    """

    person: str | None
    door: str
    now: datetime | None
    at: Instant
    visit: str | None = None

    def __post_init__(self) -> None:
        if self.now is not None and self.now.utcoffset() is None:
            raise ValueError("a moment has a time zone")


def judge(policy: Policy, request: Request, recent: Recent) -> Ruling:
    """Say whether a policy lets somebody pass.

    Args:
        policy: Who passes which door, when.
        request: Who wants to pass, where and when.
        recent: What the door remembers.
    """
    person = None if request.person is None else policy.person(request.person)
    rules = policy.doors.get(request.door)
    if rules is None:
        unknown = Check(f"doors.{request.door}", Ground.UNKNOWN_DOOR)
        return _ruling(person, (unknown,))
    case = _Case(policy, rules, request, recent)
    checks = tuple(_of_everybody(case))
    if person is not None:
        checks += tuple(_of_person(case, person))
    return _ruling(person, checks)


def may_stand_open(policy: Policy, door: str, now: datetime | None) -> bool:
    """Say whether a policy lets a door's leaf stand open; that never unlocks it.

    Args:
        policy: When it may.
        door: The door's id.
        now: As `Request.now`: where it cannot be right, it may not.
    """
    rules = policy.doors.get(door)
    if rules is None or rules.propped is None or rules.lockdown:
        return False
    reading = _Case(policy, rules, Request(None, door, now, Instant(0.0)), Recent()).reading
    return reading is not None and rules.propped.began(reading) is not None


@dataclass(frozen=True, slots=True)
class _Case:
    policy: Policy
    rules: DoorRules
    request: Request
    recent: Recent

    @property
    def reading(self) -> datetime | None:
        """What the clock on the door's wall reads; None where it cannot be right."""
        return self.read(self.request.at)

    def read(self, at: Instant) -> datetime | None:
        """What that clock read at a moment; None where it cannot be right."""
        now, written_at = self.request.now, self.policy.written_at
        if now is None or (written_at is not None and now < written_at):
            return None
        try:
            then = now - timedelta(seconds=self.age(at))
            return then.astimezone(self.rules.zone).replace(tzinfo=None)
        except OverflowError:  # at either end of the calendar
            return None

    def age(self, at: Instant) -> Seconds:
        # What seems to lie ahead is taken for now: it restricts, and grows old from now on.
        return Seconds(max(0.0, self.request.at - at))

    def restricts(self, schedule: Schedule | None) -> bool:
        """Whether a restriction holds; also where that cannot be known."""
        if schedule is None or self.reading is None:
            return True
        return schedule.began(self.reading) is not None


def _ruling(person: str | None, checks: tuple[Check, ...]) -> Ruling:
    for check in checks:
        if check.against is not None:
            return Ruling(person, check.against, check.rule, checks)
    return Ruling(person, Ground.ALLOWED, checks[-1].rule, checks)


def _of_everybody(case: _Case) -> Iterator[Check]:
    rules, door = case.rules, case.request.door
    down = rules.lockdown or case.recent.lockdown
    yield Check("lockdown", Ground.LOCKDOWN if down else None)
    if rules.cooldown is not None:
        opened = [at for (one, _), at in case.recent.passages.items() if one == door]
        warm = any(case.age(at) < rules.cooldown for at in opened)
        yield Check("cooldown", Ground.COOLDOWN if warm else None)


def _of_person(case: _Case, person: str) -> Iterator[Check]:
    rules = case.rules
    if rules.stale:
        yield Check("sync.stale_after_h", Ground.GALLERY_STALE)
    yield _validity(case, person, case.policy.people.get(person, PersonRules()))
    yield _allowance(case, person)
    if rules.anti_passback is not None:
        yield _anti_passback(case, person)
    if rules.first_person is not None:
        yield _first_person(case, person)
    if rules.two_persons is not None:
        yield _two_persons(case, person)
    if rules.second_factor is not None:
        yield _second_factor(case, person)


def _validity(case: _Case, person: str, rules: PersonRules) -> Check:
    rule, now = f"people.{person}", case.request.now
    if rules.valid_from is None and rules.valid_until is None:
        return Check(rule)
    if case.reading is None or now is None:
        return Check(rule, Ground.CLOCK_IMPLAUSIBLE)
    if rules.valid_from is not None and now < rules.valid_from:
        return Check(f"{rule}.valid_from", Ground.NOT_YET_VALID)
    if rules.valid_until is not None and now >= rules.valid_until:
        return Check(f"{rule}.valid_until", Ground.PASS_EXPIRED)
    return Check(rule)


def _allowance(case: _Case, person: str) -> Check:
    mine = [one for one in case.rules.allowed if _counts(person, one.people)]
    for one in mine:
        known = one.schedule is None or case.reading is not None
        if known and case.restricts(one.schedule):
            return Check(f"allow {one.name}")
    rule = "allow " + (", ".join(one.name for one in mine) or "(nobody by this name)")
    if not mine:
        return Check(rule, Ground.NOT_ALLOWED)
    unsure = case.reading is None
    return Check(rule, Ground.CLOCK_IMPLAUSIBLE if unsure else Ground.OUTSIDE_SCHEDULE)


def _anti_passback(case: _Case, person: str) -> Check:
    rule, door, passages = case.rules.anti_passback, case.request.door, case.recent.passages
    here = passages.get((door, person))
    if rule is None or here is None:
        return Check("anti_passback")
    if rule.timed is not None and case.age(here) < rule.timed:
        return Check("anti_passback.timed_s", Ground.ANTI_PASSBACK)
    if rule.until_passed is not None and case.age(here) < rule.forgotten_after:
        there = passages.get((rule.until_passed, person))
        if there is None or there <= here:
            return Check(f"anti_passback.until_passed {rule.until_passed}", Ground.ANTI_PASSBACK)
    return Check("anti_passback")


def _first_person(case: _Case, person: str) -> Check:
    rule, name = case.rules.first_person, "first_person"
    if rule is None or _counts(person, rule.people):
        return Check(name)
    if case.reading is None:
        return Check(name, Ground.CLOCK_IMPLAUSIBLE)
    midnight = case.reading.replace(hour=0, minute=0, second=0, microsecond=0)
    began = midnight if rule.schedule is None else rule.schedule.began(case.reading)
    if began is None:
        return Check(name)
    came = any(
        door == case.request.door
        and _counts(other, rule.people)
        and (then := case.read(at)) is not None
        and then >= began
        for (door, other), at in case.recent.passages.items()
    )
    return Check(name, None if came else Ground.FIRST_PERSON_AWAITED)


def _two_persons(case: _Case, person: str) -> Check:
    rule, name = case.rules.two_persons, "two_persons"
    if rule is None or not case.restricts(rule.schedule):
        return Check(name)
    there = any(
        shown.person != person
        and shown.visit != case.request.visit  # one face that is taken for two is one
        and _counts(shown.person, rule.people)
        and 0 <= case.request.at - shown.at <= rule.within
        and _may_pass(case, shown.person)
        for shown in case.recent.shown
    )
    both = there and _counts(person, rule.people)
    return Check(name, None if both else Ground.SECOND_PERSON_AWAITED)


def _second_factor(case: _Case, person: str) -> Check:
    rule, name = case.rules.second_factor, "second_factor"
    if rule is None or not case.restricts(rule.schedule):
        return Check(name)
    until = case.recent.locked_out.get(person)
    if until is not None and case.request.at < until:
        return Check(f"{name}.lockout_s", Ground.LOCKED_OUT)
    shown = case.recent.confirmed.get(person)
    fresh = shown is not None and 0 <= case.request.at - shown <= rule.within
    return Check(name, None if fresh else Ground.SECOND_FACTOR_AWAITED)


def _may_pass(case: _Case, person: str) -> bool:
    """Whether somebody's pass holds, and a line of `allow` names them, here and now."""
    rules = case.policy.people.get(person, PersonRules())
    both = (_validity(case, person, rules), _allowance(case, person))
    return all(check.against is None for check in both)


def _counts(person: str, people: People) -> bool:
    return people is None or person in people
