"""What a policy rules, rule by rule."""

from dataclasses import replace
from datetime import datetime

import pytest
from support.policies import (
    KIM,
    LEE,
    MIA,
    NOTHING,
    OFFICE,
    instant,
    moment,
    policy,
    request,
)

from faceidd.access.judge import Request, judge, may_stand_open
from faceidd.access.policy import (
    Allowance,
    AntiPassback,
    FactorKind,
    FirstPerson,
    PersonRules,
    Policy,
    SecondFactor,
    TwoPersons,
)
from faceidd.access.recent import Recent
from faceidd.access.ruling import Ground
from faceidd.units import Instant, Seconds

NOON = "2026-01-05T11:00:00"
"""A Monday, in Berlin."""
NIGHT = "2026-01-05T23:00:00"
STAFF = frozenset({KIM, LEE})
PIN = frozenset({FactorKind.PIN})


def ground(
    policy: Policy,
    now: str = NOON,
    recent: Recent = NOTHING,
    *,
    person: str | None = KIM,
    door: str = "front",
) -> Ground:
    return judge(policy, request(now, person, door), recent).ground


def passed(who: str, at: str, door: str = "front") -> Recent:
    return Recent(passages={(door, who): instant(at)})


def with_rules(rules: PersonRules, written_at: str | None = None) -> Policy:
    written = moment(written_at) if written_at else None
    return Policy(policy().doors, {KIM: rules}, written_at=written)


def test_a_door_without_a_policy_lets_everybody_in_always() -> None:
    open_door = Policy.open_to_everybody("front")
    for at in (Instant(0.0), instant(NOON)):
        assert judge(open_door, Request(KIM, "front", None, at), NOTHING).granted
    assert ground(open_door, door="back") is Ground.UNKNOWN_DOOR


@pytest.mark.parametrize("who", [LEE, "", "kim", "everybody"])
def test_who_is_not_named_does_not_pass(who: str) -> None:
    only_kim = policy(allowed=(Allowance("kim", frozenset({KIM})),))
    assert ground(only_kim) is Ground.ALLOWED
    assert ground(only_kim, person=who) is Ground.NOT_ALLOWED


def test_a_door_that_allows_nobody_lets_nobody_in() -> None:
    assert ground(policy(allowed=())) is Ground.NOT_ALLOWED
    assert ground(policy(allowed=(Allowance("nobody", frozenset()),))) is Ground.NOT_ALLOWED


def test_an_unknown_door_is_never_opened() -> None:
    assert ground(policy(), door="back") is Ground.UNKNOWN_DOOR
    assert ground(policy(), door="back", person=None) is Ground.UNKNOWN_DOOR


def test_one_allowance_is_enough() -> None:
    both = (Allowance("staff", STAFF, OFFICE), Allowance("kim", frozenset({KIM})))
    assert ground(policy(allowed=both), NIGHT) is Ground.ALLOWED
    assert ground(policy(allowed=both), NIGHT, person=LEE) is Ground.OUTSIDE_SCHEDULE
    assert ground(policy(allowed=both), person=LEE) is Ground.ALLOWED


def test_a_ruling_says_which_rule_decided_and_which_were_looked_at() -> None:
    ruling = judge(
        policy(allowed=(Allowance("staff", STAFF, OFFICE),), cooldown=Seconds(5.0)),
        request(NIGHT),
        NOTHING,
    )
    assert (ruling.ground, ruling.rule) == (Ground.OUTSIDE_SCHEDULE, "allow staff")
    assert [(check.rule, check.against) for check in ruling.checks] == [
        ("lockdown", None),
        ("cooldown", None),
        ("people.Kim", None),
        ("allow staff", Ground.OUTSIDE_SCHEDULE),
    ]


@pytest.mark.parametrize("person", [KIM, None])
def test_nobody_passes_in_lockdown(person: str | None) -> None:
    assert ground(policy(lockdown=True), person=person) is Ground.LOCKDOWN
    assert ground(policy(), recent=Recent(lockdown=True), person=person) is Ground.LOCKDOWN


