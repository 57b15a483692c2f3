"""A grant opens one door, once, in one run of the daemon."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.hand_clock import HandClock
from support.outcomes import grant, outcome

from faceidd.access.decision import Verdict
from faceidd.access.grant import Grant, Grants
from faceidd.door.door import Door
from faceidd.door.pulse import Answer, PulseRules
from faceidd.door.relay import RelaySettings
from faceidd.door.simulated import SimulatedRelay
from faceidd.door.turnstile import Turnstile
from faceidd.units import Seconds

PULSE_S = 3.0


@pytest.fixture
def clock() -> HandClock:
    return HandClock(1000.0)


@pytest.fixture
def relay() -> SimulatedRelay:
    return SimulatedRelay(RelaySettings("GPIO17", True, "simulated"))


@pytest.fixture
def turnstile(relay: SimulatedRelay, clock: HandClock) -> Iterator[Turnstile]:
    door = Door(relay, PulseRules(Seconds(PULSE_S)), lambda _: None, clock)
    yield Turnstile(door, "front", "this run")
    door.close()


@pytest.fixture
def grants() -> Grants:
    return Grants("front", "this run")


def given(grants: Grants, at: float, verdict: Verdict = Verdict.GRANT) -> Grant:
    return grants.give("v1", outcome(verdict, at).decision)


def test_a_grant_opens_once_and_never_again(
    turnstile: Turnstile, grants: Grants, clock: HandClock, relay: SimulatedRelay
) -> None:
    one = given(grants, 1000.0)
    assert turnstile.pass_on(one) is Answer.OPENED
    assert turnstile.pass_on(one) is Answer.USED
    clock.sleep(PULSE_S)
    assert turnstile.pass_on(one) is Answer.USED
    assert turnstile.pass_on(replace(one)) is Answer.USED
    assert turnstile.pass_on(given(grants, clock.now)) is Answer.OPENED
    assert relay.energized


def test_a_grant_that_opened_nothing_is_used_up_too(
    turnstile: Turnstile, grants: Grants, clock: HandClock
) -> None:
    turnstile.pass_on(given(grants, 1000.0))
    second = given(grants, 1000.0)
    assert turnstile.pass_on(second) is Answer.ALREADY_OPEN
    clock.sleep(PULSE_S)
    assert turnstile.pass_on(second) is Answer.USED


def test_a_later_grant_makes_earlier_ones_worthless(turnstile: Turnstile, grants: Grants) -> None:
    earlier, later = given(grants, 1000.0), given(grants, 1000.0)
    assert turnstile.pass_on(later) is Answer.OPENED
    assert turnstile.pass_on(earlier) is Answer.USED


@pytest.mark.parametrize(("door", "boot"), [("back", "this run"), ("front", "another run")])
def test_a_grant_for_another_door_or_run_opens_nothing(
    turnstile: Turnstile, relay: SimulatedRelay, door: str, boot: str
) -> None:
    foreign = Grants(door, boot)
    for _ in range(3):
        assert turnstile.pass_on(given(foreign, 1000.0)) is Answer.FOREIGN
    assert not relay.energized
    assert turnstile.pass_on(given(Grants("front", "this run"), 1000.0)) is Answer.OPENED


@pytest.mark.parametrize("late_s", [1.6, 3 * 3600.0, -0.1])
def test_a_grant_of_another_time_opens_nothing(
    turnstile: Turnstile, grants: Grants, relay: SimulatedRelay, clock: HandClock, late_s: float
) -> None:
    assert turnstile.pass_on(given(grants, clock.now - late_s)) is Answer.TOO_OLD
    assert not relay.energized


@pytest.mark.parametrize("verdict", [Verdict.DENY, Verdict.UNDECIDED])
def test_what_is_no_grant_opens_nothing(
    turnstile: Turnstile, grants: Grants, verdict: Verdict
) -> None:
    assert turnstile.pass_on(given(grants, 1000.0, verdict)) is Answer.NOT_GRANTED


def test_a_visitors_outcome_is_what_a_door_takes(relay: SimulatedRelay, clock: HandClock) -> None:
    door = Door(relay, PulseRules(Seconds(PULSE_S)), lambda _: None, clock)
    assert door.grant(grant(1000.0)) is Answer.OPENED
    door.close()
