"""Whoever is forced passes like anybody, and the silent alarm is raised."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.evening import MINA, MINAS, OTTO, OTTOS, Evening
from support.policies import OFFICE

from faceidd.access.decision import Reason, Verdict
from faceidd.access.factors import Entry
from faceidd.access.policy import (
    AntiPassback,
    FactorKind,
    FirstPerson,
    PersonRules,
    SecondFactor,
    TwoPersons,
)
from faceidd.access.ruling import Ground
from faceidd.access.secret import hash_secret
from faceidd.units import Seconds

NIGHT = datetime(2026, 1, 5, 23, tzinfo=UTC)
SALT = bytes(16)
PIN = SecondFactor(frozenset({FactorKind.PIN}), Seconds(10.0), tries=2, lockout=Seconds(60.0))
CARD = replace(PIN, kinds=frozenset({FactorKind.CARD}))
HASHES = PersonRules(
    factors={FactorKind.PIN: hash_secret("2468", SALT)}, duress_pin=hash_secret("2469", SALT)
)

MakeEvening = Callable[..., Evening]


def enter(evening: Evening, secret: str) -> None:
    evening.gate.enter(Entry(FactorKind.PIN, secret, evening.clock()))


def ordinary(evening: Evening) -> list[object]:
    """What everybody may see of an evening."""
    told = [(one.visit, one.decision.person, one.decision.verdict) for one in evening.told]
    return [told, evening.denials, evening.openings, evening.people]


def test_a_duress_pin_looks_like_the_other_and_raises_the_silent_alarm(make: MakeEvening) -> None:
    free, forced = (make(people={MINA.id: HASHES}, second_factor=PIN) for _ in range(2))
    for evening, secret in ((free, "2468"), (forced, "2469")):
        evening.see(MINAS, frames=3)
        enter(evening, secret)
        evening.see(MINAS, frames=10)
    assert ordinary(forced) == ordinary(free)
    assert free.openings == 1
    assert free.alarms == []
    assert forced.alarms == [("v1", MINA.id, "pin")]


@pytest.mark.parametrize(
    ("rules", "openings"),
    [
        ({}, 1),
        ({"lockdown": True}, 0),
        ({"allowed": ()}, 0),
        ({"cooldown": Seconds(60.0)}, 1),
        ({"anti_passback": AntiPassback(timed=Seconds(60.0))}, 1),
        ({"first_person": FirstPerson(frozenset({OTTO.id}))}, 0),
        ({"two_persons": TwoPersons(None, Seconds(5.0))}, 0),
        ({"second_factor": CARD}, 0),
        ({"second_factor": replace(PIN, schedule=OFFICE)}, 1),
    ],
)
def test_a_duress_pin_is_heard_whatever_the_policy_says_and_asks(
    make: MakeEvening, rules: dict[str, object], openings: int
) -> None:
    free, forced = (make(people={MINA.id: HASHES}, **rules) for _ in range(2))
    for evening, secret in ((free, "2468"), (forced, "2469")):
        evening.now = NIGHT
        evening.see(MINAS, frames=20)  # whom the door opened for, is not let in again
        enter(evening, secret)
        evening.see(MINAS, frames=5)
    assert ordinary(forced) == ordinary(free)
    assert forced.openings == openings
    assert free.alarms == []
    assert forced.alarms == [("v1", MINA.id, "pin")]


def test_a_duress_pin_is_heard_also_from_who_is_locked_out(make: MakeEvening) -> None:
    free, forced = (make(people={MINA.id: HASHES}, second_factor=PIN) for _ in range(2))
    for evening, secret in ((free, "2468"), (forced, "2469")):
        evening.see(MINAS, frames=3)
        for one in (*["1111"] * PIN.tries, secret):
            enter(evening, one)
            evening.see(MINAS, frames=2)
    assert ordinary(forced) == ordinary(free)
    assert forced.denials[-1] == ("v1", MINA.id, Ground.LOCKED_OUT)
    assert free.alarms == []
    assert forced.alarms == [("v1", MINA.id, "pin")]


def test_an_alarm_that_cannot_be_told_changes_nothing(
    make: MakeEvening, caplog: pytest.LogCaptureFixture
) -> None:
    evening = make(people={MINA.id: HASHES}, second_factor=PIN)
    evening.see(MINAS, frames=3)
    evening.deaf = True
    enter(evening, "2469")
    evening.see(MINAS, frames=3)
    assert evening.openings == 1
    assert [record.getMessage() for record in caplog.records] == ["an event could not be told"]


def test_a_duress_look_looks_like_the_other_and_raises_the_silent_alarm(make: MakeEvening) -> None:
    free, forced = (make(duress={OTTO.id: MINA.id}) for _ in range(2))
    free.see(MINAS, frames=10)
    forced.see(OTTOS, frames=10)
    assert ordinary(forced) == ordinary(free)
    assert [outcome.decision.person for outcome in forced.told] == [MINA]
    assert [
        outcome.decision.match and outcome.decision.match.person for outcome in forced.told
    ] == [MINA]
    assert free.alarms == []
    assert forced.alarms == [("v1", MINA.id, "look")]


def test_a_duress_look_is_alarmed_also_where_it_does_not_pass(make: MakeEvening) -> None:
    evening = make(duress={OTTO.id: MINA.id}, lockdown=True)
    evening.see(OTTOS, frames=30)
    assert evening.denials == [("v1", MINA.id, Ground.LOCKDOWN)]
    assert evening.alarms == [("v1", MINA.id, "look")]


@pytest.mark.parametrize("now", [NIGHT, None])
def test_a_duress_look_does_not_outlive_its_person(make: MakeEvening, now: datetime | None) -> None:
    evening = make(duress={OTTO.id: MINA.id})
    evening.now = now
    expired = replace(MINA, expires_at=NIGHT)
    evening.gate.renew(evening.policy, {MINA.id: expired, OTTO.id: OTTO})
    evening.see(OTTOS, frames=10)
    assert evening.openings == 0
    assert [(one.decision.verdict, one.decision.reason) for one in evening.told] == [
        (Verdict.DENY, Reason.EXPIRED)
    ]
    assert evening.alarms == [("v1", MINA.id, "look")]


def test_nothing_is_told_of_a_look_that_is_not_recognized(make: MakeEvening) -> None:
    evening = make(duress={OTTO.id: MINA.id})
    looks = evening.see(OTTOS, frames=2)
    assert [look.outcomes[0].decision.verdict for look in looks] == [Verdict.UNDECIDED] * 2
    assert evening.alarms == []
