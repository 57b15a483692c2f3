"""The kernel says how it has the door's lines; no line is taken and no relay moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.gpio_chip import GpioChip, installed
from support.installations import found, installation, verdicts

from faceidd.checkup.pins import check_pins

WIRED = {"door": {"contact": {"pin": "GPIO27"}, "buzzer": {"pin": "GPIO23"}}}


@pytest.fixture
def chip() -> Iterator[GpioChip]:
    """The GPIO chip of a board that this process runs on."""
    chip = GpioChip()
    with contextmanager(installed)(chip):
        yield chip


def test_free_lines_are_well_and_untouched(chip: GpioChip, tmp_path: Path) -> None:
    check = found(check_pins(installation(tmp_path, WIRED)))["pins"]
    assert (check.verdict, check.reason) == (
        "ok",
        "free: relay GPIO17, buzzer GPIO23, contact GPIO27",
    )
    assert check.figures["relay"] == "pinctrl-bcm2835 17, input"
    assert (chip.history, chip.claimed_on, chip.opened) == ({}, {}, 0)


def test_a_line_that_another_program_has_is_told(chip: GpioChip, tmp_path: Path) -> None:
    chip.takers[17] = ("led-driver", True)
    check = found(check_pins(installation(tmp_path, WIRED)))["pins"]
    assert check.verdict == "fail"
    assert "relay GPIO17 by led-driver" in check.reason


def test_the_lines_of_the_running_daemon_are_well(chip: GpioChip, tmp_path: Path) -> None:
    chip.takers |= {17: ("lg", True), 23: ("lg", True), 27: ("lg", False)}
    check = found(check_pins(installation(tmp_path, WIRED, holder=77)))["pins"]
    assert (check.verdict, "the running daemon has" in check.reason) == ("ok", True)
    chip.takers[17] = ("lg", False)
    assert verdicts(check_pins(installation(tmp_path, WIRED, holder=77))) == {"pins": "fail"}
    del chip.takers[17]
    free = found(check_pins(installation(tmp_path, WIRED, holder=77)))["pins"]
    assert (free.verdict, "relay is free" in free.reason) == ("fail", True)


def test_a_line_that_is_driven_by_nobody_is_told(chip: GpioChip, tmp_path: Path) -> None:
    chip.takers[17] = ("", True)
    check = found(check_pins(installation(tmp_path, WIRED)))["pins"]
    assert (check.verdict, check.mend) == ("warn", "faceidd door release puts them at rest")


@pytest.mark.parametrize("label", [None, "pinctrl-rp1"])
def test_a_pin_that_is_not_there_is_told(chip: GpioChip, tmp_path: Path, label: str | None) -> None:
    door = {"contact": {"pin": "BELL"}, "chip": label}
    checks = verdicts(check_pins(installation(tmp_path, {"door": door})))
    expected = {"pins": "fail"} if label else {"pins": "ok", "pins.contact": "fail"}
    assert checks == expected
    assert chip.opened == 0


def test_pins_that_are_simulated_move_nothing(tmp_path: Path) -> None:
    door = {"door": {"pin_factory": "simulated"}}
    assert verdicts(check_pins(installation(tmp_path, door))) == {"pins": "warn"}
