"""At some hours a leaf may stand open; it is never unlocked by that."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from support.evening import Evening
from support.policies import OFFICE, policy

from faceidd.door.signal import Kind
from faceidd.door.state import State

DAY, NIGHT = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (11, 23))

MakeEvening = Callable[..., Evening]


def test_a_leaf_may_stand_open_at_the_hours_of_the_policy(make: MakeEvening) -> None:
    evening = make(propped=OFFICE)
    states = []
    evening.door.take(Kind.LEAF_FOUND_OPEN)
    for now in (NIGHT, DAY, None, DAY, NIGHT):
        evening.now = now
        for _ in range(3):
            evening.gate.poll()
        states.append(evening.door.situation.state)
    assert states == [State.OPEN, State.PROPPED, State.OPEN, State.PROPPED, State.OPEN]
    assert evening.openings == 0


@pytest.mark.parametrize("rules", [{}, {"propped": OFFICE, "lockdown": True}])
def test_a_leaf_may_not_stand_open_by_another_policy(
    make: MakeEvening, rules: dict[str, object]
) -> None:
    evening = make(propped=OFFICE)
    evening.gate.poll()
    assert evening.door.situation.propped
    evening.gate.renew(policy(**rules), {})
    evening.gate.poll()
    assert not evening.door.situation.propped
