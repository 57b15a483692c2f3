import re
import shutil
import subprocess
from pathlib import Path

import pytest

from faceidd.daemon.claim import DEFAULT_FOLDER
from faceidd.daemon.config_sync import SyncConfig

SYSTEMD = Path(__file__).parents[2] / "systemd"
NAMES = ("faceidd-sync.service", "faceidd-sync.timer", "faceidd-sync.path")
MOST_EXPOSURE = 1.5


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The units, starting a program that every machine has."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for name in NAMES:
        text = (SYSTEMD / name).read_text().replace("/usr/bin/faceidd", "/bin/true")
        (tmp_path / name).write_text(text)
    return [tmp_path / name for name in NAMES]


def test_systemd_takes_the_units_without_a_word(units: list[Path]) -> None:
    verdict = subprocess.run(
        ["systemd-analyze", "verify", *map(str, units)], capture_output=True, text=True, check=False
    )
    assert (verdict.returncode, verdict.stdout, verdict.stderr) == (0, "", "")


def test_the_service_exposes_little(units: list[Path]) -> None:
    verdict = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(units[0])],
        capture_output=True,
        text=True,
        check=False,
    )
    exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", verdict.stdout)
    assert exposure is not None, verdict.stderr
    assert float(exposure[1]) <= MOST_EXPOSURE


def test_a_model_that_is_tried_may_ask_what_the_processor_can() -> None:
    assert not re.search("^ProcSubset=pid", (SYSTEMD / NAMES[0]).read_text(), re.MULTILINE)


def test_the_unit_waits_for_the_trust_file_of_the_configuration() -> None:
    (file,) = re.findall(
        r"^ConditionPathExists=(.+)$", (SYSTEMD / NAMES[0]).read_text(), re.MULTILINE
    )
    assert Path(file) == SyncConfig().trust


def test_a_sync_that_hangs_is_ended_after_its_own_limit() -> None:
    (limit,) = re.findall(
        r"^TimeoutStartSec=(\d+)$", (SYSTEMD / NAMES[0]).read_text(), re.MULTILINE
    )
    assert int(limit) > SyncConfig().total_s


def test_the_file_that_asks_for_a_sync_lies_where_the_daemon_may_write() -> None:
    (file,) = re.findall(r"^PathChanged=(.+)$", (SYSTEMD / NAMES[2]).read_text(), re.MULTILINE)
    assert Path(file).parent == DEFAULT_FOLDER


def test_the_service_sees_the_name_of_this_run_of_the_kernel() -> None:
    assert "\nProcSubset=" not in (SYSTEMD / NAMES[0]).read_text()
