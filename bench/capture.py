"""What a frame's way from the capture process costs, beside a thread that reads it, in one run.

`python -m bench.capture [URL]`; with a stream's URL also the memory of a process that reads it.

The source hands out ready pictures at a rate, so nothing but the passage is measured: how old a
frame is when the reader has it, and what CPU time is spent by all processes for each. A reader that
looks at every frame, and the thread that the process took the place of, take turns.
"""

import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from faceidd.camera.capture import main as capture
from faceidd.camera.frame import Frame
from faceidd.camera.latest import End, LatestFrame
from faceidd.camera.settings import CameraSettings
from faceidd.clock import monotonic
from faceidd.units import Seconds

FPS = 30
FRAMES = 150
ROUNDS = 3
SIZES = ((640, 480), (1920, 1080))

Take = Callable[[], Frame]


class Ready:
    """A live source whose pictures are ready."""

    name, live = "ready", True

    def __init__(self, width: int, height: int) -> None:
        self._image = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
        self._started, self._taken = 0.0, 0

    def open(self) -> None:
        """Begin."""
        self._started, self._taken = time.monotonic(), 0

    def read(self) -> Frame:
        """Wait for a picture; each is a new array, as a driver gives it."""
        self._taken += 1
        time.sleep(max(0.0, self._started + self._taken / FPS - time.monotonic()))
        image = self._image.copy()
        return Frame(image, monotonic(), self._taken - 1)

    def close(self) -> None:
        """Nothing to do."""


class ThreadReader:
    """The newest frame of a source, read by a thread of this process."""

    def __init__(self, source: Ready) -> None:
        self._source, self._slot = source, threading.Condition()
        self._frame: Frame | None = None
        self._over = False
        self._thread = threading.Thread(target=self._run)
        source.open()
        self._thread.start()

    def take(self) -> Frame:
        """Wait for a frame."""
        with self._slot:
            self._slot.wait_for(lambda: self._frame is not None)
            frame, self._frame = self._frame, None
        assert frame is not None  # noqa: S101 - it was waited for
        return frame

    def close(self) -> None:
        """End the thread."""
        self._over = True
        self._thread.join()

    def _run(self) -> None:
        while not self._over:
            frame = self._source.read()
            with self._slot:
                self._frame = frame
                self._slot.notify_all()


def main() -> int:
    """Print the table."""
    for width, height in SIZES:
        ages: dict[str, list[float]] = {"thread": [], "process": []}
        spent = dict.fromkeys(ages, 0.0)
        for _ in range(ROUNDS):
            for name, measure in (("thread", _thread), ("process", _process)):
                seen, cpu = measure(width, height)
                ages[name] += seen
                spent[name] += cpu
        for name, seen in ages.items():
            print(
                f"{width}x{height} by {name}: {1e6 * statistics.median(seen):.0f} us old"
                f" (p95 {1e6 * float(np.percentile(seen, 95)):.0f}),"
                f" {1e6 * spent[name] / len(seen):.0f} us of CPU a frame"
            )
    _memory()
    return 0


def _thread(width: int, height: int) -> tuple[list[float], float]:
    reader = ThreadReader(Ready(width, height))
    measured = _measured(reader.take, lambda: 0.0)
    reader.close()
    return measured


def _process(width: int, height: int) -> tuple[list[float], float]:
    settings = CameraSettings(f"http://ready/{width}/{height}")
    latest = LatestFrame(settings, (__file__,))
    latest.start()
    latest.wait_open()
    measured = _measured(lambda: _taken(latest), lambda: _spent_by(latest.pid))
    latest.stop()
    return measured


def _taken(latest: LatestFrame) -> Frame:
    frame = latest.take(Seconds(10.0))
    if frame is None or frame is End.ENDED:
        sys.exit("the source gave nothing")
    return frame


def _measured(take: Take, spent_elsewhere: Callable[[], float]) -> tuple[list[float], float]:
    """The ages of frames, and the CPU time that they took, once the first has come."""
    take()
    begun = time.process_time() + spent_elsewhere()
    ages = []
    for _ in range(FRAMES):
        frame = take()
        ages.append(monotonic() - frame.captured_at)
    return ages, time.process_time() + spent_elsewhere() - begun


def _memory() -> None:
    """What a capture process that reads a real stream keeps for itself."""
    if not sys.argv[1:]:
        return
    latest = LatestFrame(CameraSettings(sys.argv[1]))
    latest.start()
    for _ in range(100):
        _taken(latest)
    rollup = Path(f"/proc/{latest.pid}/smaps_rollup").read_text()
    (pss,) = (line for line in rollup.splitlines() if line.startswith("Pss:"))
    print(f"a capture process of {sys.argv[1]}: {' '.join(pss.split())}")
    latest.stop()


def _spent_by(pid: int | None) -> float:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def _source(settings: CameraSettings) -> Ready:
    width, height = map(int, str(settings.source).split("/")[-2:])
    return Ready(width, height)


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1].isdecimal():
        capture(sys.argv[1:], _source)
    else:
        sys.exit(main())