def test_a_command_is_for_nobody_in_person() -> None:
    strict = policy(
        allowed=(),
        two_persons=TwoPersons(None, Seconds(10.0)),
        second_factor=SecondFactor(PIN, Seconds(10.0)),
    )
    assert ground(strict, person=None) is Ground.ALLOWED


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-01-05T07:59:59", Ground.NOT_YET_VALID),
        ("2026-01-05T08:00:00", Ground.ALLOWED),
        ("2026-01-06T16:59:59", Ground.ALLOWED),
        ("2026-01-06T17:00:00", Ground.PASS_EXPIRED),
        ("2027-01-05T11:00:00", Ground.PASS_EXPIRED),
    ],
)
def test_a_visitors_pass_begins_and_expires(now: str, expected: Ground) -> None:
    visitor = PersonRules(moment("2026-01-05T09:00:00+01:00"), moment("2026-01-06T18:00+01:00"))
    assert ground(with_rules(visitor), now) is expected
    assert ground(with_rules(visitor), now, person=LEE) is Ground.ALLOWED


def test_what_needs_the_clock_is_denied_where_the_clock_cannot_be_right() -> None:
    scheduled = replace(
        policy(allowed=(Allowance("staff", STAFF, OFFICE),)), written_at=moment("2026-01-05T12:00")
    )
    assert ground(scheduled, NOON) is Ground.CLOCK_IMPLAUSIBLE
    assert ground(scheduled, "2026-01-05T12:00:00") is Ground.ALLOWED
    visitor = PersonRules(valid_until=moment("2030-01-01"))
    assert ground(with_rules(visitor, "2026-01-05T12:00"), NOON) is Ground.CLOCK_IMPLAUSIBLE
    always = replace(policy(), written_at=moment("2026-01-05T12:00"))
    assert ground(always, NOON) is Ground.ALLOWED


def test_a_restriction_of_some_hours_holds_where_the_clock_cannot_be_right() -> None:
    at_office_hours = policy(two_persons=TwoPersons(None, Seconds(10.0), OFFICE))
    assert ground(at_office_hours, NIGHT) is Ground.ALLOWED
    unsure = replace(at_office_hours, written_at=moment("2030-01-01"))
    assert ground(unsure, NIGHT) is Ground.SECOND_PERSON_AWAITED
    first = policy(first_person=FirstPerson(frozenset({LEE})))
    assert ground(replace(first, written_at=moment("2030-01-01"))) is Ground.CLOCK_IMPLAUSIBLE


@pytest.mark.parametrize("who", [KIM, LEE])
def test_a_door_cools_down_after_anybody(who: str) -> None:
    cool = policy(cooldown=Seconds(60.0))
    assert ground(cool, NOON, passed(who, "2026-01-05T10:59:01")) is Ground.COOLDOWN
    assert ground(cool, NOON, passed(who, "2026-01-05T10:59:00")) is Ground.ALLOWED
    assert ground(cool, NOON, passed(who, "2026-01-05T10:59:59", "back")) is Ground.ALLOWED


def test_nobody_passes_twice_within_the_time_of_anti_passback() -> None:
    timed = policy(anti_passback=AntiPassback(timed=Seconds(600.0)))
    assert ground(timed, NOON, passed(KIM, "2026-01-05T10:50:01")) is Ground.ANTI_PASSBACK
    assert ground(timed, NOON, passed(KIM, "2026-01-05T10:50:00")) is Ground.ALLOWED
    assert ground(timed, NOON, passed(LEE, "2026-01-05T10:59:59")) is Ground.ALLOWED
    ahead = passed(KIM, "2026-01-05T18:00:00")
    assert ground(timed, NOON, ahead) is Ground.ANTI_PASSBACK


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        (None, None, Ground.ALLOWED),
        ("2026-01-05T10:00:00", None, Ground.ANTI_PASSBACK),
        ("2026-01-05T10:00:00", "2026-01-05T10:30:00", Ground.ALLOWED),
        ("2026-01-05T10:00:00", "2026-01-05T09:30:00", Ground.ANTI_PASSBACK),
        ("2026-01-05T10:00:00", "2026-01-05T10:00:00", Ground.ANTI_PASSBACK),
        ("2026-01-05T02:59:59", None, Ground.ALLOWED),
    ],
)
def test_who_went_in_goes_in_again_after_coming_out(
    here: str | None, there: str | None, expected: Ground
) -> None:
    rule = AntiPassback(until_passed="back", forgotten_after=Seconds(8 * 3600.0))
    passages = {("front", KIM): here, ("back", KIM): there, ("back", LEE): NOON}
    recent = Recent(passages={key: instant(at) for key, at in passages.items() if at})
    assert ground(policy(anti_passback=rule), NOON, recent) is expected


