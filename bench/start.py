"""How soon a door is ready after its process was started, has decided on a frame, and is gone.

A whole daemon, `faceidd run`, before an MJPEG camera that shows somebody it knows, with a broker.
Each start is a new process; READY and the first decision are what it tells its service manager.
Beside the time that passed stands that time less what the daemon's main thread waited for a
processor which others had: the kernel counts that, and on a busy machine only the rest is the
daemon's doing. Then it is ended, in states in which it might have to wait.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from support.mjpeg_camera import MjpegCamera
from support.mute_server import MuteServer
from support.small_door import Settings, furnish, jpeg, visit

from bench.setup import options
from faceidd.events.embedded import EmbeddedBroker

MOST_READY_S = 1.5
MOST_STOP_S = 2.0
DROP_CACHES = Path("/proc/sys/vm/drop_caches")
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Start:
    """What one start took, in seconds from the process's start.

    Attributes:
        ready: Until READY.
        ready_alone: The same, less what was waited for a processor.
        decided: Until the first frame was decided on.
        decided_alone: The same, less what was waited for a processor.
        processor: Processor time of the daemon's main thread until READY.
        stop: From SIGTERM to its end.
    """

    ready: float
    ready_alone: float
    decided: float
    decided_alone: float
    processor: float
    stop: float


class Starter:
    """Starts daemons and hears what they tell.

    Args:
        config: Their configuration.
        folder: For the socket and what else they write.
    """

    def __init__(self, config: Path, folder: Path) -> None:
        self._config = config
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(folder / "notify"))
        self._socket.settimeout(PATIENCE_S)
        self._environment = {
            **os.environ,
            "NOTIFY_SOCKET": str(folder / "notify"),
            "RUNTIME_DIRECTORY": str(folder / "run"),
        }
        # An installed package has its modules compiled.
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def start(self, sick: Callable[[], None] = lambda: None, *, look: bool = True) -> Start:
        """Start a daemon, wait for its first decision, and end it.

        Args:
            sick: Done before it is ended.
            look: Whether a decision is to be waited for.
        """
        self._socket.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                self._socket.recv(4096)
        self._socket.settimeout(PATIENCE_S)
        began = time.monotonic()
        command = [sys.executable, "-m", "faceidd", "run", "--config", str(self._config)]
        with subprocess.Popen(  # noqa: S603 - our own program, constant words
            command, env=self._environment, stderr=subprocess.DEVNULL
        ) as daemon:
            self._wait("READY=1")
            ready = time.monotonic() - began
            processor, waited = _scheduled(daemon.pid)
            if look:
                self._wait("; watching")
            decided = time.monotonic() - began
            alone = decided - _scheduled(daemon.pid)[1]
            sick()
            ends = time.monotonic()
            daemon.terminate()
            daemon.wait(PATIENCE_S)
            stop = time.monotonic() - ends
        return Start(ready, ready - waited, decided, alone, processor, stop)

    def _wait(self, wanted: str) -> None:
        while wanted not in self._socket.recv(4096).decode():
            pass


@contextmanager
def door(settings: Settings, folder: Path, **sections: dict[str, object]) -> Iterator[Starter]:
    """A door with these settings."""
    made = {name: dict(part) for name, part in settings.items()}
    for name, part in sections.items():
        made.setdefault(name, {}).update(part)
    with tempfile.TemporaryDirectory(dir=folder) as own:
        file = Path(own) / "faceidd.yaml"
        file.write_text(json.dumps(made))
        yield Starter(file, Path(own))


def drop_caches() -> None:
    """Have the kernel forget what it has read of the disk."""
    os.sync()
    DROP_CACHES.write_text("3")


def starts(starter: Starter, count: int, *, cold: bool) -> bool:
    """Measure the start; tell whether it is soon enough."""
    starter.start()  # compiles what is not compiled yet
    found = [starter.start() for _ in range(count)]
    _tell(f"median of {count}, files in memory", found)
    if cold:
        drop_caches()
        _tell("once, nothing in memory", [starter.start()])
    return statistics.median(one.ready_alone for one in found) <= MOST_READY_S


def stops(settings: Settings, folder: Path, camera: MjpegCamera) -> bool:
    """Measure the end; tell whether it is always soon enough."""
    took: dict[str, float] = {}
    with EmbeddedBroker() as broker:
        mqtt: dict[str, object] = {"host": broker.host, "port": broker.port}
        with door(settings, folder, mqtt=mqtt) as starter:
            took["all is well"] = starter.start().stop
            took["the camera has just frozen"] = starter.start(camera.freeze).stop
            took["the camera hangs since the start"] = starter.start(look=False).stop
            camera.thaw()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with door(settings, folder, mqtt={"host": "127.0.0.1", "port": port}) as starter:
        took["the broker is not there"] = starter.start().stop
    with (
        MuteServer() as mute,
        door(settings, folder, mqtt={"host": mute.host, "port": mute.port}) as starter,
    ):
        took["the broker says nothing"] = starter.start().stop
    for state, seconds in took.items():
        print(f"stopped in {seconds:.2f} s: {state}")
    return max(took.values()) < MOST_STOP_S


def main() -> int:
    """Measure."""
    parser = options(__doc__ or "")
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--cold", action="store_true", help="also once with empty caches; as root")
    parser.add_argument("--no-stops", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, MjpegCamera([jpeg(visit())]) as camera:
        folder = Path(name)
        settings = furnish(folder, arguments.models.resolve())
        settings["camera"] = {"source": camera.url}
        with (
            EmbeddedBroker() as broker,
            door(settings, folder, mqtt={"host": broker.host, "port": broker.port}) as starter,
        ):
            soon = starts(starter, arguments.starts, cold=arguments.cold)
        gone = arguments.no_stops or stops(settings, folder, camera)
    return 0 if soon and gone else 1


def _tell(what: str, found: list[Start]) -> None:
    def median(of: Callable[[Start], float]) -> str:
        return f"{statistics.median(map(of, found)):.2f} s"

    print(
        f"{what}: READY after {median(lambda one: one.ready)},"
        f" {median(lambda one: one.ready_alone)} less the wait for a processor;"
        f" first decision after {median(lambda one: one.decided)},"
        f" {median(lambda one: one.decided_alone)} less the wait;"
        f" processor time until READY {median(lambda one: one.processor)}"
    )


def _scheduled(process: int) -> tuple[float, float]:
    """What a process's main thread ran, and what it waited to be run, in seconds."""
    # https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat
    ran, waited, _ = Path(f"/proc/{process}/schedstat").read_text().split()
    return int(ran) / 1e9, int(waited) / 1e9


if __name__ == "__main__":
    sys.exit(main())
