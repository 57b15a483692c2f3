"""A door opens for one pulse at a grant, and is at rest in every other case."""

import threading
from collections.abc import Callable
from contextlib import closing
from queue import Queue

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.coil import Coil
from support.hand_clock import HandClock
from support.outcomes import MINA, grant, outcome

from faceidd.access.attendance import Outcome
from faceidd.access.decision import Verdict
from faceidd.clock import monotonic
from faceidd.door.change import Cause, DoorChange
from faceidd.door.door import Door
from faceidd.door.pulse import Answer, PulseRules
from faceidd.door.relay import RelaySettings
from faceidd.door.signal import Kind
from faceidd.door.simulated import open_simulated
from faceidd.errors import DoorError
from faceidd.units import Instant, Seconds

PULSE_S = 3.0

Told = Queue[DoorChange]
MakeDoor = Callable[..., Door]


def test_a_grant_opens_for_one_pulse(
    coil: Coil, clock: HandClock, told: Told, make_door: MakeDoor
) -> None:
    door = make_door(coil.relay, clock)
    assert door.grant(grant(clock.now)) is Answer.OPENED
    seen = []
    for now in (1000.0, 1002.9, 1003.0):
        clock.now = now
        door.check()
        seen.append(coil.relay.energized)
    assert seen == [True, True, False]
    began, ended = Instant(1000.0), Instant(1003.0)
    assert told.get(timeout=60) == DoorChange(True, began, Cause.GRANT, "v1", MINA)
    closed = DoorChange(False, ended, Cause.PULSE_OVER, "v1", MINA, open_for=Seconds(3.0))
    assert told.get(timeout=60) == closed


def test_the_door_closes_by_itself(coil: Coil, told: Told, make_door: MakeDoor) -> None:
    door = make_door(coil.relay, monotonic, pulse_s=0.1)
    door.grant(grant(monotonic()))
    opened, closed = told.get(timeout=60), told.get(timeout=60)
    assert (opened.open, closed.open) == (True, False)
    assert closed.cause is Cause.PULSE_OVER
    assert closed.at - opened.at >= 0.1
    assert not coil.relay.energized
    assert door.grant(grant(monotonic())) is Answer.OPENED


class CountingGuard:
    """A guard that ends nothing, and counts how often it was armed."""

    def __init__(self) -> None:
        self.armed = 0

    def arm(self, _seconds: Seconds) -> None:
        self.armed += 1

    def disarm(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""


def test_a_rule_that_is_told_with_every_frame_moves_nothing(coil: Coil, clock: HandClock) -> None:
    guard, rules = CountingGuard(), PulseRules(Seconds(PULSE_S))
    with closing(Door(coil.relay, rules, lambda _: None, clock, guard=guard)) as door:
        door.grant(grant(clock.now))
        door.take(Kind.PROP)
        begun, armed = door.situation, guard.armed
        for _ in range(3):
            assert door.take(Kind.PROP) is Answer.NOTED
        assert (door.situation, guard.armed) == (begun, armed)
        door.take(Kind.UNPROP)
        begun, armed = door.situation, guard.armed
        for _ in range(3):
            assert door.take(Kind.UNPROP) is Answer.NOTED
        assert (door.situation, guard.armed) == (begun, armed)


def test_a_second_grant_neither_extends_nor_queues(
    coil: Coil, clock: HandClock, make_door: MakeDoor
) -> None:
    door = make_door(coil.relay, clock)
    door.grant(grant(clock.now))
    clock.now = 1002.0
    assert door.grant(grant(clock.now)) is Answer.ALREADY_OPEN
    clock.now = 1003.0
    door.check()
    assert not coil.relay.energized
    clock.now = 1003.1
    door.check()
    assert not coil.relay.energized


@pytest.mark.parametrize(
    ("brought", "answer"),
    [
        (outcome(Verdict.DENY, 1000.0), Answer.NOT_GRANTED),
        (outcome(Verdict.UNDECIDED, 1000.0), Answer.NOT_GRANTED),
        (grant(998.0), Answer.TOO_OLD),
        (grant(1001.0), Answer.TOO_OLD),
    ],
)
def test_nothing_but_a_fresh_grant_moves_the_relay(
    brought: Outcome, answer: Answer, coil: Coil, clock: HandClock, make_door: MakeDoor
) -> None:
    door = make_door(coil.relay, clock)
    assert door.grant(brought) is answer
    assert not any(coil.history())


def test_a_grant_at_the_very_end_of_a_pulse_opens_again(
    coil: Coil, clock: HandClock, told: Told, make_door: MakeDoor
) -> None:
    door = make_door(coil.relay, clock)
    door.grant(grant(clock.now))
    clock.now += PULSE_S
    assert door.grant(grant(clock.now)) is Answer.OPENED
    assert [told.get(timeout=60).open for _ in range(3)] == [True, False, True]


def test_closing_down_releases_at_once_and_for_good(
    coil: Coil, clock: HandClock, told: Told, make_door: MakeDoor
) -> None:
    door = make_door(coil.relay, clock)
    door.grant(grant(clock.now))
    door.close()
    assert not coil.relay.energized
    assert not coil.history()[-1]
    assert [told.get(timeout=60).cause for _ in range(2)] == [Cause.GRANT, Cause.CLOSED]
    door.close()
    with pytest.raises(DoorError, match="closed down"):
        door.grant(grant(clock.now))
    with pytest.raises(DoorError, match="closed down"):
        door.check()
    assert not coil.history()[-1]


def test_closing_down_waits_until_a_slow_listener_has_heard(
    coil: Coil, clock: HandClock, make_door: MakeDoor
) -> None:
    heard: list[Cause] = []

    def listener(change: DoorChange) -> None:
        threading.Event().wait(0.05)
        heard.append(change.cause)

    door = make_door(coil.relay, clock, listener=listener)
    door.grant(grant(clock.now))
    door.close()
    assert heard == [Cause.GRANT, Cause.CLOSED]


def test_a_relay_found_energized_is_released(coil: Coil, make_door: MakeDoor) -> None:
    coil.relay.energize()
    make_door(coil.relay, monotonic)
    assert not coil.relay.energized


EIGHTHS = st.integers(-8, 40).map(lambda eighths: eighths / 8)  # sums of these are exact
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("grant"), EIGHTHS),
        st.tuples(st.just("wait"), EIGHTHS.filter(lambda waited: waited >= 0)),
        st.tuples(st.just("close"), st.just(0.0)),
    ),
    max_size=20,
)


@given(STEPS)
def test_whatever_happens_no_opening_outlasts_its_pulse(steps: list[tuple[str, float]]) -> None:
    clock = HandClock(1000.0)
    relay = open_simulated(RelaySettings("GPIO17", True, "simulated"))
    door = Door(relay, PulseRules(Seconds(PULSE_S)), lambda _: None, clock)
    ends, closed = -1.0, False
    for step, number in steps:
        try:
            if step == "grant" and door.grant(grant(clock.now - number)) is Answer.OPENED:
                assert 0 <= number <= 1.5
                ends = clock.now + PULSE_S
            elif step == "wait":
                clock.now += number
                door.check()
            elif step == "close":
                door.close()
                closed = True
        except DoorError:
            assert closed
        assert relay.energized == (not closed and clock.now < ends)
    door.close()
    assert not relay.energized
    assert not relay.history[-1].driven
    assert not relay.history[-2].high
