"""Moves: what one signal changes in what is known of a door. Pure.

A move changes facts; the state follows from them. Only `unlock` and `leave_locked_down`
begin a pulse, and only `start_fire` energizes the relay without one.
"""

from dataclasses import replace

from faceidd.door.pulse import Answer, Pulse
from faceidd.door.rules import FIRE_LEASE, PASSAGE_GRACE, DoorRules
from faceidd.door.signal import InputName, Kind, Signal
from faceidd.door.situation import Situation
from faceidd.units import Instant, Seconds

_Moved = tuple[Situation, Answer]


def unlock(situation: Situation, signal: Signal, rules: DoorRules) -> _Moved:
    """Begin a pulse for a fresh decision, if none runs and its evidence opened nothing before."""
    if not rules.pulse.fresh(signal.since, signal.at):
        return situation, Answer.TOO_OLD
    if situation.pulse is not None:
        return situation, Answer.ALREADY_OPEN
    if not signal.since > situation.used:
        return situation, Answer.USED
    pulse = rules.pulse.pulse(signal.at)
    after = replace(situation, pulse=pulse, pulse_served=False, used=signal.since)
    if after.leaf_open and not after.overdue:
        after = _watched(after, signal.at, rules.held_after)
    return after, Answer.OPENED


def stay_locked_down(situation: Situation, _signal: Signal, _rules: DoorRules) -> _Moved:
    """In a lockdown nobody is let in."""
    return situation, Answer.LOCKDOWN


def leave_locked_down(situation: Situation, signal: Signal, rules: DoorRules) -> _Moved:
    """In a lockdown, let people out if the door is set up so."""
    if not rules.exit_in_lockdown:
        return situation, Answer.LOCKDOWN
    return unlock(situation, signal, rules)


def already_open(situation: Situation, _signal: Signal, _rules: DoorRules) -> _Moved:
    """The door is unlocked anyway."""
    return situation, Answer.ALREADY_OPEN


def refuse(situation: Situation, _signal: Signal, _rules: DoorRules) -> _Moved:
    """A broken door opens to nobody."""
    return situation, Answer.BROKEN


def ignore(situation: Situation, _signal: Signal, _rules: DoorRules) -> _Moved:
    """Nothing follows."""
    return situation, Answer.NOTED


def drop_pulse(situation: Situation, signal: Signal, _rules: DoorRules) -> _Moved:
    """The passage is over."""
    return _without_pulse(situation, signal.at), Answer.NOTED


def open_leaf(situation: Situation, signal: Signal, rules: DoorRules) -> _Moved:
    """The leaf opened: in a pulse or just after one, in a fire or by a rule it may."""
    if situation.leaf_open:
        return situation, Answer.NOTED
    entitled = (
        situation.pulse is not None
        or 0 <= signal.since - situation.pulse_ended <= PASSAGE_GRACE
        or situation.may_stand_open
        or rules.free_exit
    )
    after = replace(
        situation,
        leaf_open=True,
        breached=not entitled,
        pulse_served=situation.pulse is not None,
    )
    return _watched(after, signal.at, rules.held_after), Answer.NOTED


def find_leaf_open(situation: Situation, signal: Signal, rules: DoorRules) -> _Moved:
    """The leaf stands open, and nobody knows since when or why: it is watched, and not forced."""
    if situation.leaf_open:
        return situation, Answer.NOTED
    after = replace(situation, leaf_open=True, breached=False)
    return _watched(after, signal.at, rules.held_after), Answer.NOTED


def close_leaf(situation: Situation, signal: Signal, _rules: DoorRules) -> _Moved:
    """The leaf closed; a pulse in which it had opened is over, so nobody slips in behind."""
    if not situation.leaf_open:
        return situation, Answer.NOTED
    served = situation.pulse_served
    after = _leaf_shut(situation)
    return (_without_pulse(after, signal.at) if served else after), Answer.NOTED


def fall_behind(situation: Situation, _signal: Signal, _rules: DoorRules) -> _Moved:
    """The leaf has stood open for too long."""
    overdue = situation.leaf_open and not situation.may_stand_open
    return replace(situation, held_at=None, overdue=overdue), Answer.NOTED


def prop(situation: Situation, _signal: Signal, _rules: DoorRules) -> _Moved:
    """From now on the leaf may stand open, but for a lockdown."""
    if situation.propped:
        return situation, Answer.NOTED
    return _excused(replace(situation, propped=True)), Answer.NOTED


