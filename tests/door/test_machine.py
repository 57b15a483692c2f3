"""What every signal does in every state; the states follow each other as the picture shows."""

from dataclasses import replace

import pytest

from faceidd.door.machine import TABLE, deadline, due, step
from faceidd.door.pulse import Answer, Pulse, PulseRules
from faceidd.door.rules import FEEDBACK_SETTLES, FIRE_LEASE, LONGEST_HELD_AFTER, DoorRules
from faceidd.door.signal import InputName, Kind, Signal
from faceidd.door.situation import Alert, Situation
from faceidd.door.state import State
from faceidd.errors import DoorError
from faceidd.units import Instant, Seconds

NOW = Instant(1000.0)
RULES = DoorRules(PulseRules(Seconds(3.0), Seconds(1.5)), held_after=Seconds(30.0))
RUNNING = Pulse(NOW, Instant(1003.0))
OPEN_LEAF = Situation(leaf_open=True, held_at=Instant(1020.0))
IN: dict[State, Situation] = {
    State.LOCKED: Situation(),
    State.UNLOCKING: Situation(pulse=RUNNING),
    State.OPEN: OPEN_LEAF,
    State.HELD: Situation(leaf_open=True, overdue=True),
    State.PROPPED: Situation(leaf_open=True, propped=True),
    State.FORCED: Situation(leaf_open=True, breached=True),
    State.LOCKDOWN: Situation(lockdown=True),
    State.FIRE: Situation(fire=Pulse(Instant(999.0), Instant(1001.0))),
    State.FAULT: Situation(broken=True),
}
"""One situation of each state."""
ORDINARY = (State.LOCKED, State.OPEN, State.HELD, State.PROPPED, State.FORCED)
OPENING = {(state, kind) for state in ORDINARY for kind in (Kind.GRANT, Kind.EXIT)} | {
    (State.LOCKDOWN, Kind.EXIT)
}
"""All that begins a pulse; a fire is the other reason for an energized relay."""

# State -> what each signal makes of it; a signal that is not named leaves the state.
AFTER: dict[State, dict[Kind, State]] = {
    State.LOCKED: {
        Kind.GRANT: State.UNLOCKING,
        Kind.EXIT: State.UNLOCKING,
        Kind.LEAF_OPENED: State.FORCED,
        Kind.LEAF_FOUND_OPEN: State.OPEN,
    },
    State.UNLOCKING: {
        Kind.LEAF_OPENED: State.OPEN,
        Kind.LEAF_FOUND_OPEN: State.OPEN,
        Kind.PULSE_OVER: State.LOCKED,
    },
    State.OPEN: {
        Kind.LEAF_CLOSED: State.LOCKED,
        Kind.HELD_TOO_LONG: State.HELD,
        Kind.PROP: State.PROPPED,
        Kind.LINE_FAULT: State.LOCKED,
    },
    State.HELD: {
        Kind.LEAF_CLOSED: State.LOCKED,
        Kind.PROP: State.PROPPED,
        Kind.LINE_FAULT: State.LOCKED,
    },
    State.PROPPED: {
        Kind.LEAF_CLOSED: State.LOCKED,
        Kind.UNPROP: State.OPEN,
        Kind.LINE_FAULT: State.LOCKED,
    },
    State.FORCED: {Kind.LEAF_CLOSED: State.LOCKED},
    State.LOCKDOWN: {Kind.LIFT: State.LOCKED},
    State.FIRE: {Kind.FIRE_OVER: State.LOCKED},
    State.FAULT: {},
}
ALWAYS = {
    Kind.LOCK_DOWN: State.LOCKDOWN,
    Kind.FIRE: State.FIRE,
    Kind.RELAY_FAULT: State.FAULT,
}
RANK = [State.LOCKDOWN, State.FIRE, State.FAULT]
PAIRS = [(state, kind) for state in State for kind in Kind]


def signal(kind: Kind, *, age_s: float = 0.0) -> Signal:
    evidence = Instant(NOW - age_s)
    return Signal(kind, NOW, evidence, InputName.CONTACT)


def after(situation: Situation, *kinds: Kind, rules: DoorRules = RULES) -> Situation:
    for kind in kinds:
        situation = step(situation, signal(kind), rules).situation
    return situation


def test_each_state_has_its_situation() -> None:
    assert {state: situation.state for state, situation in IN.items()} == {s: s for s in State}


@pytest.mark.parametrize(("state", "kind"), PAIRS)
def test_every_signal_is_decided_in_every_state(state: State, kind: Kind) -> None:
    assert kind in TABLE[state]
    expected = AFTER[state].get(kind, state)
    if kind in ALWAYS and (state not in RANK or RANK.index(state) < RANK.index(ALWAYS[kind])):
        expected = ALWAYS[kind]
    assert after(IN[state], kind).state is expected


