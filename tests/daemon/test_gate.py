"""From a visitor who was recognized, past the policy, to the door: told as evenings at a door."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.evening import MINA, MINAS, OTTO, OTTOS, PULSE_S, STRANGERS, Evening
from support.hand_clock import HandClock
from support.policies import EVERYBODY, OFFICE

from faceidd.access.decision import Verdict
from faceidd.access.factors import Entry
from faceidd.access.policy import (
    Allowance,
    AntiPassback,
    DoorRules,
    FactorKind,
    FirstPerson,
    PersonRules,
    Policy,
    SecondFactor,
    TwoPersons,
)
from faceidd.access.ruling import Ground
from faceidd.access.secret import hash_secret
from faceidd.daemon.door_state import DoorState
from faceidd.door.lockdown import KeptLockdown
from faceidd.units import Seconds

NIGHT = datetime(2026, 1, 5, 23, tzinfo=UTC)
SALT = bytes(16)
PIN = SecondFactor(frozenset({FactorKind.PIN}), Seconds(10.0), tries=3, lockout=Seconds(60.0))
HASHES = PersonRules(
    factors={FactorKind.PIN: hash_secret("2468", SALT)}, duress_pin=hash_secret("2469", SALT)
)

MakeEvening = Callable[..., Evening]


@pytest.fixture
def make() -> Iterator[MakeEvening]:
    """Makes evenings at a door with rules; everybody passes where nothing else is said."""
    with ExitStack() as stack:

        def _make(
            people: dict[str, PersonRules] | None = None,
            duress: dict[str, str] | None = None,
            state: DoorState | None = None,
            kept: KeptLockdown | None = None,
            **rules: Any,
        ) -> Evening:
            door = DoorRules(**{"allowed": EVERYBODY, **rules})
            policy = Policy({"front": door}, people or {}, duress or {})
            evening = Evening(policy, state=state, kept=kept)
            stack.callback(evening.door.close)
            return evening

        yield _make


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


def test_nothing_is_told_of_a_look_that_is_not_recognized(make: MakeEvening) -> None:
    evening = make(duress={OTTO.id: MINA.id})
    looks = evening.see(OTTOS, frames=2)
    assert [look.outcomes[0].decision.verdict for look in looks] == [Verdict.UNDECIDED] * 2
    assert evening.alarms == []


def test_a_lockdown_outlives_a_restart(make: MakeEvening, tmp_path: Path) -> None:
    kept = KeptLockdown(tmp_path / "lockdown")
    evening = make(kept=kept)
    assert evening.gate.lock_down(down=True)
    evening.see(MINAS, frames=5)
    assert evening.denials == [("v1", MINA.id, Ground.LOCKDOWN)]
    again = make(kept=kept)
    again.see(MINAS, frames=5)
    assert again.openings == 0
    assert again.gate.lock_down(down=False)
    again.see(MINAS, frames=1)
    assert again.openings == 1
    assert not make(kept=kept).gate.lockdown


def test_a_lockdown_holds_also_where_it_cannot_be_written_down(
    make: MakeEvening, tmp_path: Path
) -> None:
    evening = make(kept=KeptLockdown(tmp_path / "away" / "lockdown"))
    assert not evening.gate.lock_down(down=True)
    evening.see(MINAS, frames=5)
    assert evening.openings == 0


def test_passages_outlive_a_restart_also_where_the_clock_was_set_back(
    make: MakeEvening, tmp_path: Path
) -> None:
    rules = AntiPassback(timed=Seconds(600.0))
    clock = HandClock()
    moments = [datetime(2026, 1, 5, 11, tzinfo=UTC)]

    def restarted() -> DoorState:
        return DoorState(tmp_path, "front", clock=clock, wall_clock=lambda: moments[-1])

    make(anti_passback=rules, state=restarted()).see(MINAS, frames=3)
    for hour, minute, openings in ((11, 9, 0), (9, 0, 0), (11, 11, 1)):
        moments.append(datetime(2026, 1, 5, hour, minute, tzinfo=UTC))
        evening = make(anti_passback=rules, state=restarted())
        evening.see(MINAS, frames=3)
        assert evening.openings == openings


def test_the_other_door_on_the_board_says_who_came_out(make: MakeEvening, tmp_path: Path) -> None:
    clock = HandClock()
    here, there = (DoorState(tmp_path, door, clock=clock) for door in ("front", "back"))
    evening = make(anti_passback=AntiPassback(until_passed="back"), state=here)
    evening.see(MINAS, frames=3)
    evening.see(frames=40)
    evening.see(MINAS, frames=3)
    assert evening.openings == 1
    assert evening.denials == [("v2", MINA.id, Ground.ANTI_PASSBACK)]
    clock.now = evening.clock.now
    there.passages = {("back", MINA.id): clock()}
    there.save()
    clock.sleep(5)
    evening.see(frames=50)
    evening.see(MINAS, frames=3)
    assert evening.openings == 2


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
