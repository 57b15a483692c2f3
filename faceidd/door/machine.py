"""The door's machine: a table of what every signal does in every state. Pure: no clock, no pin.

A pair that is not in the table is refused; there is no default, so nothing opens by one. What
drives pins, keeps deadlines and tells the world is `door`'s.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from faceidd.door.moves import (
    already_open,
    break_down,
    close_leaf,
    distrust,
    drop_pulse,
    end_fire,
    fall_behind,
    feed_back,
    find_leaf_open,
    ignore,
    leave_locked_down,
    lift,
    lock_down,
    open_leaf,
    prop,
    refuse,
    start_fire,
    stay_locked_down,
    tamper,
    trust,
    unlock,
    unprop,
)
from faceidd.door.pulse import Answer
from faceidd.door.rules import FEEDBACK_SETTLES, DoorRules
from faceidd.door.signal import Kind, Signal
from faceidd.door.situation import Situation
from faceidd.door.state import State
from faceidd.errors import DoorError
from faceidd.units import Instant

Move = Callable[[Situation, Signal, DoorRules], tuple[Situation, Answer]]
"""What a signal does: the situation after it, and what came of a decision."""
Row = Mapping[Kind, Move]
Table = Mapping[State, Row]

_KNOWN: Row = {
    Kind.LEAF_OPENED: open_leaf,
    Kind.LEAF_FOUND_OPEN: find_leaf_open,
    Kind.LEAF_CLOSED: close_leaf,
    Kind.TAMPER: tamper,
    Kind.TAMPER_OVER: tamper,
    Kind.FEEDBACK_ON: feed_back,
    Kind.FEEDBACK_OFF: feed_back,
    Kind.LINE_FAULT: distrust,
    Kind.LINE_RESTORED: trust,
    Kind.PROP: prop,
    Kind.UNPROP: unprop,
    Kind.LOCK_DOWN: lock_down,
    Kind.FIRE: start_fire,
    Kind.RELAY_FAULT: break_down,
    Kind.HELD_TOO_LONG: fall_behind,
}
"""What is noted in every state alike; what it means for the state follows from the facts."""

_ORDINARY: Row = {
    **_KNOWN,
    Kind.GRANT: unlock,
    Kind.EXIT: unlock,
    Kind.PULSE_OVER: drop_pulse,
    Kind.LIFT: ignore,
    Kind.FIRE_OVER: ignore,
}

TABLE: Table = {
    State.LOCKED: _ORDINARY,
    State.UNLOCKING: _ORDINARY,
    State.OPEN: _ORDINARY,
    State.HELD: _ORDINARY,
    State.PROPPED: _ORDINARY,
    State.FORCED: _ORDINARY,
    State.LOCKDOWN: {
        **_KNOWN,
        Kind.GRANT: stay_locked_down,
        Kind.EXIT: leave_locked_down,
        Kind.PULSE_OVER: drop_pulse,
        Kind.LIFT: lift,
        Kind.FIRE_OVER: ignore,
    },
    State.FIRE: {
        **_KNOWN,
        Kind.GRANT: already_open,
        Kind.EXIT: already_open,
        Kind.PULSE_OVER: ignore,
        Kind.LIFT: lift,
        Kind.FIRE_OVER: end_fire,
    },
    State.FAULT: {
        **_KNOWN,
        Kind.GRANT: refuse,
        Kind.EXIT: refuse,
        Kind.PULSE_OVER: drop_pulse,
        Kind.LIFT: lift,
        Kind.FIRE_OVER: end_fire,
    },
}
"""The whole machine: state and signal -> move."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a signal did.

    Attributes:
        situation: What is known after it.
        answer: What came of it; `NOTED` unless it was a decision.
    """

    situation: Situation
    answer: Answer


def step(situation: Situation, signal: Signal, rules: DoorRules, table: Table = TABLE) -> Step:
    """Take one signal.

    Args:
        situation: What is known before it.
        signal: What reached the door.
        rules: How the door is set up.
        table: The machine.

    Raises:
        DoorError: The table knows no such signal in this state; nothing is changed by it.
    """
    move = table.get(situation.state, {}).get(signal.kind)
    if move is None:
        raise DoorError(
            f"a door that is {situation.state} knows no {signal.kind}", do="report this fault"
        )
    after, answer = move(situation, signal, rules)
    if after.energized != situation.energized:
        after = replace(after, moved=signal.at)
    return Step(after, answer)


def due(situation: Situation, now: Instant) -> Kind | None:
    """What the clock has to say; ask again after it was taken.

    An instant that makes no sense, such as one before the pulse began, ends a pulse and a fire.
    """
    if situation.pulse is not None and situation.pulse.over(now):
        return Kind.PULSE_OVER
    if situation.fire is not None and situation.fire.over(now):
        return Kind.FIRE_OVER
    if _disagrees(situation) and not situation.moved <= now < _settled(situation):
        return Kind.RELAY_FAULT
    if situation.held_at is not None and not now < situation.held_at:
        return Kind.HELD_TOO_LONG
    return None


def deadline(situation: Situation) -> Instant | None:
    """When the clock will have something to say at the latest; None if never."""
    instants = [situation.held_at]
    instants += [one.ends for one in (situation.pulse, situation.fire) if one is not None]
    if _disagrees(situation):
        instants.append(_settled(situation))
    return min((one for one in instants if one is not None), default=None)


def _disagrees(situation: Situation) -> bool:
    feedback = situation.feedback
    return feedback is not None and feedback != situation.energized and not situation.broken


def _settled(situation: Situation) -> Instant:
    return Instant(situation.moved + FEEDBACK_SETTLES)
