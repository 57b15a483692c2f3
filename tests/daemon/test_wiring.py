"""From the configuration to the door and all that is wired to it."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from queue import Queue

import pytest

from faceidd.daemon.config import Config
from faceidd.daemon.pins import relay_settings
from faceidd.daemon.showing import Showing
from faceidd.daemon.telling import Telling
from faceidd.daemon.wiring import build_door, build_inputs, door_rules
from faceidd.door.door import Door
from faceidd.door.pin_file import look
from faceidd.door.relay import open_relay
from faceidd.door.state import State
from faceidd.errors import DoorError
from faceidd.events.event import DoorAlert, DoorStateChanged, Event
from faceidd.events.state_board import StateBoard
from faceidd.units import Seconds

PATIENCE_S = 20.0


class Told:
    """A sink that keeps what it is told."""

    def __init__(self) -> None:
        self.events: Queue[Event] = Queue()

    def publish(self, event: Event) -> None:
        self.events.put(event)

    def close(self) -> None:
        """Nothing to do."""


def config(folder: Path, **door: object) -> Config:
    wired = {"pin_factory": "simulated", "pins_dir": str(folder / "pins"), **door}
    return Config.model_validate({"door": wired, "policy": {"state_dir": str(folder / "state")}})


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def make_door(config: Config, stack: ExitStack, told: Told) -> Door:
    relay = open_relay(relay_settings(config.door))
    telling = Telling(told, config.door.id, Seconds(60))
    return stack.enter_context(
        closing(build_door(config, relay, telling, Showing(StateBoard(), config)))
    )


def start(config: Config, stack: ExitStack) -> Told:
    told = Told()
    stack.enter_context(closing(build_inputs(config, make_door(config, stack, told))))
    return told


def next_state(told: Told) -> State:
    changed = told.events.get(timeout=PATIENCE_S)
    assert isinstance(changed, DoorStateChanged)
    return changed.state


def set_pin(pins: Path, pin: str, *, high: bool) -> None:
    (pins / pin).write_text(f"in {high:d}\n")


def wait_for(pins: Path, pin: str, level: tuple[bool, bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while look(pins, pin) != level:
        assert time.monotonic() < deadline, f"{pin} is {look(pins, pin)}"
        time.sleep(0.005)


def test_a_leaf_that_is_forced_sounds_the_buzzer_and_is_told(
    tmp_path: Path, stack: ExitStack
) -> None:
    pins = tmp_path / "pins"
    pins.mkdir()
    set_pin(pins, "GPIO27", high=True)  # the leaf stands open at first
    contact = {"pin": "GPIO27", "debounce_s": 0.0}
    told = start(config(tmp_path, contact=contact, buzzer={"pin": "GPIO23"}), stack)
    assert next_state(told) is State.OPEN
    assert look(pins, "GPIO23") == (True, False)
    set_pin(pins, "GPIO27", high=False)
    assert next_state(told) is State.LOCKED
    set_pin(pins, "GPIO27", high=True)
    assert next_state(told) is State.FORCED
    assert look(pins, "GPIO23") == (True, True)
    alert = told.events.get(timeout=PATIENCE_S)
    assert isinstance(alert, DoorAlert)
    assert (alert.alert, alert.active) == ("forced", True)
    stack.close()
    assert look(pins, "GPIO23") == look(pins, "GPIO17") == (False, False)


def test_a_cable_that_is_cut_is_told(tmp_path: Path, stack: ExitStack) -> None:
    contact = {"pin": "GPIO27", "second_pin": "GPIO22"}
    told = start(config(tmp_path, contact=contact), stack)  # both are pulled up: nothing is there
    alert = told.events.get(timeout=PATIENCE_S)
    assert isinstance(alert, DoorAlert)
    assert (alert.alert, alert.line, alert.active) == ("line_fault", "contact", True)


def test_a_fire_alarm_unlocks_from_the_start(tmp_path: Path, stack: ExitStack) -> None:
    start(config(tmp_path, fire={"pin": "GPIO26", "active_high": True}), stack)
    wait_for(tmp_path / "pins", "GPIO17", (True, True))
    set_pin(tmp_path / "pins", "GPIO26", high=False)
    wait_for(tmp_path / "pins", "GPIO17", (True, False))


def test_the_rules_are_those_of_the_configuration() -> None:
    rules = door_rules(
        Config.model_validate(
            {
                "door": {"pulse_s": 5.0, "held_after_s": 9.0, "free_exit": True},
                "access": {"max_age_s": 1.0},
            }
        )
    )
    assert (rules.pulse.length, rules.pulse.max_age, rules.held_after) == (5.0, 1.0, 9.0)
    assert rules.free_exit
    assert rules.exit_in_lockdown


@pytest.mark.parametrize(
    "broken",
    [
        {"contact": {"pin": "GPIO27"}, "exit": {"pin": "GPIO99"}},
        {"contact": {"pin": "GPIO27", "second_pin": "GPIO99"}},
        {"buzzer": {"pin": "GPIO23"}, "open_light": {"pin": "GPIO99"}},
    ],
)
def test_when_a_pin_is_none_the_others_are_given_back(
    tmp_path: Path, broken: dict[str, object]
) -> None:
    wired = config(tmp_path, **broken)
    with ExitStack() as stack, pytest.raises(DoorError, match="GPIO99 is no GPIO pin"):
        start(wired, stack)
    start_again = config(tmp_path, contact={"pin": "GPIO27"}, buzzer={"pin": "GPIO23"})
    with ExitStack() as stack:
        start(start_again, stack)


def test_a_lockdown_is_that_of_one_door_of_the_board(tmp_path: Path) -> None:
    front, back = config(tmp_path, id="front"), config(tmp_path, id="back", pin="GPIO5")
    with ExitStack() as stack:
        assert make_door(front, stack, Told()).lock_down()
        make_door(back, stack, Told())
    with ExitStack() as stack:
        assert make_door(front, stack, Told()).situation.lockdown
        again = make_door(back, stack, Told())
        assert not again.situation.lockdown
        assert again.lift_lockdown()
    with ExitStack() as stack:
        assert make_door(front, stack, Told()).situation.lockdown
