"""A stage that hangs starves the watchdog of a real daemon; what nothing can mend does not."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.mjpeg_camera import MjpegCamera
from support.running import PATIENCE_S, Run
from support.small_door import Settings, jpeg, visit

from faceidd.camera.latest import LatestFrame
from faceidd.daemon import supervisor, vitals
from faceidd.daemon.attention import Attention
from faceidd.daemon.upkeep import Upkeep
from faceidd.daemon.watch import Watch

SILENCE_S = 0.6
"""Several times the pace in which a living daemon is heard here."""


class Manager:
    """A service manager's socket."""

    def __init__(self, address: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(address))

    def wait(self, wanted: str) -> str:
        """Wait for a message that holds this."""
        self._socket.settimeout(PATIENCE_S)
        while wanted not in (told := self._socket.recv(4096).decode()):
            pass
        return told

    def is_silent(self) -> bool:
        """Whether the watchdog is heard of no more; what was sent before is passed over."""
        self._socket.setblocking(False)
        try:
            while True:
                self._socket.recv(4096)
        except BlockingIOError:
            pass
        self._socket.settimeout(SILENCE_S)
        try:
            while "WATCHDOG" not in self._socket.recv(4096).decode():
                pass
        except TimeoutError:
            return True
        return False

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setattr(supervisor, "FEED_EVERY", 0.05)
    for name in ("CAMERA_MARGIN", "DECIDED_WITHIN", "KEPT_WITHIN"):
        monkeypatch.setattr(vitals, name, 0.3)
    monkeypatch.setattr("faceidd.door.keeper.ROUND", 0.1)
    manager = Manager(tmp_path / "notify")
    yield manager
    manager.close()


@pytest.fixture
def camera(settings: Settings) -> Iterator[MjpegCamera]:
    with MjpegCamera([jpeg(visit())]) as camera:
        settings["camera"] = {"source": camera.url, "read_timeout_s": 0.2}
        settings["detector"] = {"idle_look_s": 0.1}
        yield camera


@pytest.mark.usefixtures("camera")
def test_each_stage_that_moves_no_more_is_missed_and_named(
    settings: Settings, manager: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Run(settings) as run:
        manager.wait("STATUS=door front")
        manager.wait("WATCHDOG=1")
        with monkeypatch.context() as hung:
            hung.setattr(Attention, "wants", lambda *_: False)
            manager.wait("STATUS=hung: decisions")
            assert manager.is_silent()
        manager.wait("WATCHDOG=1")
        with monkeypatch.context() as hung:
            hung.setattr(LatestFrame, "take", _nothing)
            manager.wait("STATUS=hung: frames")
            assert manager.is_silent()
        manager.wait("WATCHDOG=1")
        with _hung_network(monkeypatch) as begun:
            assert begun.wait(PATIENCE_S)
            assert manager.is_silent()
        manager.wait("WATCHDOG=1")
        door = run.daemon._door  # noqa: SLF001 - its thread is made to hang
        with _hung_keeper(monkeypatch, door._changed):  # noqa: SLF001 - its thread is made to hang
            manager.wait("STATUS=hung: the door's deadlines")
            assert manager.is_silent()
        assert not run.ended.done()


def test_a_camera_that_is_lost_and_told_so_restarts_nothing(
    settings: Settings, camera: MjpegCamera, manager: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Run(settings):
        manager.wait("READY=1")
        camera.close()
        manager.wait("without its camera")
        for _ in range(2):  # rounds without a frame are longer than what may be missed here
            manager.wait("WATCHDOG=1")
        monkeypatch.setattr(Upkeep, "loss_told", property(lambda _: False))
        manager.wait("STATUS=hung: frames")
        assert manager.is_silent()


def _nothing(*_: object) -> None:
    threading.Event().wait(0.05)


@contextmanager
def _hung_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Let a look hang for as long as this is a context; set once it does."""
    begun, over = threading.Event(), threading.Event()
    look: Callable[..., object] = Watch.look

    def hang(*args: object) -> object:
        begun.set()
        over.wait(PATIENCE_S)
        return look(*args)

    monkeypatch.setattr(Watch, "look", hang)
    try:
        yield begun
    finally:
        over.set()


@contextmanager
def _hung_keeper(monkeypatch: pytest.MonkeyPatch, changed: threading.Condition) -> Iterator[None]:
    """Let the deadline thread hang where it waits, without the door's lock."""
    over = threading.Event()

    def hang(_timeout: float) -> None:
        changed.release()
        over.wait(PATIENCE_S)
        changed.acquire()

    monkeypatch.setattr(changed, "wait", hang)
    try:
        yield
    finally:
        over.set()
