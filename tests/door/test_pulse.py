"""What opens a door, and for how long."""

import math

import pytest

from faceidd.door.pulse import LONGEST_PULSE, SHORTEST_PULSE, PulseRules
from faceidd.errors import DoorError
from faceidd.units import Instant, Seconds

RULES = PulseRules(Seconds(3.0), max_age=Seconds(1.5))
NOW = Instant(1000.0)


@pytest.mark.parametrize("at", [1000.0, 998.5])
def test_fresh_evidence_may_open(at: float) -> None:
    assert RULES.fresh(Instant(at), NOW)


@pytest.mark.parametrize("at", [998.49, 900.0, 1000.1, math.nan, -math.inf, math.inf])
def test_evidence_of_the_past_or_the_future_opens_nothing(at: float) -> None:
    assert not RULES.fresh(Instant(at), NOW)


def test_a_pulse_is_over_at_its_end() -> None:
    pulse = RULES.pulse(NOW)
    assert [pulse.over(Instant(t)) for t in (1000.0, 1002.9, 1003.0, 2000.0)] == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize("now", [999.9, -math.inf, math.inf, math.nan])
def test_a_pulse_is_over_whenever_the_clock_makes_no_sense(now: float) -> None:
    assert RULES.pulse(NOW).over(Instant(now))


@pytest.mark.parametrize("length", [SHORTEST_PULSE, 3.0, LONGEST_PULSE])
def test_a_pulse_within_bounds_is_accepted(length: float) -> None:
    assert PulseRules(Seconds(length)).pulse(NOW).ends == NOW + length


@pytest.mark.parametrize("length", [0.0, -3.0, 0.09, 30.1, math.inf, math.nan])
def test_a_pulse_out_of_bounds_is_refused(length: float) -> None:
    with pytest.raises(DoorError, match=r"0\.1 to 30 s.*door\.pulse_s"):
        PulseRules(Seconds(length))


@pytest.mark.parametrize("age", [0.0, -1.0, 10.1, math.inf, math.nan])
def test_an_age_out_of_bounds_is_refused(age: float) -> None:
    with pytest.raises(DoorError, match=r"no grant may be .* old"):
        PulseRules(Seconds(3.0), max_age=Seconds(age))