@pytest.mark.parametrize(("state", "kind"), PAIRS)
def test_only_decisions_and_a_fire_energize_the_relay(state: State, kind: Kind) -> None:
    before = IN[state]
    taken = step(before, signal(kind), RULES)
    energized = taken.situation.energized and not before.energized
    fire = kind is Kind.FIRE and state not in {State.FAULT, State.FIRE, State.UNLOCKING}
    assert energized == ((state, kind) in OPENING or fire)
    assert (taken.answer is Answer.OPENED) == ((state, kind) in OPENING)


def test_what_the_table_does_not_know_is_refused() -> None:
    with pytest.raises(DoorError, match="a door that is locked knows no grant"):
        step(Situation(), signal(Kind.GRANT), RULES, table={State.LOCKED: {}})


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", [Kind.TAMPER, Kind.TAMPER_OVER])
def test_the_tamper_switch_touches_nothing_else(state: State, kind: Kind) -> None:
    tampered = kind is Kind.TAMPER
    assert after(IN[state], kind) == replace(IN[state], tampered=tampered)


@pytest.mark.parametrize("kind", [Kind.GRANT, Kind.EXIT])
@pytest.mark.parametrize("age_s", [-0.1, 1.6, 86_400.0])
def test_old_or_impossible_evidence_opens_nothing(kind: Kind, age_s: float) -> None:
    taken = step(Situation(), signal(kind, age_s=age_s), RULES)
    assert (taken.answer, taken.situation) == (Answer.TOO_OLD, Situation())


def test_evidence_opens_once() -> None:
    opened = step(Situation(), signal(Kind.GRANT, age_s=0.5), RULES)
    shut = after(opened.situation, Kind.PULSE_OVER)
    for age_s, answer in [(0.5, Answer.USED), (0.6, Answer.USED), (0.4, Answer.OPENED)]:
        assert step(shut, signal(Kind.GRANT, age_s=age_s), RULES).answer is answer


def test_in_a_lockdown_no_grant_opens() -> None:
    refused = step(IN[State.LOCKDOWN], signal(Kind.GRANT), RULES)
    assert (refused.answer, refused.situation) == (Answer.LOCKDOWN, IN[State.LOCKDOWN])


def test_the_exit_button_can_be_closed_in_a_lockdown() -> None:
    rules = replace(RULES, exit_in_lockdown=False)
    assert step(IN[State.LOCKDOWN], signal(Kind.EXIT), rules).answer is Answer.LOCKDOWN


def test_a_lockdown_ends_a_passage_at_once() -> None:
    assert not after(Situation(pulse=RUNNING), Kind.LOCK_DOWN).energized


def test_a_lockdown_takes_the_excuse_of_a_propped_leaf() -> None:
    locked_down = after(IN[State.PROPPED], Kind.LOCK_DOWN)
    assert locked_down.held_at == NOW + RULES.held_after
    assert Alert.HELD in after(locked_down, Kind.HELD_TOO_LONG).alerts
    lifted = after(locked_down, Kind.HELD_TOO_LONG, Kind.LIFT)
    assert (lifted.state, lifted.held_at) == (State.PROPPED, None)


def test_a_leaf_that_opens_in_a_lockdown_is_an_alert_and_the_lockdown_stays() -> None:
    forced = after(IN[State.LOCKDOWN], Kind.LEAF_OPENED)
    assert forced.state is State.LOCKDOWN
    assert forced.alerts == {Alert.FORCED, Alert.LOCKDOWN}


def test_the_door_locks_behind_who_passed() -> None:
    passed = after(Situation(pulse=RUNNING), Kind.LEAF_OPENED, Kind.LEAF_CLOSED)
    assert (passed.state, passed.energized) == (State.LOCKED, False)


def test_a_leaf_that_closes_does_not_end_the_pulse_of_the_next_one() -> None:
    waiting = after(OPEN_LEAF, Kind.GRANT, Kind.LEAF_CLOSED)
    assert waiting.state is State.UNLOCKING


def test_a_leaf_that_only_trembles_ends_no_pulse() -> None:
    assert after(Situation(pulse=RUNNING), Kind.LEAF_CLOSED).energized


@pytest.mark.parametrize(
    ("late_s", "state"), [(0.0, State.OPEN), (0.4, State.OPEN), (0.6, State.FORCED)]
)  # fmt: skip - a table
def test_a_leaf_that_was_pulled_in_time_is_not_forced(late_s: float, state: State) -> None:
    shut = Situation(pulse_ended=Instant(NOW - late_s))
    assert after(shut, Kind.LEAF_OPENED).state is state


def test_a_handle_inside_makes_no_opening_a_forced_one() -> None:
    rules = replace(RULES, free_exit=True)
    assert after(Situation(), Kind.LEAF_OPENED, rules=rules).state is State.OPEN


