"""What the kernel is told by the board's relay, and what an admin is told when it refuses."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from gpiozero.exc import PinUnknownPi
from support.gpio_chip import GpioChip, Line, installed

from faceidd.door.lgpio import open_lgpio
from faceidd.door.relay import RelaySettings, rest
from faceidd.errors import DoorError


def _settings(active_high: bool = True, pin: str = "GPIO17") -> RelaySettings:
    return RelaySettings(pin, active_high, "lgpio")


def test_the_first_output_request_carries_the_released_level(
    chip: GpioChip, active_high: bool
) -> None:
    relay = open_lgpio(_settings(active_high))
    before, first = chip.history[17]
    assert not before.driven
    assert first == Line(driven=True, level=int(not active_high))
    relay.close()


def test_a_closed_relay_is_pulled_to_its_released_level(chip: GpioChip, active_high: bool) -> None:
    relay = open_lgpio(_settings(active_high))
    relay.energize()
    relay.close()
    assert chip.history[17][-2:] == [
        Line(driven=True, level=int(not active_high)),
        Line(driven=False, level=int(not active_high)),
    ]
    assert chip.opened == 0


def test_resting_drives_the_relay_released(chip: GpioChip, active_high: bool) -> None:
    rest(_settings(active_high))
    assert Line(driven=True, level=int(not active_high)) in chip.history[17]
    assert Line(driven=True, level=int(active_high)) not in chip.history[17]
    assert chip.opened == 0


def test_a_failed_write_is_a_door_error_and_closing_still_gives_the_pin_back(
    chip: GpioChip,
) -> None:
    relay = open_lgpio(_settings())
    relay.energize()
    chip.write_faults = [chip.error("I/O error")]
    with pytest.raises(DoorError, match="GPIO17 cannot be driven: I/O error"):
        relay.release()
    chip.write_faults = [chip.error("I/O error")]
    with pytest.raises(DoorError, match="I/O error"):
        relay.close()
    relay.close()
    assert chip.history[17][-1] == Line(driven=False, level=0)
    assert chip.opened == 0


def test_a_pin_that_is_held_already_is_told_and_not_disturbed(chip: GpioChip) -> None:
    relay = open_lgpio(_settings())
    relay.energize()
    with pytest.raises(DoorError, match=r"GPIO17 cannot be driven: GPIO busy.*gpioinfo"):
        open_lgpio(_settings())
    assert relay.energized
    relay.close()
    assert chip.opened == 0


def test_a_machine_without_gpio_is_told_to_simulate(chip: GpioChip, tmp_path: Path) -> None:
    chip.open_fault = chip.error("can not open gpiochip")
    with pytest.raises(DoorError, match=r"no GPIO character device.*pin_factory: simulated"):
        open_lgpio(_settings(), dev=tmp_path)


def test_missing_permission_is_told(
    chip: GpioChip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = tmp_path / "gpiochip0"
    device.touch(mode=0o000)
    if os.geteuid() == 0:  # nothing is forbidden to root
        monkeypatch.setattr(os, "access", lambda path, *_args, **_how: path != device)
    chip.open_fault = chip.error("can not open gpiochip")
    with pytest.raises(DoorError, match=r"no permission.*gpiochip0.*group gpio"):
        open_lgpio(_settings(), dev=tmp_path)


def test_a_chip_that_fails_otherwise_is_told(chip: GpioChip, tmp_path: Path) -> None:
    (tmp_path / "gpiochip0").touch()
    chip.open_fault = chip.error("no memory")
    with pytest.raises(DoorError, match="cannot be opened: no memory"):
        open_lgpio(_settings(), dev=tmp_path)


def test_a_header_of_a_board_that_is_no_pi_is_told(
    chip: GpioChip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown() -> int:
        raise PinUnknownPi("unable to locate Pi revision")

    (tmp_path / "gpiochip0").touch()
    assert chip.opened == 0
    monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", unknown)
    with pytest.raises(DoorError, match="no Raspberry Pi"):
        open_lgpio(_settings(pin="BOARD11"), dev=tmp_path)


def test_a_missing_lgpio_is_told() -> None:
    with (
        contextmanager(installed)(None),
        pytest.raises(DoorError, match=r"lgpio is not installed.*python3-lgpio"),
    ):
        open_lgpio(_settings())


def test_the_library_is_loaded_from_a_folder_that_cannot_be_written() -> None:
    # The pin exists on no board: on a real one, the test must not move it.
    program = """if True:
        import os
        from faceidd.door.relay import RelaySettings, open_relay
        from faceidd.errors import DoorError
        try:
            open_relay(RelaySettings("GPIO99", True, "lgpio"))
        except DoorError as error:
            print(os.getcwd(), error)
    """
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd="/proc",
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.startswith("/proc ")
