"""Clock, disks, board, systemd: what the machine below a door says of itself."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.installations import found, installation, verdicts
from support.measured import board

from faceidd.checkup.board import check_board
from faceidd.checkup.clock import check_clock
from faceidd.checkup.disk import Disk, check_disk, find_disks, judge_disk
from faceidd.checkup.kernel_clock import KernelClock, kernel_clock
from faceidd.checkup.unit import parse_unit
from faceidd.daemon.board import Board
from faceidd.units import Seconds

MB = 1 << 20
KEPT = KernelClock(synchronized=True, most_error=Seconds(0.02))
LOOSE = KernelClock(synchronized=False, most_error=Seconds(16.0))


def test_this_kernel_says_whether_its_clock_is_kept_right() -> None:
    clock = kernel_clock()
    assert clock is not None
    assert clock.most_error >= 0


@pytest.mark.parametrize(
    ("kernel", "shift", "clock_file", "verdict", "words"),
    [
        (KEPT, 0, None, "ok", "kept right to 0.0 s"),
        (LOOSE, 0, None, "warn", "nothing keeps it right"),
        (None, 0, None, "warn", "the kernel does not say"),
        (KEPT, -1, None, "fail", "when a file of the door changed"),
        (KEPT, 0, "gone", "fail", "what needs the clock is denied"),
    ],
)
def test_a_clock_that_may_be_wrong_is_told(
    tmp_path: Path,
    kernel: KernelClock | None,
    shift: int,
    clock_file: str | None,
    verdict: str,
    words: str,
) -> None:
    policy = {"clock_file": None if clock_file is None else str(tmp_path / clock_file)}
    one = installation(tmp_path, {"policy": policy})
    now = datetime.now(UTC) + timedelta(hours=shift)
    check = found(check_clock(one, lambda: kernel, lambda: now))["clock"]
    assert (check.verdict, words in check.reason) == (verdict, True)
    assert check.figures["synchronized"] == (None if kernel is None else kernel.synchronized)


@pytest.mark.parametrize(
    ("more", "verdict", "words"),
    [
        ({}, "ok", "2000 MB free"),
        ({"free": 100 * MB}, "warn", "100 MB free"),
        ({"free": MB}, "fail", "cannot write"),
        ({"nodes": 3}, "fail", "3 files can be made"),
        ({"nodes": 200}, "warn", "200 files can be made"),
        ({"nodes": None}, "ok", "free"),
        ({"read_only": True}, "fail", "is read-only"),
        ({"kind": "tmpfs"}, "warn", "it is memory"),
    ],
)
def test_a_disk_is_judged_by_what_the_door_can_write(
    more: dict[str, Any], verdict: str, words: str
) -> None:
    whole: dict[str, Any] = {"kind": "ext4", "free": 2000 * MB, "nodes": 9999, "read_only": False}
    disk = Disk(folder=Path("/state"), keys=("policy.state_dir",), **{**whole, **more})
    check = judge_disk(disk, "disk")
    assert (check.verdict, words in check.reason) == (verdict, True)


def test_the_disks_of_a_door_are_found_once_each(tmp_path: Path) -> None:
    config = installation(tmp_path).config
    device = os.stat(tmp_path).st_dev  # noqa: PTH116 - beside os.major
    mounts = tmp_path / "mountinfo"
    number = f"{os.major(device)}:{os.minor(device)}"
    mounts.write_text(f"36 35 {number} / / rw,noatime master:1 - f2fs /dev/root rw\n")
    (disk,) = find_disks(config, mounts)
    assert (disk.kind, disk.folder) == ("f2fs", tmp_path)
    assert set(disk.keys) == {"policy.state_dir", "gallery.file", "sync.state_dir"}


@pytest.mark.parametrize(
    ("life", "expected"),
    [("0x01 0x02", "ok"), ("0x0a 0x01", "warn"), ("0x0b 0x0b", "warn"), ("0x00 0x00", None)],
)
def test_a_worn_card_is_told(tmp_path: Path, life: str, expected: str | None) -> None:
    file = tmp_path / "blocks" / "mmcblk0" / "device" / "life_time"
    file.parent.mkdir(parents=True)
    file.write_text(f"{life}\n")
    checks = found(check_disk(installation(tmp_path), tmp_path / "blocks"))
    worn = checks.get("disk.wear")
    assert (None if worn is None else worn.verdict.value) == expected


@pytest.mark.parametrize(
    ("degrees", "bits", "verdict", "words"),
    [
        (50, "0", "ok", "50 °C"),
        (72, "0", "warn", "slows down"),
        (50, "50000", "warn", "since its start it was held back: under_voltage, throttled"),
        (50, "50005", "fail", "held back now: under_voltage"),
        (85, "80008", "warn", "held back now: temperature_limited"),
    ],
)
def test_a_board_that_is_hot_or_short_of_power_is_told(
    tmp_path: Path, degrees: int, bits: str, verdict: str, words: str
) -> None:
    warm = board(tmp_path)
    (tmp_path / "thermal" / "thermal_zone0" / "temp").write_text(f"{degrees}000\n")
    (tmp_path / "throttled").write_text(bits)
    check = found(check_board(installation(tmp_path, board=warm)))["board"]
    assert (check.verdict, words in check.reason) == (verdict, True)
    assert check.figures["cpu-thermal_celsius"] == degrees


def test_a_machine_that_tells_nothing_is_skipped(tmp_path: Path) -> None:
    mute = Board(tmp_path / "a", tmp_path / "b", tmp_path / "c")
    assert verdicts(check_board(installation(tmp_path, board=mute))) == {"board": "skipped"}


def test_what_systemctl_shows_is_read() -> None:
    unit = parse_unit("LoadState=loaded\nActiveState=failed\nResult=exit-code\nNRestarts=3\nId=x\n")
    assert unit.is_installed
    assert (unit.active, unit.result, unit.restarts, unit.user) == ("failed", "exit-code", "3", "")
    assert not parse_unit("").is_installed
