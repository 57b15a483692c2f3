"""What the service manager hears of a daemon from its start to its end."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from support.running import PATIENCE_S
from support.small_door import Settings

from faceidd.daemon.config import Config
from faceidd.daemon.daemon import Daemon
from faceidd.errors import CameraError


def test_the_service_manager_is_told_of_the_start_each_round_and_the_end(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, ThreadPoolExecutor() as pool:
        manager.bind(address)
        manager.settimeout(PATIENCE_S)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        told = pool.submit(_read_states, manager)
        with Daemon(Config.model_validate(settings)) as daemon:
            daemon.run(threading.Event())
    states = told.result()
    assert [one.partition(":")[0] for one in states[:3]] == ["STATUS=starting"] * 3
    assert states[3].startswith("READY=1\nSTATUS=door front locked")
    assert states.count("WATCHDOG=1") >= 1
    assert states[-1] == "STOPPING=1\nSTATUS=stopping"


def test_a_door_that_did_not_start_is_not_ready(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        settings["camera"]["source"] = __file__  # no video
        with pytest.raises(CameraError):
            Daemon(Config.model_validate(settings))
        told = []
        with suppress(BlockingIOError):
            while True:
                told.append(manager.recv(1000).decode())
    assert told
    assert not any("READY" in one for one in told)


def _read_states(manager: socket.socket) -> list[str]:
    states = [manager.recv(1000).decode()]
    while not states[-1].startswith("STOPPING=1"):
        states.append(manager.recv(1000).decode())
    return states
