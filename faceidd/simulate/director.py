"""Director: lets happen what the script says, and when; ends the scenario.

It also keeps time from hurrying while a camera that is well gives no pictures, because its process
starts or has no processor: what that takes is the machine's business, and would count many times.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

from faceidd.camera.latest import LatestFrame
from faceidd.simulate.course import CourseWriter, SharedCourse
from faceidd.simulate.reel import Reel

STEP_S = 0.005
"""Real seconds between two looks at the script."""
SAMPLE_S = 0.2
"""Real seconds between two samples of memory, at first."""
MOST_SAMPLES = 10_000
"""Then every second one is forgotten, and the others are taken half as often."""
LATE_S = 0.5
"""A camera that is well gives a picture within so much of the scenario's time."""
LATE = "no pictures"
START = "start"
START_S = 10.0
"""Longest wait for the first picture, in real seconds."""
_PAGE_BYTES = 4096

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens once.

    Attributes:
        at: When, in seconds of the scenario.
        what: What it is, for the log.
        do: Does it.
    """

    at: float
    what: str
    do: Callable[[], None]


class Director:
    """Runs on a thread of its own from `start` until the scenario's end.

    Args:
        acts: What happens.
        reel: What the camera shows.
        ends: When the scenario does, in seconds of it.
        course: Reads how time passes.
        writer: Says how it passes.
        stop: Set at the end, or when an act fails.

    Attributes:
        ends: When the scenario does, in seconds of it.
        began: When it began, in real time.
        memory: Scenario's seconds and resident bytes, for each sample.
        seeing_at: The camera's recoveries: when it gave pictures again.
        error: What failed; None if nothing did.
    """

    def __init__(
        self,
        acts: Sequence[Act],
        reel: Reel,
        ends: float,
        *,
        course: SharedCourse,
        writer: CourseWriter,
        stop: threading.Event,
    ) -> None:
        self.memory: list[tuple[float, int]] = []
        self.seeing_at: list[float] = []
        self.error: Exception | None = None
        self._acts = sorted(acts, key=lambda act: act.at)
        self.ends = ends
        self._reel = reel
        self._course = course
        self._writer = writer
        self._stop = stop
        self._sample_at, self._sample_every = 0.0, SAMPLE_S
        self._online = True
        self.began = 0.0
        writer.hold(START, on=True)

    def start(self, camera: LatestFrame) -> threading.Thread:
        """Begin; the thread ends by itself once `stop` is set."""
        thread = threading.Thread(target=self._run, args=(camera,), name="director", daemon=True)
        thread.start()
        return thread

    def _run(self, camera: LatestFrame) -> None:
        try:
            self._begin(camera)
            while not self._stop.is_set() and self._course.scenario_s < self.ends:
                self._watch(camera)
                self._act()
                self._sample()
                time.sleep(STEP_S)
        except Exception as error:
            self.error = error
        finally:
            self._stop.set()

    def _begin(self, camera: LatestFrame) -> None:
        """Let the scenario begin once the door sees, or its camera is dead from the start."""
        until = time.monotonic() + START_S
        while not self._stop.is_set() and camera.newest == -inf and time.monotonic() < until:
            time.sleep(STEP_S)
        self._writer.begin()
        self._writer.hold(START, on=False)
        self.began = time.monotonic()

    def _act(self) -> None:
        while self._acts and self._acts[0].at <= self._course.scenario_s:
            act = self._acts.pop(0)
            _log.info("%.1f s: %s", self._course.scenario_s, act.what)
            act.do()

    def _watch(self, camera: LatestFrame) -> None:
        online, pid = camera.state.online, camera.pid
        if online and not self._online:
            self.seeing_at.append(self._course.scenario_s)
        self._online = online
        late = self._course.monotonic() - camera.newest > LATE_S
        well = self._reel.ailment(self._course.scenario_s) is None
        self._writer.hold(LATE, on=late and well and pid is not None)

    def _sample(self) -> None:
        now = time.monotonic()
        if now < self._sample_at:
            return
        if len(self.memory) >= MOST_SAMPLES:
            self.memory, self._sample_every = self.memory[::2], 2 * self._sample_every
        self._sample_at = now + self._sample_every
        resident = int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES
        self.memory.append((self._course.scenario_s, resident))
