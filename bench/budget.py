"""What a door costs, and on a small board's share: `PYTHONPATH=tests:. python -m bench.budget`.

The daemon, with everything on, runs on the environment of the door's lock, before a network camera
of 640 x 480 at 10 pictures a second, and tells a real mosquitto over TLS. Somebody whom it knows
stands there from the start; then nobody; then that person walks up, three times; then stands there.
Runs without limits and runs in a control group of 256 MB and a quarter of a processor take turns;
the medians are told. Needs root, and mosquitto.
"""

import math
import os
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from support.environment import ROOT, python_of
from support.mjpeg_camera import MjpegCamera
from support.mosquitto import Mosquitto
from support.seeing import recognizer
from support.small_door import Settings, furnish, jpeg, write
from support.started_daemon import StartedDaemon
from support.walk import NOBODY, WALKS_UP, walk
from support.whole_door import RELAY, complete

from bench.cgroup import ControlGroup
from bench.setup import MODELS
from faceidd.camera.frame import Image
from faceidd.door.pin_file import look

RUNS, WALKS = 3, 3
FPS = 10
MEASURED_S, GONE_S = 20.0, 5.0
MEMORY, PROCESSORS = 256 << 20, 0.25
MOST_PSS_MB = 220
PATIENCE_S = 60.0
MIN_FACE_PX = 130


@dataclass(frozen=True, slots=True)
class Costs:
    """What one run cost: seconds, percent, megabytes."""

    ready_s: float
    ready_processor_s: float
    first_opening_s: float
    idle_daemon: float
    idle_capture: float
    busy_daemon: float
    busy_capture: float
    idle_looks: float
    busy_looks: float
    unlock_s: float
    pss_daemon: float
    pss_capture: float
    rss_both: float
    peak: float
    throttled_s: float


ROWS = {
    "ready_s": "process start to READY, s",
    "ready_processor_s": "processor time until then, both processes, s",
    "first_opening_s": "process start to the relay, somebody there from the start, s",
    "unlock_s": "first frame that can be judged to the relay, s (the third frame comes after 0.2)",
    "idle_daemon": "nobody there: daemon, % of a core",
    "idle_capture": "nobody there: capture process, % of a core",
    "idle_looks": "nobody there: frames looked at, %",
    "busy_daemon": "somebody there: daemon, % of a core",
    "busy_capture": "somebody there: capture process, % of a core",
    "busy_looks": "somebody there: frames looked at, %",
    "pss_daemon": "daemon, PSS, MB",
    "pss_capture": "capture process, PSS, MB",
    "rss_both": "both, RSS, MB (counts what they share twice)",
    "peak": "most memory of the group, with files it read first, MB",
    "throttled_s": "time for which processes waited for their share, s of the run",
}


class Camera(MjpegCamera):
    """A camera that counts its pictures, and notes when one was sent first."""

    sent = 0
    sent_at = math.nan
    _awaited: bytes | None = None

    def await_picture(self, picture: bytes) -> None:
        """Note when this one is sent next."""
        self.sent_at, self._awaited = math.nan, picture

    def next_picture(self) -> bytes | None:
        """As before, and note it."""
        picture = super().next_picture()
        self.sent += 1
        if picture is not None and picture is self._awaited:
            self.sent_at, self._awaited = time.monotonic(), None
        return picture


@dataclass(frozen=True, slots=True)
class Pictures:
    """What comes before the camera, as JPEG files; the first that can be judged is known."""

    nobody: Sequence[bytes]
    walk: Sequence[bytes]
    stands: Sequence[bytes]
    first: bytes


def main() -> int:
    """Print the table; return 1 if both processes keep more than the budget."""
    python = python_of("device")
    pictures = _pictures()
    free: list[Costs] = []
    small: list[Costs] = []
    for _ in range(RUNS):
        for runs, memory, processors in ((free, None, None), (small, MEMORY, PROCESSORS)):
            runs.append(_run(python, pictures, memory, processors))
            print(runs[-1], file=sys.stderr, flush=True)
    print(f"| median of {RUNS} runs | no limits | 256 MB, a quarter of a core |\n|---|---|---|")
    for key, title in ROWS.items():
        cells = (_cell([getattr(run, key) for run in runs]) for runs in (free, small))
        print(f"| {title} | {' | '.join(cells)} |")
    most = max(run.pss_daemon + run.pss_capture for run in (*free, *small))
    print(f"\nboth processes, PSS: {most:.0f} MB at most; the budget is {MOST_PSS_MB} MB")
    return 1 if most > MOST_PSS_MB else 0