def unprop(situation: Situation, signal: Signal, rules: DoorRules) -> _Moved:
    """The leaf may not stand open any more; there is time to close it."""
    if not situation.propped:
        return situation, Answer.NOTED
    after = replace(situation, propped=False)
    if after.leaf_open:
        after = _watched(after, signal.at, rules.held_after)
    return after, Answer.NOTED


def lock_down(situation: Situation, signal: Signal, rules: DoorRules) -> _Moved:
    """No grant opens the door from now on; a passage is cut short."""
    if situation.lockdown:
        return situation, Answer.NOTED
    after = _without_pulse(replace(situation, lockdown=True), signal.at)
    if after.leaf_open and after.propped:  # its excuse is gone
        after = _watched(after, signal.at, rules.held_after)
    return after, Answer.NOTED


def lift(situation: Situation, _signal: Signal, _rules: DoorRules) -> _Moved:
    """The lockdown is over."""
    return _excused(replace(situation, lockdown=False)), Answer.NOTED


def start_fire(situation: Situation, signal: Signal, _rules: DoorRules) -> _Moved:
    """There is a fire, or still one: the way is free for the lease."""
    after = _without_pulse(situation, signal.at)
    lease = Pulse(signal.at, Instant(signal.at + FIRE_LEASE))
    return _excused(replace(after, fire=lease)), Answer.NOTED


def end_fire(situation: Situation, signal: Signal, rules: DoorRules) -> _Moved:
    """The fire input is quiet, or was not heard any more."""
    after = replace(situation, fire=None, pulse_ended=signal.at)
    if after.leaf_open:
        after = _watched(after, signal.at, rules.held_after)
    return after, Answer.NOTED


def tamper(situation: Situation, signal: Signal, _rules: DoorRules) -> _Moved:
    """The housing was opened or closed."""
    return replace(situation, tampered=signal.kind is Kind.TAMPER), Answer.NOTED


def feed_back(situation: Situation, signal: Signal, _rules: DoorRules) -> _Moved:
    """The relay's spare contact moved."""
    on = signal.kind is Kind.FEEDBACK_ON
    if on == situation.feedback:
        return situation, Answer.NOTED
    return replace(situation, feedback=on, moved=signal.at), Answer.NOTED


def distrust(situation: Situation, signal: Signal, _rules: DoorRules) -> _Moved:
    """A line is cut, shorted or stuck: what it said last is forgotten, but for a forced door."""
    if signal.line is None:
        return situation, Answer.NOTED
    after = replace(situation, faulty=situation.faulty | {signal.line})
    match signal.line:
        case InputName.CONTACT:
            after = after if after.breached else _leaf_shut(after)
        case InputName.FEEDBACK:
            after = replace(after, feedback=None)
        case InputName.TAMPER:
            after = replace(after, tampered=False)
        case InputName.EXIT | InputName.FIRE:
            pass  # a press is over at once, and a fire that is not heard again ends by itself
    return after, Answer.NOTED


def trust(situation: Situation, signal: Signal, _rules: DoorRules) -> _Moved:
    """A line is to be believed again."""
    return replace(situation, faulty=situation.faulty - {signal.line}), Answer.NOTED


def break_down(situation: Situation, signal: Signal, _rules: DoorRules) -> _Moved:
    """The relay does not do what it is told."""
    after = _without_pulse(situation, signal.at)
    return replace(after, broken=True), Answer.NOTED


def _without_pulse(situation: Situation, at: Instant) -> Situation:
    if situation.pulse is None:
        return situation
    # A pulse that nobody looked after ended at its end, not when it was noticed.
    ended = Instant(min(at, situation.pulse.ends))
    return replace(situation, pulse=None, pulse_served=False, pulse_ended=ended)


def _leaf_shut(situation: Situation) -> Situation:
    return replace(situation, leaf_open=False, breached=False, overdue=False, held_at=None)


def _watched(situation: Situation, at: Instant, patience: Seconds) -> Situation:
    """Begin to count how long the leaf stands open, unless it may."""
    return _excused(replace(situation, held_at=Instant(at + patience), overdue=False))


def _excused(situation: Situation) -> Situation:
    if not situation.may_stand_open:
        return situation
    return replace(situation, held_at=None, overdue=False)