@pytest.mark.parametrize(
    ("came", "now", "expected"),
    [
        (None, NOON, Ground.FIRST_PERSON_AWAITED),
        ((LEE, "2026-01-05T06:00:00"), NOON, Ground.ALLOWED),
        ((LEE, "2026-01-05T05:59:59"), NOON, Ground.FIRST_PERSON_AWAITED),
        ((MIA, "2026-01-05T10:00:00"), NOON, Ground.FIRST_PERSON_AWAITED),
        (None, NIGHT, Ground.ALLOWED),
    ],
)
def test_somebody_of_them_comes_first_in_each_span(
    came: tuple[str, str] | None, now: str, expected: Ground
) -> None:
    rule = policy(first_person=FirstPerson(frozenset({LEE}), OFFICE))
    recent = passed(*came) if came else NOTHING
    assert ground(rule, now, recent) is expected
    assert ground(rule, now, person=LEE) is Ground.ALLOWED


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        # Clocks were put forward at 02:00: midnight was at 23:00 UTC, noon is 11 hours later.
        ("2026-03-28T22:59:59", Ground.FIRST_PERSON_AWAITED),
        ("2026-03-28T23:00:00", Ground.ALLOWED),
    ],
)
def test_the_first_of_a_day_is_counted_from_its_midnight_also_when_clocks_are_changed(
    came: str, expected: Ground
) -> None:
    rule = policy(first_person=FirstPerson(frozenset({LEE})))
    assert ground(rule, "2026-03-29T10:00:00", passed(LEE, came)) is expected


@pytest.mark.parametrize(
    ("shown_at", "locked_until", "expected"),
    [
        (None, None, Ground.SECOND_FACTOR_AWAITED),
        ("2026-01-05T10:59:45", None, Ground.ALLOWED),
        ("2026-01-05T10:59:44", None, Ground.SECOND_FACTOR_AWAITED),
        ("2026-01-05T11:00:01", None, Ground.SECOND_FACTOR_AWAITED),
        ("2026-01-05T10:59:59", "2026-01-05T11:00:01", Ground.LOCKED_OUT),
        ("2026-01-05T10:59:59", NOON, Ground.ALLOWED),
    ],
)
def test_a_face_alone_does_not_do_where_a_second_factor_is_asked_for(
    shown_at: str | None, locked_until: str | None, expected: Ground
) -> None:
    rule = policy(second_factor=SecondFactor(PIN, Seconds(15.0), OFFICE))
    confirmed = {KIM: instant(shown_at)} if shown_at else {}
    locked = {KIM: instant(locked_until)} if locked_until else {}
    recent = Recent(confirmed=confirmed, locked_out=locked)
    assert ground(rule, NOON, recent) is expected
    assert ground(rule, NIGHT) is Ground.ALLOWED


def test_a_look_for_duress_is_its_person() -> None:
    alias = Policy(
        policy(
            allowed=(Allowance("staff", STAFF),), anti_passback=AntiPassback(timed=Seconds(60.0))
        ).doors,
        duress={"Kim again": KIM},
    )
    ruling = judge(alias, request(NOON, "Kim again"), NOTHING)
    assert (ruling.person, ruling.granted) == (KIM, True)
    assert judge(alias, request(NOON, KIM), NOTHING) == ruling
    just_now = passed(KIM, NOON)
    assert ground(alias, recent=just_now, person="Kim again") is Ground.ANTI_PASSBACK


def test_a_leaf_may_stand_open_at_known_hours_only() -> None:
    propped = policy(propped=OFFICE)
    assert may_stand_open(propped, "front", moment(NOON))
    for other, door, now in (
        (propped, "front", moment(NIGHT)),
        (propped, "front", None),
        (propped, "back", moment(NOON)),
        (policy(), "front", moment(NOON)),
        (policy(propped=OFFICE, lockdown=True), "front", moment(NOON)),
        (replace(propped, written_at=moment("2030-01-01")), "front", moment(NOON)),
    ):
        assert not may_stand_open(other, door, now)


def test_a_moment_has_a_time_zone() -> None:
    with pytest.raises(ValueError, match="a moment has a time zone"):
        Request(KIM, "front", datetime.fromisoformat("2026-01-05"), Instant(0.0))
