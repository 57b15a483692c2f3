"""The twin does what the door does, and the script that comes along says so."""

from hypothesis import given
from hypothesis import strategies as st
from support.hand_clock import HandClock

from faceidd.door.door import Door
from faceidd.door.machine import due
from faceidd.door.pulse import PulseRules
from faceidd.door.relay import RelaySettings
from faceidd.door.rules import DoorRules
from faceidd.door.signal import Kind
from faceidd.door.simulated import SimulatedRelay
from faceidd.door.state import State
from faceidd.door.twin import Moment, Occasion, play
from faceidd.units import Instant, Seconds

RULES = DoorRules(PulseRules(Seconds(3.0), Seconds(1.5)), held_after=Seconds(30.0))
HAPPENS = [
    kind
    for kind in Kind
    if kind
    not in {
        Kind.PULSE_OVER,
        Kind.HELD_TOO_LONG,
        Kind.RELAY_FAULT,  # ends the real door
        Kind.FEEDBACK_ON,  # may end it
        Kind.FEEDBACK_OFF,
        Kind.FIRE,  # is repeated by who listens to the line
        Kind.LINE_FAULT,
        Kind.LINE_RESTORED,
    }
]


def told(*occasions: Occasion) -> list[tuple[float, Kind | None, State]]:
    return [(one.at, one.kind, one.situation.state) for one in play(occasions, RULES)]


def test_the_clock_has_its_say_between_and_after() -> None:
    first = Occasion(Instant(1.0), Kind.GRANT)
    second = Occasion(Instant(5.0), Kind.LEAF_OPENED)
    assert told(first, second) == [
        (1.0, Kind.GRANT, State.UNLOCKING),
        (4.0, Kind.PULSE_OVER, State.LOCKED),
        (5.0, Kind.LEAF_OPENED, State.FORCED),
        (35.0, Kind.HELD_TOO_LONG, State.FORCED),
    ]


def test_a_fire_lasts_until_it_is_over() -> None:
    fire, over = Occasion(Instant(0.0), Kind.FIRE), Occasion(Instant(600.0), Kind.FIRE_OVER)
    assert told(fire, over) == [
        (0.0, Kind.FIRE, State.FIRE),
        (600.0, Kind.FIRE_OVER, State.LOCKED),
    ]


def test_what_is_expected_is_held_against_what_is() -> None:
    moments = list(play([Occasion(Instant(0.0), expected=State.OPEN)], RULES))
    assert [one.as_expected for one in moments] == [False]
    assert moments[0].kind is None


@given(
    st.lists(
        st.tuples(
            st.integers(0, 160).map(lambda quarters: quarters / 4),
            st.sampled_from(HAPPENS),
            st.sampled_from([-0.25, 0.0, 0.5, 1.5, 1.75]),
        ),
        max_size=12,
    )
)
def test_the_real_door_does_what_its_twin_does(
    story: list[tuple[float, Kind, float]],
) -> None:
    clock = HandClock(0.0)
    relay = SimulatedRelay(RelaySettings("GPIO17", True, "simulated"))
    door = Door(relay, RULES, lambda _: None, clock)
    occasions, now = [], 0.0
    for waited, kind, age in story:
        now += waited
        occasions.append(Occasion(Instant(now), kind, Seconds(age)))
    for moment in play(tuple(occasions), RULES):
        clock.now = moment.at
        if moment.by_clock:
            door.check()
        else:
            occasion = occasions.pop(0)
            evidence = Instant(occasion.at - occasion.age)
            assert occasion.kind is not None
            answer = door.take(occasion.kind, evidence)
            assert answer is moment.answer
        if due(moment.situation, moment.at) is None:
            _require_alike(moment, door, relay)
    door.close()


def _require_alike(moment: Moment, door: Door, relay: SimulatedRelay) -> None:
    assert door.situation == moment.situation
    assert relay.energized == moment.situation.outputs.relay