def test_a_fire_ends_when_its_input_is_not_heard_any_more() -> None:
    fire = after(Situation(), Kind.FIRE)
    assert due(fire, Instant(NOW + FIRE_LEASE - 0.1)) is None
    assert due(fire, Instant(NOW + FIRE_LEASE)) is Kind.FIRE_OVER
    assert due(fire, Instant(NOW - 1)) is Kind.FIRE_OVER


@pytest.mark.parametrize("state", State)
def test_a_rule_that_is_told_again_and_again_changes_nothing(state: State) -> None:
    unpropped = replace(IN[state], propped=False)
    assert step(unpropped, signal(Kind.UNPROP), RULES).situation is unpropped
    propped = after(unpropped, Kind.PROP)
    assert step(propped, signal(Kind.PROP), RULES).situation is propped


@pytest.mark.parametrize("tenths", range(1, 100))
def test_no_rounding_ends_what_has_just_begun(tenths: int) -> None:
    began = Instant(tenths / 10)
    for kind in (Kind.FIRE, Kind.FEEDBACK_ON):
        begun = step(Situation(), Signal(kind, began), RULES).situation
        until = deadline(begun)
        assert until is not None
        assert due(begun, began) is None
        assert due(begun, until) in {Kind.FIRE_OVER, Kind.RELAY_FAULT}


def test_in_a_fire_the_leaf_may_stand_open_and_is_watched_again_after_it() -> None:
    burning = after(IN[State.HELD], Kind.FIRE, Kind.HELD_TOO_LONG)
    assert burning.alerts == {Alert.FIRE}
    over = after(burning, Kind.FIRE_OVER)
    assert (over.state, over.held_at) == (State.OPEN, NOW + RULES.held_after)


def test_who_leaves_in_a_fire_forced_no_door() -> None:
    left = after(Situation(), Kind.FIRE, Kind.LEAF_OPENED, Kind.FIRE_OVER)
    assert left.state is State.OPEN


def test_a_relay_whose_contact_disagrees_is_broken() -> None:
    stuck = after(Situation(pulse=RUNNING), Kind.FEEDBACK_ON, Kind.PULSE_OVER)
    assert due(stuck, NOW) is None
    assert deadline(stuck) == NOW + FEEDBACK_SETTLES
    assert due(stuck, Instant(NOW + FEEDBACK_SETTLES)) is Kind.RELAY_FAULT
    assert due(after(stuck, Kind.FEEDBACK_OFF), Instant(NOW + 60)) is None
    assert due(after(stuck, Kind.RELAY_FAULT), Instant(NOW + 60)) is None


def test_the_next_deadline_is_the_first_one() -> None:
    assert deadline(Situation()) is None
    assert deadline(replace(OPEN_LEAF, pulse=RUNNING)) == RUNNING.ends
    assert deadline(OPEN_LEAF) == OPEN_LEAF.held_at


@pytest.mark.parametrize(
    ("line", "before", "expected"),
    [
        (InputName.CONTACT, IN[State.HELD], Situation()),
        (InputName.CONTACT, IN[State.FORCED], IN[State.FORCED]),
        (InputName.FEEDBACK, Situation(feedback=True), Situation()),
        (InputName.TAMPER, Situation(tampered=True), Situation()),
        (InputName.EXIT, Situation(pulse=RUNNING), Situation(pulse=RUNNING)),
        (InputName.FIRE, IN[State.FIRE], IN[State.FIRE]),
    ],
)
def test_what_a_faulty_line_said_is_forgotten(
    line: InputName, before: Situation, expected: Situation
) -> None:
    told = step(before, Signal(Kind.LINE_FAULT, NOW, line=line), RULES).situation
    assert told == replace(expected, faulty=frozenset({line}))
    restored = step(told, Signal(Kind.LINE_RESTORED, NOW, line=line), RULES).situation
    assert restored == expected


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (State.LOCKED, (False, False, False, False)),
        (State.UNLOCKING, (True, False, True, False)),
        (State.OPEN, (False, False, False, False)),
        (State.HELD, (False, True, False, True)),
        (State.PROPPED, (False, False, False, False)),
        (State.FORCED, (False, True, False, True)),
        (State.LOCKDOWN, (False, False, False, True)),
        (State.FIRE, (True, False, True, False)),
        (State.FAULT, (False, False, False, True)),
    ],
)
def test_what_is_driven_in_each_state(state: State, shown: tuple[bool, ...]) -> None:
    outputs = IN[state].outputs
    assert (outputs.relay, outputs.buzzer, outputs.open_light, outputs.alarm_light) == shown


@pytest.mark.parametrize("held_after", [0.0, -1.0, LONGEST_HELD_AFTER + 1])
def test_a_patience_out_of_bounds_is_refused(held_after: float) -> None:
    with pytest.raises(DoorError, match=r"door\.held_after_s"):
        replace(RULES, held_after=Seconds(held_after))