def _run(python: Path, pictures: Pictures, memory: int | None, processors: float | None) -> Costs:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = furnish(folder, MODELS.resolve())
        (folder / "broker").mkdir()
        broker = stack.enter_context(Mosquitto(folder / "broker"))
        complete(settings, folder, broker.door_settings(folder))
        camera = stack.enter_context(Camera(pictures.stands, fps=FPS))
        settings["camera"] = {"source": camera.url}
        group = stack.enter_context(ControlGroup(memory=memory, processors=processors))
        command = (python, "-P", "-m", "faceidd", "run", "--config", write(settings, folder))
        environment = {"PYTHONPATH": str(ROOT), "RUNTIME_DIRECTORY": str(folder / "run")}
        daemon = stack.enter_context(
            StartedDaemon(group.joined(command), folder / "log", environment)
        )
        return _Observer(daemon, camera, settings, group).costs(pictures)


class _Observer:
    """Lets people come and go before a running door, and measures."""

    def __init__(
        self, daemon: StartedDaemon, camera: Camera, settings: Settings, group: ControlGroup
    ) -> None:
        self._daemon, self._camera, self._group = daemon, camera, group
        self._pins = Path(str(settings["door"]["pins_dir"]))
        self._metrics = f"http://{settings['metrics']['listen']}/metrics"

    def costs(self, pictures: Pictures) -> Costs:
        ready = self._daemon.wait_ready() - self._daemon.began
        started = sum(_processor_s(process) for process in (self._daemon.pid, self._capture))
        opened = self._wait_open() - self._daemon.began
        self._leave(pictures)
        idle = self._shares()
        unlocks = [self._walk(pictures) for _ in range(WALKS)]
        self._camera.show(pictures.stands)
        self._wait_open()
        busy = self._shares()
        processes = (self._daemon.pid, self._capture)
        pss = [_memory(process, "Pss") for process in processes]
        rss = sum(_memory(process, "Rss") for process in processes)
        usage = self._group.usage()
        return Costs(
            ready, started, opened, idle[0], idle[1], busy[0], busy[1], idle[2], busy[2],
            statistics.median(unlocks), pss[0], pss[1], rss, usage.peak / 1e6, usage.throttled_s,
        )  # fmt: skip

    @property
    def _capture(self) -> int:
        tasks = Path(f"/proc/{self._daemon.pid}/task").glob("*/children")
        (child,) = (int(word) for file in tasks for word in file.read_text().split())
        return child

    def _walk(self, pictures: Pictures) -> float:
        """Seconds from the first picture that can be judged to the relay."""
        self._camera.await_picture(pictures.first)
        self._camera.show(pictures.walk)
        opened = self._wait_open()
        sent_at = self._camera.sent_at
        self._leave(pictures)
        return opened - sent_at

    def _leave(self, pictures: Pictures) -> None:
        self._camera.show(pictures.nobody)
        time.sleep(GONE_S)

    def _wait_open(self) -> float:
        return _wait(lambda: look(self._pins, RELAY) == (True, True), "the door opens")

    def _shares(self) -> tuple[float, float, float]:
        """Share of a processor of daemon and capture, and of frames looked at, in percent."""
        processes = (self._daemon.pid, self._capture)
        began, looks, sent = time.monotonic(), self._looks(), self._camera.sent
        spent = [_processor_s(process) for process in processes]
        time.sleep(MEASURED_S)
        passed = time.monotonic() - began
        daemon, capture = (
            100 * (_processor_s(process) - before) / passed
            for process, before in zip(processes, spent, strict=True)
        )
        return daemon, capture, 100 * (self._looks() - looks) / (self._camera.sent - sent)

    def _looks(self) -> float:
        with urllib.request.urlopen(self._metrics, timeout=10) as answer:  # noqa: S310 - the address of our own daemon
            lines = answer.read().decode().splitlines()
        (line,) = (line for line in lines if line.startswith("faceidd_frames_total "))
        return float(line.split()[1])


def _pictures() -> Pictures:
    """At 20 frames a second the walk is drawn, at 10 it is shown."""
    up, waits = WALKS_UP
    frames = list(walk([up, waits]))[:: 20 // FPS]
    sees = recognizer(MODELS.resolve(), min_face_px=MIN_FACE_PX)
    files = [jpeg(frame) for frame in frames]
    first = next(file for file, frame in zip(files, frames, strict=True) if sees.see(frame).faces)
    return Pictures(_files(walk([NOBODY])), files, _files(walk([waits])), first)


def _files(frames: Iterable[Image]) -> list[bytes]:
    return [jpeg(frame) for frame in frames]


def _wait(wanted: Callable[[], bool], what: str) -> float:
    deadline = time.monotonic() + PATIENCE_S
    while not wanted():
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited in vain until {what}")
        time.sleep(0.005)
    return time.monotonic()


def _memory(process: int, key: str) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{key}:"))
    return int(line.split()[1]) * 1024 / 1e6


def _processor_s(process: int) -> float:
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _cell(values: Sequence[float]) -> str:
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.3g} ({low:.3g} to {high:.3g})"


if __name__ == "__main__":
    sys.exit(main())
