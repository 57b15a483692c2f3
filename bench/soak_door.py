"""The door of `bench.soak`, in a process of its own: `python -m bench.soak_door FOLDER HASTE`.

It is the real daemon before a scripted camera. What it did is added to `door.jsonl`, a line every
few seconds; nothing grows here but that file.
"""

import json
import signal
import sys
import threading
import time
from collections import deque
from pathlib import Path
from typing import TextIO

from faceidd.access.decision import Verdict
from faceidd.camera.frame import Frame
from faceidd.camera.latest import LatestFrame
from faceidd.clock import pass_as
from faceidd.daemon.build import camera_settings
from faceidd.daemon.config import Config
from faceidd.daemon.config_file import load_config
from faceidd.daemon.daemon import Daemon
from faceidd.daemon.watch import Look
from faceidd.door.simulated import Level, SimulatedRelay
from faceidd.simulate.capture import PAGE, REEL, program
from faceidd.simulate.course import CourseWriter, SharedCourse
from faceidd.simulate.reel import Reel

LINE_S = 5.0
"""Real seconds between two lines."""
EVIDENCE_S = 2.0
"""Of scenario time: who was there up to so long before a grant may be the one it is for."""


class MeasuredDaemon(Daemon):
    """A daemon that knows what each of its looks cost.

    Attributes:
        cpu_s: Processor time of the last look on its thread.
    """

    cpu_s = 0.0

    def _look(self, frame: Frame, observe: object) -> None:
        before = time.thread_time()
        super()._look(frame, lambda look: self._note(before, look, observe))

    def _note(self, before: float, look: Look, observe: object) -> None:
        self.cpu_s = time.thread_time() - before
        if callable(observe):
            observe(look)


class Book:
    """Keeps account of a door, against the script.

    Args:
        daemon: The door.
        reel: What its camera shows.
        course: How time passes.
        lines: Where to write.
    """

    def __init__(
        self, daemon: MeasuredDaemon, reel: Reel, course: SharedCourse, lines: TextIO
    ) -> None:
        relay = daemon.relay
        assert isinstance(relay, SimulatedRelay)  # noqa: S101 - the configuration says so
        self._relay = relay
        self._daemon, self._reel, self._course, self._lines = daemon, reel, course, lines
        self._levels: deque[Level] = deque(maxlen=10)
        self._last_level = 0.0
        self._count = dict.fromkeys(
            ("looks", "faults", "recognized", "strangers", "unlocks", "false", "visits", "missed"),
            0,
        )
        self._wall: list[float] = []
        self._cpu: list[float] = []
        self._next = time.monotonic() + LINE_S
        self._shot, self._opened = -1, False

    def note(self, look: Look) -> None:
        """Take a look into account."""
        count = self._count
        count["looks"] += 1
        count["faults"] += look.fault is not None
        if look.outcomes:
            self._wall.append(look.took / self._course.haste)
            self._cpu.append(self._daemon.cpu_s)
        for outcome in look.outcomes:
            if outcome.news:
                granted = outcome.decision.verdict is Verdict.GRANT
                count["recognized" if granted else "strangers"] += 1
        self._follow(look)
        self._check_relay(look)
        if time.monotonic() >= self._next:
            self._write()

    def _follow(self, look: Look) -> None:
        """Count the visits of people who are enrolled, and those that opened nothing."""
        moment = self._reel.at(self._scenario_s(look.frame.captured_at))
        if moment.number == self._shot:
            return
        if self._shot >= 0:
            was = self._reel.shots[self._shot % len(self._reel.shots)]
            if was.who is not None:
                expected = was.who in KNOWN
                self._count["visits"] += 1
                if expected and not self._opened:
                    self._count["missed"] += 1
                    clip = Path(was.clip).name
                    print(f"missed: {was.who} in {clip}", file=sys.stderr, flush=True)
        self._shot, self._opened = moment.number, False

    def _check_relay(self, look: Look) -> None:
        history = self._relay.history
        for level in (one for one in history[-6:] if one.at > self._last_level):
            self._last_level = level.at
            if not (level.high and level.driven):
                continue
            self._count["unlocks"] += 1
            self._opened = True
            granted = {
                outcome.decision.person.id
                for outcome in look.outcomes
                if outcome.decision.person is not None
            }
            at = self._scenario_s(level.at)
            there = {
                self._reel.at(max(0.0, at - step / 10)).shot.who
                for step in range(round(10 * EVIDENCE_S))
            }
            if not granted & there & KNOWN:
                self._count["false"] += 1
                print("FALSE UNLOCK", at, granted, there, file=sys.stderr, flush=True)

    def _scenario_s(self, at: float) -> float:
        return max(0.0, at - self._course.origin)

    def _write(self) -> None:
        self._next = time.monotonic() + LINE_S
        line = {
            "real": time.time(),
            "scenario_s": self._course.scenario_s,
            **self._count,
            "judged": len(self._wall),
            "wall_ms": _quantiles(self._wall),
            "cpu_ms": _quantiles(self._cpu),
            "thread_cpu_s": time.thread_time(),
        }
        self._wall.clear()
        self._cpu.clear()
        self._lines.write(json.dumps(line) + "\n")
        self._lines.flush()


KNOWN = {"eileen", "nuaa-0006"}


def _quantiles(values: list[float]) -> list[float] | None:
    if not values:
        return None
    ranked = sorted(values)
    middle, high = ranked[len(ranked) // 2], ranked[int(0.95 * (len(ranked) - 1))]
    return [round(1000 * one, 3) for one in (middle, high, ranked[-1])]


def main() -> None:
    """Run the door until it is told to end."""
    folder, haste = Path(sys.argv[1]), float(sys.argv[2])
    writer = CourseWriter(folder / PAGE, haste)
    course = SharedCourse(folder / PAGE, haste)
    pass_as(course)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    config: Config = load_config(folder / "faceidd.yaml")
    reel = Reel.load(folder / REEL)
    camera = LatestFrame(camera_settings(config), program(folder, haste))
    with (
        (folder / "door.jsonl").open("a") as lines,
        MeasuredDaemon(config, camera=camera) as daemon,
    ):
        book = Book(daemon, reel, course, lines)
        writer.begin()
        daemon.run(stop, book.note)


if __name__ == "__main__":
    main()
