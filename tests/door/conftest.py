"""Relays over both factories in both polarities, and doors that have them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from queue import Queue

import pytest
from support.coil import Coil
from support.gpio_chip import GpioChip, installed
from support.hand_clock import HandClock

from faceidd.clock import Clock
from faceidd.door.change import DoorChange
from faceidd.door.door import Door
from faceidd.door.pulse import PulseRules
from faceidd.door.relay import PinFactoryName, Relay, RelaySettings, open_relay
from faceidd.door.simulated import SimulatedRelay
from faceidd.units import Seconds

GPIO = 17
PULSE_S = 3.0

Told = Queue[DoorChange]
MakeDoor = Callable[..., Door]


@pytest.fixture
def chip() -> Iterator[GpioChip]:
    """The GPIO chip of a board that this process runs on."""
    chip = GpioChip()
    with contextmanager(installed)(chip):
        yield chip


@pytest.fixture(params=["high", "low"])
def active_high(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "high")


@pytest.fixture(params=["lgpio", "simulated"])
def coil(request: pytest.FixtureRequest, active_high: bool, chip: GpioChip) -> Iterator[Coil]:
    """A relay on GPIO17."""
    factory: PinFactoryName = request.param
    relay = open_relay(RelaySettings(f"GPIO{GPIO}", active_high, factory))

    def history() -> list[bool]:
        if isinstance(relay, SimulatedRelay):
            return [one.driven and one.high == active_high for one in relay.history]
        return [line.level == active_high for line in chip.history[GPIO]]

    yield Coil(relay, history)
    relay.close()


@pytest.fixture
def told() -> Told:
    """What the door's listener is told."""
    return Queue()


@pytest.fixture
def make_door(told: Told) -> Iterator[MakeDoor]:
    """Makes doors that are closed after the test."""
    with ExitStack() as doors:

        def make(
            relay: Relay,
            clock: Clock,
            *,
            pulse_s: float = PULSE_S,
            listener: Callable[[DoorChange], None] = told.put,
        ) -> Door:
            door = Door(relay, PulseRules(Seconds(pulse_s)), listener, clock)
            doors.callback(door.close)
            return door

        yield make


@pytest.fixture
def clock() -> HandClock:
    """A clock that stands at 1000."""
    return HandClock(1000.0)


@pytest.fixture
def board_relay(chip: GpioChip) -> Relay:
    """A relay on GPIO17 of the chip, energized by a high pin."""
    assert not chip.history
    return open_relay(RelaySettings("GPIO17", True, "lgpio"))
