"""What a policy rules where two must come together."""

from dataclasses import replace

import pytest
from support.policies import (
    EVERYBODY,
    KIM,
    LEE,
    MIA,
    NOTHING,
    instant,
    moment,
    policy,
    request,
)

from faceidd.access.judge import Request, judge
from faceidd.access.policy import (
    Allowance,
    FactorKind,
    PersonRules,
    Policy,
    SecondFactor,
    TwoPersons,
)
from faceidd.access.recent import Recent, Shown
from faceidd.access.ruling import Ground
from faceidd.access.schedule import Schedule
from faceidd.units import Seconds

NOON = "2026-01-05T11:00:00"
STAFF = frozenset({KIM, LEE})
PIN = frozenset({FactorKind.PIN})
NEVER = Schedule("never", (), frozenset())


def ground(policy: Policy, recent: Recent = NOTHING, *, person: str = KIM) -> Ground:
    return judge(policy, request(NOON, person), recent).ground


def shown(who: str, at: str) -> Recent:
    return Recent(shown=(Shown(who, "v1", instant(at)),))


@pytest.mark.parametrize(
    ("recent", "expected"),
    [
        (NOTHING, Ground.SECOND_PERSON_AWAITED),
        (shown(LEE, "2026-01-05T10:59:50"), Ground.ALLOWED),
        (shown(LEE, "2026-01-05T10:59:49"), Ground.SECOND_PERSON_AWAITED),
        (shown(KIM, "2026-01-05T10:59:59"), Ground.SECOND_PERSON_AWAITED),
        (shown(MIA, "2026-01-05T10:59:59"), Ground.SECOND_PERSON_AWAITED),
        (shown(LEE, "2026-01-05T11:00:01"), Ground.SECOND_PERSON_AWAITED),
    ],
)
def test_two_come_together(recent: Recent, expected: Ground) -> None:
    rule = policy(two_persons=TwoPersons(STAFF, Seconds(10.0)))
    assert ground(rule, recent) is expected
    assert ground(rule, recent, person=MIA) is Ground.SECOND_PERSON_AWAITED


@pytest.mark.parametrize(
    ("partner", "allowed"),
    [
        (PersonRules(valid_until=moment("2025-10-07")), EVERYBODY),
        (PersonRules(valid_from=moment("2026-01-06")), EVERYBODY),
        (PersonRules(), (Allowance("kim", frozenset({KIM})),)),
        (PersonRules(), (Allowance("kim", frozenset({KIM})), Allowance("lee", STAFF, NEVER))),
    ],
)
def test_who_may_not_pass_is_no_second_person(
    partner: PersonRules, allowed: tuple[Allowance, ...]
) -> None:
    door = policy(allowed=allowed, two_persons=TwoPersons(STAFF, Seconds(10.0)))
    beside = shown(LEE, "2026-01-05T10:59:59")
    rules = Policy(door.doors, people={LEE: partner})
    assert ground(rules, beside) is Ground.SECOND_PERSON_AWAITED
    both = policy(two_persons=TwoPersons(STAFF, Seconds(10.0)))
    assert ground(both, beside) is Ground.ALLOWED


def test_the_second_person_needs_a_clock_where_their_pass_does() -> None:
    door = policy(two_persons=TwoPersons(STAFF, Seconds(10.0)))
    rules = Policy(
        door.doors,
        people={LEE: PersonRules(valid_until=moment("2030-01-01"))},
        written_at=moment("2026-01-05T12:00"),
    )
    beside = shown(LEE, "2026-01-05T10:59:59")
    assert ground(rules, beside) is Ground.SECOND_PERSON_AWAITED


def test_only_the_one_whom_the_door_opens_for_shows_a_second_factor() -> None:
    rules = policy(
        two_persons=TwoPersons(STAFF, Seconds(10.0)), second_factor=SecondFactor(PIN, Seconds(10.0))
    )
    beside = replace(shown(LEE, "2026-01-05T10:59:59"), confirmed={LEE: instant(NOON)})
    assert ground(rules, beside) is Ground.SECOND_FACTOR_AWAITED
    assert ground(rules, replace(beside, confirmed={KIM: instant(NOON)})) is Ground.ALLOWED


def test_one_visitor_who_is_taken_for_two_people_is_one() -> None:
    rule = policy(two_persons=TwoPersons(STAFF, Seconds(10.0)))
    lee = shown(LEE, "2026-01-05T10:59:59")
    for visit, granted in (("v1", False), ("v2", True)):
        kim = Request(KIM, "front", moment(NOON), instant(NOON), visit)
        assert judge(rule, kim, lee).granted is granted
