"""A line is found by its name and its chip's label, never by the chip's number."""

import pytest
from support.gpio_chip import GpioChip

from faceidd.door.lgpio import open_lgpio
from faceidd.door.relay import RelaySettings
from faceidd.errors import DoorError

HEADER = [f"GPIO{number}" for number in range(28)]
PI_5_OLD = {0: ("gpio-brcmstb@107d508500", ["-"] * 32), 4: ("pinctrl-rp1", HEADER)}
PI_5_NEW = {0: ("pinctrl-rp1", HEADER), 10: ("gpio-brcmstb@107d508500", ["-"] * 32)}
PI_3 = {0: ("pinctrl-bcm2835", [""] * 54), 1: ("raspberrypi-exp-gpio", ["BT_ON"] + [""] * 7)}
OTHER_BOARD = {0: ("300b000.pinctrl", ["", "DOOR_LOCK"]), 1: ("7022000.pinctrl", ["", "", "BELL"])}


def claimed(chip: GpioChip, pin: str, label: str | None = None) -> dict[int, int]:
    open_lgpio(RelaySettings(pin, True, "lgpio", chip=label)).close()
    assert chip.opened == 0
    return chip.claimed_on


@pytest.mark.parametrize(
    ("chips", "pin", "label", "line"),
    [
        (PI_5_OLD, "GPIO17", None, {17: 4}),
        (PI_5_NEW, "GPIO17", None, {17: 0}),
        (PI_5_NEW, "GPIO17", "pinctrl-rp1", {17: 0}),
        (PI_5_OLD, "BOARD11", None, {17: 4}),
        (PI_3, "GPIO17", None, {17: 0}),
        (PI_3, "J8:11", None, {17: 0}),
        (PI_3, "GPIO3", "raspberrypi-exp-gpio", {3: 1}),
        (OTHER_BOARD, "DOOR_LOCK", None, {1: 0}),
        (OTHER_BOARD, "GPIO2", "7022000.pinctrl", {2: 1}),
    ],
)
def test_the_line_that_is_meant_is_claimed(
    chip: GpioChip,
    chips: dict[int, tuple[str, list[str]]],
    pin: str,
    label: str | None,
    line: dict[int, int],
) -> None:
    chip.chips = chips
    assert claimed(chip, pin, label) == line


@pytest.mark.parametrize("pin", ["DOOR_LOCK", "GPIO54", "BOARD1", "BOARD41"])
def test_a_line_that_is_not_there_is_told(chip: GpioChip, pin: str) -> None:
    chip.chips = PI_3
    with pytest.raises(DoorError, match=f"{pin} is no GPIO pin of this board"):
        claimed(chip, pin)
    assert chip.opened == 0


def test_on_another_board_a_bare_number_needs_its_chip(chip: GpioChip) -> None:
    chip.chips = OTHER_BOARD
    with pytest.raises(DoorError, match="GPIO1 is no GPIO pin"):
        claimed(chip, "GPIO1")


def test_a_label_that_is_not_there_is_told(chip: GpioChip) -> None:
    with pytest.raises(DoorError, match=r"no GPIO chip labeled pinctrl-rp1.*door\.chip"):
        claimed(chip, "GPIO17", "pinctrl-rp1")


def test_a_name_that_two_lines_have_is_told(chip: GpioChip) -> None:
    chip.chips = {0: ("one", ["LOCK"]), 1: ("two", ["LOCK"])}
    with pytest.raises(DoorError, match=r"more than one line LOCK.*one, two"):
        claimed(chip, "LOCK")
    assert claimed(chip, "LOCK", "two") == {0: 1}
