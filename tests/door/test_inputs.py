"""What a door's lines say reaches the door, and a line that lies does not."""

import threading
from collections.abc import Callable, Iterator
from queue import Queue

import pytest
from support.hand_clock import HandClock

from faceidd.clock import monotonic
from faceidd.door.change import Cause, DoorChange
from faceidd.door.door import Door
from faceidd.door.inputs import STALL, Inputs, Sensor
from faceidd.door.line import Debounced, LineSettings
from faceidd.door.pulse import PulseRules
from faceidd.door.relay import RelaySettings
from faceidd.door.rules import FIRE_LEASE
from faceidd.door.signal import InputName
from faceidd.door.simulated import SimulatedLine, SimulatedRelay
from faceidd.door.state import State
from faceidd.errors import DoorError
from faceidd.units import Seconds

PINS = {
    InputName.FEEDBACK: "GPIO5",
    InputName.CONTACT: "GPIO6",
    InputName.EXIT: "GPIO13",
    InputName.TAMPER: "GPIO19",
    InputName.FIRE: "GPIO26",
}
STEP_S = 0.02


class LineDoor:
    """A door with lines, and a clock by hand."""

    def __init__(self, *names: InputName, stuck_after: float | None = None) -> None:
        self.clock = HandClock(1000.0)
        self.told: Queue[DoorChange] = Queue()
        self.relay = SimulatedRelay(RelaySettings("GPIO17", True, "simulated"))
        self.door = Door(self.relay, PulseRules(Seconds(3.0)), self.told.put, self.clock)
        self.lines = {name: _line(PINS[name]) for name in names}
        stuck = None if stuck_after is None else Seconds(stuck_after)
        sensors = {
            name: Sensor(line, debounced=Debounced(stuck_after=stuck))
            for name, line in self.lines.items()
        }
        self.inputs = Inputs(self.door, {}, self.clock)  # without a thread: it listens by hand
        self.inputs._sensors = sensors  # noqa: SLF001 - lines that no chip has

    def say(self, name: InputName, active: bool) -> None:
        """Let a line say something, and listen until it is believed."""
        self.lines[name].drive(active)
        self.wait(0.1)

    def wait(self, seconds: float) -> None:
        """Listen for so long."""
        for _ in range(round(seconds / STEP_S)):
            self.clock.sleep(STEP_S)
            self.inputs.listen()
            self.door.check()

    def close(self) -> None:
        """End it."""
        self.inputs.close()
        self.door.close()


def _line(pin: str) -> SimulatedLine:
    line = SimulatedLine(LineSettings(pin, True, "down", "simulated"))
    line.drive(False)
    return line


@pytest.fixture
def make() -> Iterator[Callable[..., LineDoor]]:
    doors: list[LineDoor] = []

    def _make(*names: InputName, stuck_after: float | None = None) -> LineDoor:
        doors.append(LineDoor(*names, stuck_after=stuck_after))
        return doors[-1]

    yield _make
    for door in doors:
        door.close()


Make = Callable[..., LineDoor]


def test_the_exit_button_opens_for_one_pulse_however_long_it_is_pressed(make: Make) -> None:
    door = make(InputName.EXIT)
    door.wait(0.2)
    energized = []
    for active, wait_s in [(True, 0.0), (True, 10.0), (False, 0.0), (True, 0.0)]:
        door.say(InputName.EXIT, active)
        door.wait(wait_s)
        energized.append(door.relay.energized)
    assert energized == [True, False, False, True]
    assert door.told.get(timeout=60).cause is Cause.EXIT


def test_a_button_that_was_pressed_before_anybody_listened_opens_nothing(make: Make) -> None:
    door = make(InputName.EXIT)
    door.say(InputName.EXIT, True)
    assert not door.relay.energized


def test_a_stuck_button_is_a_line_fault_and_opens_nothing_when_it_comes_back(make: Make) -> None:
    door = make(InputName.EXIT, stuck_after=5.0)
    door.wait(0.2)
    door.say(InputName.EXIT, True)
    door.wait(5)
    assert door.door.situation.faulty == {InputName.EXIT}
    door.say(InputName.EXIT, False)
    assert door.door.situation.faulty == frozenset()
    assert not door.relay.energized


