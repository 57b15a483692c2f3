import os
import time
from pathlib import Path

import pytest
from support.measured import board

from faceidd.daemon.board import MOST_ZONES, Board


def test_a_board_says_how_warm_it_is_and_what_holds_it_back(tmp_path: Path) -> None:
    warm = board(tmp_path)
    assert warm.temperatures() == {"cpu-thermal": 61.234}
    throttling = warm.throttling()
    assert throttling is not None
    assert not any(throttling.now.values())
    assert [name for name, is_so in throttling.since_start.items() if is_so] == ["under_voltage"]
    assert warm.memory() == {"rss": 1 << 20, "pss": 512 << 10}
    assert warm.memory(77) == {"rss": 2 << 20, "pss": 1 << 20}
    assert (warm.processor(), warm.processor(77), warm.processor(78)) == (31.0, 21.0, None)


@pytest.mark.parametrize(
    ("content", "now", "since_start"),
    [
        ("0", set(), set()),
        ("0x50005", {"under_voltage", "throttled"}, {"under_voltage", "throttled"}),
        ("80008", {"temperature_limited"}, {"temperature_limited"}),
        ("2", {"frequency_capped"}, set()),
    ],
)
def test_the_bits_of_the_firmware_are_read(
    tmp_path: Path, content: str, now: set[str], since_start: set[str]
) -> None:
    (tmp_path / "throttled").write_text(content)
    throttling = Board(throttled=tmp_path / "throttled").throttling()
    assert throttling is not None
    assert {name for name, is_so in throttling.now.items() if is_so} == now
    assert {name for name, is_so in throttling.since_start.items() if is_so} == since_start


@pytest.mark.parametrize(("alarm", "is_low"), [("1", True), ("0", False)])
def test_another_kernel_says_whether_the_voltage_is_low(
    tmp_path: Path, alarm: str, is_low: bool
) -> None:
    for number, name in enumerate(("cpu_thermal", "rpi_volt")):
        (tmp_path / f"hwmon{number}").mkdir()
        (tmp_path / f"hwmon{number}" / "name").write_text(f"{name}\n")
    (tmp_path / "hwmon1" / "in0_lcrit_alarm").write_text(f"{alarm}\n")
    throttling = Board(throttled=tmp_path / "none", sensors=tmp_path).throttling()
    assert throttling is not None
    assert (throttling.now, throttling.since_start) == ({"under_voltage": is_low}, {})


def test_a_machine_that_says_nothing_is_no_fault(tmp_path: Path) -> None:
    nothing = Board(tmp_path / "a", tmp_path / "b", tmp_path / "c", tmp_path / "d")
    assert (nothing.temperatures(), nothing.throttling(), nothing.memory()) == ({}, None, {})
    (tmp_path / "b").write_text("no number")
    assert nothing.throttling() is None


def test_zones_are_bounded_and_those_without_a_number_left_out(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"thermal_zone{number:02}").mkdir()
        (tmp_path / f"thermal_zone{number:02}" / "temp").write_text("1000" if number else "N/A")
    zones = Board(thermal=tmp_path).temperatures()
    assert len(zones) == MOST_ZONES - 1
    assert zones["thermal_zone01"] == 1.0


def test_this_machine_says_what_this_process_needs() -> None:
    before, spent = time.process_time(), Board().processor(os.getpid())
    assert Board().memory(os.getpid()).get("rss", 1) > 0
    assert spent == pytest.approx(before, abs=0.5)
