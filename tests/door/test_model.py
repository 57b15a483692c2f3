"""Every world a door can get into, with all faults: the relay is never on longer than it may be."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from support.door_model import explore
from support.door_world import Driver, UnsafeError

from faceidd.door.machine import TABLE, Table, due
from faceidd.door.moves import ignore, unlock
from faceidd.door.pulse import Answer
from faceidd.door.rules import DoorRules
from faceidd.door.signal import Kind, Signal
from faceidd.door.situation import NEVER, Situation
from faceidd.door.state import State
from faceidd.units import Instant

WORLDS = 6142
"""As many there are; another number means that the machine is another one."""


def test_in_no_world_is_the_door_open_without_a_reason() -> None:
    assert explore(Driver()) == WORLDS


def bent(changes: dict[Kind, Any], *states: State) -> Table:
    """The machine with other moves in some states."""
    return {
        state: {**row, **changes} if state in states else dict(row) for state, row in TABLE.items()
    }


def without_age(situation: Situation, signal: Signal, rules: DoorRules) -> tuple[Situation, Answer]:
    """A pulse for a decision of any age."""
    if situation.pulse is not None:
        return situation, Answer.ALREADY_OPEN
    return replace(situation, pulse=rules.pulse.pulse(signal.at)), Answer.OPENED


def again_and_again(
    situation: Situation, signal: Signal, rules: DoorRules
) -> tuple[Situation, Answer]:
    """A pulse for the same decision as often as it is told."""
    return unlock(replace(situation, used=NEVER), signal, rules)


def longer_and_longer(
    situation: Situation, signal: Signal, rules: DoorRules
) -> tuple[Situation, Answer]:
    """A pulse that every grant lengthens."""
    after, answer = unlock(replace(situation, pulse=None), signal, rules)
    return (after, answer) if answer is Answer.OPENED else (situation, answer)


def trusting_the_clock(situation: Situation, now: Instant) -> Kind | None:
    """A pulse is over at its end only, even if the clock goes back a day."""
    pulse = situation.pulse
    if pulse is not None and not now < pulse.ends:
        return Kind.PULSE_OVER
    return due(replace(situation, pulse=None), now)


ORDINARY = (State.LOCKED, State.UNLOCKING, State.OPEN, State.HELD, State.PROPPED, State.FORCED)
BUGS: dict[str, tuple[Callable[[], Driver], str]] = {
    "a grant of any age opens": (
        lambda: Driver(table=bent({Kind.GRANT: without_age}, *ORDINARY)),
        "without a fresh decision",
    ),
    "a repeated message opens again": (
        lambda: Driver(table=bent({Kind.GRANT: again_and_again}, *ORDINARY)),
        "one decision opened twice",
    ),
    "a grant lengthens the pulse": (
        lambda: Driver(table=bent({Kind.GRANT: longer_and_longer}, State.UNLOCKING)),
        "lengthened a pulse",
    ),
    "a lockdown lets everybody in": (
        lambda: Driver(table=bent({Kind.GRANT: unlock}, State.LOCKDOWN)),
        "opened in a lockdown",
    ),
    "the end of a fire is missed": (
        lambda: Driver(
            table=bent({Kind.FIRE_OVER: ignore}, State.FIRE),
            due=lambda situation, now: due(replace(situation, fire=None), now),
        ),
        "let a pulse go on",
    ),
    "a clock that goes back is trusted": (
        lambda: Driver(due=trusting_the_clock),
        "let a pulse go on",
    ),
    "nothing guards a daemon that hangs": (
        lambda: Driver(guarded=False),
        "longer than pulse and margin",
    ),
    "a release waits for the broker": (
        lambda: Driver(waits_for_listener=True),
        "longer than pulse and margin",
    ),
    "nobody puts the pin at rest": (
        lambda: Driver(rests=False),
        "longer than pulse and margin",
    ),
    "a lockdown is lifted that the disk keeps": (
        lambda: Driver(forgets_first=False),
        "a lockdown was lost",
    ),
    "a crash lifts the lockdown": (
        lambda: Driver(keeps_lockdown=False),
        "a lockdown was lost",
    ),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_found(bug: str) -> None:
    make, fault = BUGS[bug]
    with pytest.raises(UnsafeError, match=f"{fault}.*, after "):
        explore(make())