def test_a_leaf_goes_through_its_states(make: Make) -> None:
    door = make(InputName.CONTACT, InputName.EXIT)
    door.wait(0.2)
    states = []
    for name, active, wait_s in [
        (InputName.CONTACT, True, 0.0),
        (InputName.CONTACT, False, 0.0),
        (InputName.EXIT, True, 0.0),
        (InputName.CONTACT, True, 31.0),
        (InputName.CONTACT, False, 0.0),
    ]:
        door.say(name, active)
        states.append(door.door.situation.state)
        door.wait(wait_s)
        states.append(door.door.situation.state)
    forced, locked, unlocking = State.FORCED, State.LOCKED, State.UNLOCKING
    assert states == [
        forced,
        forced,
        locked,
        locked,
        unlocking,
        unlocking,
        State.OPEN,
        State.HELD,
        locked,
        locked,
    ]  # fmt: skip - one a line reads worse


def test_a_leaf_that_is_found_open_is_not_forced(make: Make) -> None:
    door = make(InputName.CONTACT)
    door.say(InputName.CONTACT, True)
    assert door.door.situation.state is State.OPEN


def test_a_fire_unlocks_for_as_long_as_it_lasts(make: Make) -> None:
    door = make(InputName.FIRE)
    door.say(InputName.FIRE, True)
    assert door.relay.energized
    door.wait(60)
    assert (door.door.situation.state, door.relay.energized) == (State.FIRE, True)
    door.say(InputName.FIRE, False)
    assert (door.door.situation.state, door.relay.energized) == (State.LOCKED, False)
    assert [door.told.get(timeout=60).cause for _ in range(2)] == [Cause.FIRE, Cause.FIRE_OVER]


def test_a_fire_that_nobody_listens_to_any_more_is_over(make: Make) -> None:
    door = make(InputName.FIRE)
    door.say(InputName.FIRE, True)
    door.clock.sleep(FIRE_LEASE)
    door.door.check()
    assert not door.relay.energized


def test_a_relay_that_does_not_follow_ends_the_door(make: Make) -> None:
    door = make(InputName.FEEDBACK, InputName.EXIT)
    door.wait(0.2)
    door.lines[InputName.EXIT].drive(True)
    with pytest.raises(DoorError, match="spare contact"):
        door.wait(1.0)
    assert not door.relay.energized
    assert door.door.situation.state is State.FAULT


def test_a_line_that_cannot_be_read_is_told_and_the_door_goes_on(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = make(InputName.TAMPER)
    door.say(InputName.TAMPER, True)
    assert door.door.situation.tampered

    def broken(_: object) -> bool:
        raise DoorError("it cannot be read", do="check the wiring")

    monkeypatch.setattr(SimulatedLine, "active", property(broken))
    door.wait(1.0)
    assert door.door.situation.faulty == {InputName.TAMPER}
    monkeypatch.undo()
    door.wait(1.0)
    assert door.door.situation.faulty == frozenset()
    assert door.door.situation.tampered


def test_lines_are_listened_to_on_a_thread() -> None:
    told: Queue[DoorChange] = Queue()
    relay = SimulatedRelay(RelaySettings("GPIO17", True, "simulated"))
    door = Door(relay, PulseRules(Seconds(0.1)), told.put)
    line = _line(PINS[InputName.FIRE])
    line.drive(True)
    inputs = Inputs(door, {InputName.FIRE: Sensor(line)}, monotonic)
    try:
        assert told.get(timeout=60).cause is Cause.FIRE
        inputs.check()
    finally:
        inputs.close()
        door.close()
    assert "door-inputs" not in {thread.name for thread in threading.enumerate()}


def test_a_silence_is_told(make: Make) -> None:
    door = make(InputName.EXIT)
    door.wait(0.2)
    door.inputs.check()
    door.clock.sleep(STALL + 0.1)
    with pytest.raises(DoorError, match="nobody listens"):
        door.inputs.check()
