"""The buzzer and the lights show; a broken one stops nothing."""

import pytest
from support.hand_clock import HandClock
from support.outcomes import grant

from faceidd.door.door import Door
from faceidd.door.pulse import Answer, PulseRules
from faceidd.door.relay import RelaySettings
from faceidd.door.signal import Kind
from faceidd.door.signs import SignName, Signs
from faceidd.door.simulated import SimulatedRelay
from faceidd.errors import DoorError
from faceidd.units import Seconds

PINS: dict[SignName, str] = {"buzzer": "GPIO23", "open_light": "GPIO24", "alarm_light": "GPIO25"}


class DeadPin(SimulatedRelay):
    """An output that cannot be driven."""

    def energize(self) -> None:
        raise DoorError("the pin cannot be driven", do="check the wiring")

    def close(self) -> None:
        super().close()
        raise DoorError("the pin cannot be driven", do="check the wiring")


def make(
    clock: HandClock, kind: type[SimulatedRelay]
) -> tuple[Door, dict[SignName, SimulatedRelay]]:
    pins = {name: kind(RelaySettings(pin, True, "simulated")) for name, pin in PINS.items()}
    relay = SimulatedRelay(RelaySettings("GPIO17", True, "simulated"))
    rules = PulseRules(Seconds(3.0))
    return Door(relay, rules, lambda _: None, clock, signs=Signs(pins)), pins


def test_they_show_the_state_of_the_door() -> None:
    clock = HandClock()
    door, pins = make(clock, SimulatedRelay)
    shown = []
    for kind in (None, Kind.EXIT, Kind.LOCK_DOWN, Kind.LEAF_OPENED, Kind.LEAF_CLOSED, Kind.LIFT):
        if kind is not None:
            door.take(kind)
        shown.append([name for name, pin in pins.items() if pin.energized])
        clock.sleep(1.0)
    alarm: list[SignName] = ["alarm_light"]
    assert shown == [[], ["open_light"], alarm, ["buzzer", "alarm_light"], alarm, []]
    door.close()
    assert not any(pin.history[-1].driven for pin in pins.values())


def test_a_broken_light_is_told_once_and_the_door_opens(caplog: pytest.LogCaptureFixture) -> None:
    clock = HandClock()
    door, _ = make(clock, DeadPin)
    for _ in range(3):
        assert door.grant(grant(clock.now)) is Answer.OPENED
        clock.sleep(3.0)
        door.check()
    door.close()
    assert caplog.text.count("the open light cannot be driven") == 1
