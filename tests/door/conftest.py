"""Relays over both factories in both polarities, and doors that have them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Queue

import pytest
from support.coil import Coil
from support.gpio_chip import GpioChip, installed
from support.gpio_sim import LABEL, WatchedRelay, find_gpio_sim
from support.hand_clock import HandClock
from support.wire import Wire

from faceidd.clock import Clock
from faceidd.door.change import DoorChange
from faceidd.door.door import Door
from faceidd.door.line import LineSettings, open_line
from faceidd.door.pulse import PulseRules
from faceidd.door.relay import PinFactoryName, Relay, RelaySettings, open_relay
from faceidd.door.simulated import SimulatedLine, SimulatedRelay
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


SIM = find_gpio_sim()
BACKENDS = ["lgpio", "simulated"]
if SIM is not None:  # elsewhere there is nothing to run it on, and nothing to skip
    BACKENDS.append("gpio_sim")


@pytest.fixture(params=BACKENDS)
def coil(request: pytest.FixtureRequest, active_high: bool) -> Iterator[Coil]:
    """A relay on GPIO17."""
    if request.param == "gpio_sim":
        yield from _sim_coil(active_high)
        return
    chip: GpioChip = request.getfixturevalue("chip")
    factory: PinFactoryName = request.param
    relay = open_relay(RelaySettings(f"GPIO{GPIO}", active_high, factory))

    def history() -> list[bool]:
        if isinstance(relay, SimulatedRelay):
            return [one.driven and one.high == active_high for one in relay.history]
        return [line.level == active_high for line in chip.history[GPIO]]

    yield Coil(relay, history)
    relay.close()


def _sim_coil(active_high: bool) -> Iterator[Coil]:
    assert SIM is not None
    settings = RelaySettings(f"GPIO{GPIO}", active_high, "lgpio", chip=LABEL)
    relay = WatchedRelay(open_relay(settings), SIM, GPIO, active_high=active_high)
    yield Coil(relay, lambda: relay.history)
    relay.close()


@pytest.fixture(params=[*BACKENDS, "simulated_file"])
def wire(request: pytest.FixtureRequest, active_high: bool, tmp_path: Path) -> Iterator[Wire]:
    """An input on GPIO27, pulled up."""
    backend: str = request.param
    chip: GpioChip | None = request.getfixturevalue("chip") if backend == "lgpio" else None
    settings = LineSettings(
        "GPIO27",
        active_high,
        "up",
        "lgpio" if backend in {"lgpio", "gpio_sim"} else "simulated",
        LABEL if backend == "gpio_sim" else None,
        tmp_path if backend == "simulated_file" else None,
    )
    line = open_line(settings)

    def drive(high: bool) -> None:
        if chip is not None:
            chip.drive(27, int(high))
        elif SIM is not None and backend == "gpio_sim":
            SIM.pull(27, up=high)
        elif backend == "simulated_file":
            (tmp_path / "GPIO27").write_text(f"in {high:d}\n")
        else:
            assert isinstance(line, SimulatedLine)
            line.drive(high == active_high)

    yield Wire(line, drive)
    line.close()


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
