"""From a visitor who was recognized, past the policy, to the door: told as evenings at a door."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.evening import MINA, MINAS, OTTO, OTTOS, PULSE_S, RULES, STRANGERS, Evening, gallery
from support.policies import OFFICE

from faceidd.access.factors import Entry
from faceidd.access.policy import (
    Allowance,
    AntiPassback,
    FactorKind,
    FirstPerson,
    PersonRules,
    SecondFactor,
    TwoPersons,
)
from faceidd.access.ruling import Ground
from faceidd.access.secret import hash_secret
from faceidd.access.stale import WhenStale
from faceidd.gallery.matcher import Matcher
from faceidd.gallery.person import Person
from faceidd.units import Seconds

NIGHT = datetime(2026, 1, 5, 23, tzinfo=UTC)
SALT = bytes(16)
PIN = SecondFactor(frozenset({FactorKind.PIN}), Seconds(10.0), tries=2, lockout=Seconds(60.0))
HASHES = PersonRules(
    factors={FactorKind.PIN: hash_secret("2468", SALT)}, duress_pin=hash_secret("2469", SALT)
)

MakeEvening = Callable[..., Evening]


def test_who_may_not_pass_is_recognized_and_denied_once_a_visit(make: MakeEvening) -> None:
    evening = make(allowed=(Allowance("otto", frozenset({OTTO.id})),))
    evening.see(MINAS, frames=50)
    assert evening.openings == 0
    assert evening.people == [MINA.id]
    assert evening.denials == [("v1", MINA.id, Ground.NOT_ALLOWED)]
    evening.see(frames=25)
    evening.see(MINAS, frames=5)
    assert evening.denials[1:] == [("v2", MINA.id, Ground.NOT_ALLOWED)]
    evening.see(OTTOS, frames=3)
    assert evening.openings == 1


def test_a_schedule_that_begins_in_a_visit_opens_in_it(make: MakeEvening) -> None:
    evening = make(allowed=(Allowance("staff", None, OFFICE),))
    evening.now = NIGHT
    evening.see(MINAS, frames=5)
    assert evening.denials == [("v1", MINA.id, Ground.OUTSIDE_SCHEDULE)]
    evening.now = datetime(2026, 1, 6, 7, tzinfo=UTC)
    evening.see(MINAS, frames=5)
    assert evening.openings == 1


def test_a_clock_that_cannot_be_right_opens_no_schedule(make: MakeEvening) -> None:
    evening = make(allowed=(Allowance("staff", None, OFFICE),))
    evening.now = None
    evening.see(MINAS, frames=5)
    assert evening.denials == [("v1", MINA.id, Ground.CLOCK_IMPLAUSIBLE)]
    assert evening.openings == 0


def test_nobody_passes_twice_in_a_row(make: MakeEvening) -> None:
    evening = make(anti_passback=AntiPassback(timed=Seconds(60.0)))
    evening.see(MINAS, frames=3)
    evening.see(frames=40)
    evening.see(MINAS, frames=3)
    assert evening.openings == 1
    assert evening.denials == [("v2", MINA.id, Ground.ANTI_PASSBACK)]
    evening.see(OTTOS, frames=3)
    assert evening.openings == 2


def test_somebody_comes_first(make: MakeEvening) -> None:
    evening = make(first_person=FirstPerson(frozenset({OTTO.id})))
    evening.see(MINAS, frames=3)
    assert evening.denials == [("v1", MINA.id, Ground.FIRST_PERSON_AWAITED)]
    evening.see(frames=25)
    evening.see(OTTOS, frames=3)
    evening.see(frames=40)
    evening.see(MINAS, frames=3)
    assert evening.openings == 2


def test_two_come_together_and_each_is_recognized(make: MakeEvening) -> None:
    evening = make(two_persons=TwoPersons(None, Seconds(5.0)))
    evening.see(MINAS, frames=20)
    assert evening.openings == 0
    evening.see(MINAS, OTTOS, frames=3)
    assert evening.openings == 1
    assert evening.denials == [("v1", MINA.id, Ground.SECOND_PERSON_AWAITED)]


def test_one_who_was_let_in_with_another_does_not_count_for_a_third(make: MakeEvening) -> None:
    evening = make(two_persons=TwoPersons(None, Seconds(30.0)))
    evening.see(MINAS, frames=5)
    evening.see(OTTOS, frames=5)
    assert evening.openings == 1
    evening.see(frames=30)
    evening.see(MINAS, frames=5)
    assert evening.openings == 1
    assert evening.denials[-1] == ("v3", MINA.id, Ground.SECOND_PERSON_AWAITED)


def test_whose_pass_expired_is_nobodys_second_person(make: MakeEvening) -> None:
    old = PersonRules(valid_until=datetime(2025, 10, 7, tzinfo=UTC))
    evening = make(people={OTTO.id: old}, two_persons=TwoPersons(None, Seconds(5.0)))
    evening.see(MINAS, OTTOS, frames=10)
    assert evening.openings == 0
    assert evening.denials == [
        ("v1", MINA.id, Ground.SECOND_PERSON_AWAITED),
        ("v2", OTTO.id, Ground.PASS_EXPIRED),
    ]


def test_whom_the_gallery_refuses_never_reaches_the_policy(make: MakeEvening) -> None:
    evening = make(two_persons=TwoPersons(None, Seconds(5.0)))
    expired = replace(gallery(), people=(MINA, replace(OTTO, expires_at=evening.now)))
    evening.watch.renew(Matcher(expired, RULES.scale), RULES)
    evening.see(MINAS, OTTOS, frames=10)
    assert evening.openings == 0
    assert evening.denials == [("v1", MINA.id, Ground.SECOND_PERSON_AWAITED)]


@pytest.mark.parametrize(
    "mina",  # by whatever clock, her day is neither to come nor over
    [
        replace(MINA, valid_from=datetime(1969, 1, 1, tzinfo=UTC)),
        replace(MINA, expires_at=datetime(2200, 1, 1, tzinfo=UTC)),
    ],
    ids=["first day", "last day"],
)
def test_where_the_clock_cannot_be_right_whoever_has_a_day_is_denied(
    make: MakeEvening, mina: Person
) -> None:
    evening = make()
    bounded = replace(gallery(), people=(mina, OTTO))
    evening.watch.renew(Matcher(bounded, RULES.scale), RULES)
    evening.now = None
    evening.see(MINAS, frames=10)
    assert evening.openings == 0
    evening.see(frames=30)
    evening.see(OTTOS, frames=10)
    assert evening.openings == 1


def test_a_face_found_twice_is_not_two_people(make: MakeEvening) -> None:
    evening = make(two_persons=TwoPersons(None, Seconds(5.0)), duress={OTTO.id: MINA.id})
    evening.see(MINAS, OTTOS, frames=30)
    assert evening.openings == 0


def enter(evening: Evening, secret: str) -> None:
    evening.gate.enter(Entry(FactorKind.PIN, secret, evening.clock()))


def test_a_pin_after_the_face_opens(make: MakeEvening) -> None:
    evening = make(people={MINA.id: HASHES}, second_factor=PIN)
    evening.see(MINAS, frames=10)
    assert evening.denials == [("v1", MINA.id, Ground.SECOND_FACTOR_AWAITED)]
    enter(evening, "2468")
    evening.see(MINAS, frames=2)
    assert evening.openings == 1
    assert evening.alarms == []


def test_a_pin_before_the_face_opens_once(make: MakeEvening) -> None:
    evening = make(people={MINA.id: HASHES}, second_factor=PIN)
    enter(evening, "2468")
    evening.see(MINAS, frames=5)
    assert evening.openings == 1
    evening.see(frames=40)
    evening.see(MINAS, frames=5)
    assert evening.openings == 1


def test_a_pin_opens_for_its_own_person_only(make: MakeEvening) -> None:
    evening = make(people={MINA.id: HASHES}, second_factor=PIN)
    enter(evening, "2468")
    evening.see(OTTOS, frames=5)
    assert evening.openings == 0
    assert evening.denials == [
        ("v1", OTTO.id, Ground.WRONG_FACTOR),
        ("v1", OTTO.id, Ground.SECOND_FACTOR_AWAITED),
    ]


def test_a_pin_without_the_face_opens_nothing(make: MakeEvening) -> None:
    evening = make(people={MINA.id: HASHES}, second_factor=PIN)
    enter(evening, "2468")
    evening.see(STRANGERS, frames=20)
    assert evening.openings == 0


def test_wrong_pins_are_told_and_lock_out(make: MakeEvening) -> None:
    evening = make(people={MINA.id: HASHES}, second_factor=PIN)
    evening.see(MINAS, frames=3)
    for _ in range(PIN.tries):
        enter(evening, "1111")
        evening.see(MINAS, frames=2)
    enter(evening, "2468")
    evening.see(MINAS, frames=2)
    assert evening.openings == 0
    assert [ground for _, _, ground in evening.denials] == [
        Ground.SECOND_FACTOR_AWAITED,
        *[Ground.WRONG_FACTOR] * PIN.tries,
        Ground.LOCKED_OUT,
    ]


def test_a_policy_that_fails_opens_nothing_and_the_next_frame_asks_again(
    make: MakeEvening, caplog: pytest.LogCaptureFixture
) -> None:
    evening = make()
    evening.now = datetime.fromisoformat("2026-01-05")  # a moment without a time zone: our fault
    evening.see(MINAS, frames=5)
    assert evening.openings == 0
    assert "visit v1 is granted, but the door stays shut" in caplog.text
    evening.now = NIGHT
    evening.see(MINAS)
    assert evening.openings == 1


def test_what_a_gate_remembers_of_visits_is_bounded(make: MakeEvening) -> None:
    evening = make(allowed=())
    for _ in range(40):
        evening.see(MINAS, frames=3)
        evening.see(frames=25)
    assert len(evening.denials) == 40
    assert evening.clock.now - 1000 > 40 * PULSE_S / 2


@pytest.mark.parametrize("by_policy", [True, False])
def test_a_gate_is_locked_down_by_its_policy_or_by_a_command(
    make: MakeEvening, *, by_policy: bool
) -> None:
    evening = make(lockdown=by_policy)
    heard = [(evening.gate.lockdown, evening.door.situation.lockdown)]
    for down in (True, False):
        evening.gate.lock_down(down=down)
        heard.append((evening.gate.lockdown, evening.door.situation.lockdown))
    assert heard == [(by_policy, False), (True, True), (by_policy, False)]


def test_a_stale_gallery_lets_nobody_in_until_it_is_good_again(make: MakeEvening) -> None:
    evening = make()
    evening.gate.tighten(WhenStale.REFUSE)
    evening.gate.renew(evening.policy, {MINA.id: MINA})  # a reload does not loosen it
    evening.see(MINAS, frames=5)
    assert evening.denials == [("v1", MINA.id, Ground.GALLERY_STALE)]
    evening.gate.tighten(None)
    evening.see(MINAS, frames=5)
    assert evening.openings == 1
