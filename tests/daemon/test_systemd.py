import contextlib
import logging
import re
import shutil
import socket
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from faceidd.daemon.claim import DEFAULT_FOLDER
from faceidd.daemon.systemd import AT_ONCE, READY_PATIENCE, notify
from faceidd.units import Seconds

UNIT = Path(__file__).parents[2] / "systemd" / "faceidd.service"
MOST_EXPOSURE = 1.5


@pytest.fixture
def manager() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.settimeout(10)
        yield manager


@pytest.fixture
def analyzed(tmp_path: Path) -> Path:
    """The unit, starting a program that every machine has."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / UNIT.name
    text = re.sub(
        r"^(Exec\w+=)/usr/bin/faceidd", r"\1/bin/true", UNIT.read_text(), flags=re.MULTILINE
    )
    unit.write_text(text)
    return unit


@pytest.mark.parametrize("state", ["READY=1", "WATCHDOG=1", "STATUS=watching\nSTOPPING=1"])
def test_the_service_manager_is_told(
    manager: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    address = tmp_path / "notify"
    manager.bind(str(address))
    monkeypatch.setenv("NOTIFY_SOCKET", str(address))
    notify(state)
    assert manager.recv(4096) == state.encode()


def test_an_abstract_socket_is_reached(
    manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"faceidd-test-{uuid.uuid4()}"
    manager.bind("\0" + name)
    monkeypatch.setenv("NOTIFY_SOCKET", "@" + name)
    notify("READY=1")
    assert manager.recv(4096) == b"READY=1"


@pytest.mark.parametrize("address", [None, ""])
def test_without_a_service_manager_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, address: str | None
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    if address is not None:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify("READY=1")
    assert not caplog.records


def test_a_service_manager_that_is_gone_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    with caplog.at_level(logging.WARNING):
        notify("WATCHDOG=1")
    assert "systemd was not told 'WATCHDOG=1'" in caplog.text


@pytest.mark.parametrize("patience", [AT_ONCE, READY_PATIENCE])
def test_a_service_manager_that_does_not_read_stops_nothing(
    manager: socket.socket,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    patience: Seconds,
) -> None:
    address = tmp_path / "notify"
    manager.bind(str(address))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stuffing:
        stuffing.connect(str(address))
        stuffing.setblocking(False)
        with contextlib.suppress(BlockingIOError):  # its queue is full
            while True:
                stuffing.send(b"WATCHDOG=1")
        monkeypatch.setenv("NOTIFY_SOCKET", str(address))
        notify("WATCHDOG=1", patience)
    assert "systemd was not told 'WATCHDOG=1'" in caplog.text


def test_systemd_takes_the_unit_without_a_word(analyzed: Path) -> None:
    verdict = subprocess.run(
        ["systemd-analyze", "verify", str(analyzed)], capture_output=True, text=True, check=False
    )
    assert (verdict.returncode, verdict.stdout, verdict.stderr) == (0, "", "")


def test_the_unit_exposes_little(analyzed: Path) -> None:
    verdict = subprocess.run(
        [
            "systemd-analyze",
            "security",
            "--offline=true",
            "--no-pager",
            f"--threshold={round(MOST_EXPOSURE * 10)}",
            str(analyzed),
        ],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip - one option a line reads worse
    exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", verdict.stdout)
    assert exposure is not None, verdict.stderr
    assert float(exposure[1]) <= MOST_EXPOSURE


def test_the_pin_is_put_at_rest_by_the_same_program_and_configuration() -> None:
    commands = re.findall(r"^(Exec\w+)=(.+)$", UNIT.read_text(), flags=re.MULTILINE)
    program, _, arguments = dict(commands)["ExecStart"].partition(" run ")
    assert commands == [
        ("ExecStart", f"{program} run {arguments}"),
        ("ExecReload", f"{program} config check {arguments}"),
        ("ExecReload", "/bin/kill -HUP $MAINPID"),
        ("ExecStopPost", f"{program} door release {arguments}"),
    ]


def test_what_the_daemon_drives_is_known_after_it() -> None:
    settings = dict(re.findall(r"^(Runtime\w+)=(.+)$", UNIT.read_text(), flags=re.MULTILINE))
    assert settings["RuntimeDirectory"] == DEFAULT_FOLDER.name
    assert settings["RuntimeDirectoryPreserve"] == "yes"
