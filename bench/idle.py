"""What an empty doorstep costs, and whether the motion gate misses or delays any visit.

A day is looked at frame by frame, and again as the daemon would choose its frames: the demo's
approaches, the same very slowly, somebody who stands turned away and then looks up, lights that are
switched, and recorded people. For each visit the first frame with a face, and the first with news
of it, are compared. Then the cost of an empty doorstep is measured in one run, in turns.
"""

import sys
import time
from collections.abc import Callable
from itertools import count

import numpy as np

from bench.dataset import require_faces
from bench.day import day, empty, large
from bench.setup import model, options
from faceidd.access.attendance import Attendance
from faceidd.access.decision import Rules
from faceidd.access.presence import Continuity
from faceidd.camera.frame import Frame
from faceidd.camera.motion import Motion
from faceidd.clock import wall
from faceidd.daemon.attention import Attention
from faceidd.daemon.recognition import Model
from faceidd.face.recognizer import Sight
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.matcher import Matcher
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Scale
from faceidd.simulate.approach import FPS
from faceidd.units import Instant, Seconds

MOST_DELAY = 2
"""Frames that a visit may be late."""
MOST_COST = 0.10
"""Of a look at every frame, where nobody is."""
GAP = Seconds(2.0)
IDLE_LOOK = Seconds(2.0)
MIN_FACE_PX = 130
EMPTY_S = 60.0
TURN = 100
"""Frames that one way looks at before it is the other's turn."""


class Door:
    """Visits as one way of choosing frames sees them.

    Attributes:
        began: Frames in which a visit began.
        news: Frames in which there was news of one.
        looks: How many frames were looked at.
    """

    def __init__(self, built: Model, attention: Attention) -> None:
        self.began: list[int] = []
        self.news: list[int] = []
        self.looks = 0
        self._attention = attention
        scale, numbers = Scale(Metric.COSINE), count()
        rules = Rules(scale, built.manifest.thresholds["cosine"], 0.05, 3, 10, Seconds(1.5))
        continuity = Continuity.of_model(built.recognizer.same_face)
        self._attendance = Attendance(rules, continuity, GAP, lambda: str(next(numbers)))
        self._matcher = Matcher(_gallery(built), scale, None, {})
        self._seen_at = Instant(float("-inf"))

    def pass_by(self, frame: Frame, sight: Sight) -> None:
        """Look at a frame, if it is wanted."""
        if not self._attention.wants(frame):
            return
        self.looks += 1
        at, somebody = frame.captured_at, bool(sight.faces or sight.rejected)
        self._attention.note(at, somebody=somebody)
        if somebody and at - self._seen_at > GAP:
            self.began.append(frame.sequence)
        if somebody:
            self._seen_at = at
        outcomes = self._attendance.update(sight, at, self._matcher, wall())
        self.news += [frame.sequence for outcome in outcomes if outcome.news]


def main() -> int:
    """Print both tables; return 1 if a visit is late or an empty doorstep costs too much."""
    arguments = options(__doc__ or "").parse_args()
    require_faces()
    built = model(arguments, min_face_px=MIN_FACE_PX)
    good = _report_visits(built)
    return 0 if _report_cost(built) and good else 1


def _report_visits(built: Model) -> bool:
    every, gated = Door(built, _attention(gate=False)), Door(built, _attention(gate=True))
    frames = 0
    for index, image in enumerate(day(built)):
        frame, frames = Frame(image, Instant(index / FPS), index), index + 1
        sight = built.recognizer.see(image)
        every.pass_by(frame, sight)
        gated.pass_by(frame, sight)
    print(f"{frames} frames, {gated.looks} of them looked at with the gate")
    good = True
    for what, whole, part in (
        ("visits", every.began, gated.began),
        ("news of visits", every.news, gated.news),
    ):
        delays = [min((b - a for b in part if b >= a), default=frames) for a in whole]
        late = sum(delay > MOST_DELAY for delay in delays)
        print(
            f"{what}: {len(whole)}, with the gate {len(part)}; {max(delays)} frames late at most,"
            f" {late} of them by more than {MOST_DELAY}"
        )
        good = good and late == 0 and len(part) >= len(whole)
    return good


def _report_cost(built: Model) -> bool:
    """Compare an empty doorstep with and without the gate; the frames come at three rates."""
    images = list(empty(EMPTY_S))
    good = True
    for fps in (25, 15, 10):
        spent = {"every": 0.0, "gated": 0.0}
        ways = {"every": _attention(gate=False), "gated": _attention(gate=True)}
        frames = [Frame(image, Instant(index / fps), index) for index, image in enumerate(images)]
        for start in range(0, len(frames), TURN):
            for name, attention in ways.items():
                spent[name] += _cost(attention.wants, built, frames[start : start + TURN])
        whole, part = (1e6 * spent[name] / len(frames) for name in ways)
        print(
            f"{fps} frames/s, nobody there: {whole:.0f} us of CPU a frame where all are looked at,"
            f" {part:.0f} us with the gate: {part / whole:.1%}"
        )
        good = good and part <= MOST_COST * whole
    return good


def _cost(wants: Callable[[Frame], bool], built: Model, frames: list[Frame]) -> float:
    begun = time.process_time()
    for frame in frames:
        if wants(frame):
            built.recognizer.see(frame.image)
    return time.process_time() - begun


def _attention(*, gate: bool) -> Attention:
    motion = Motion(MIN_FACE_PX) if gate else None
    return Attention(motion, idle_look=IDLE_LOOK, visit_gap=GAP)


def _gallery(built: Model) -> Gallery:
    image = large("eileen_collins")
    face = built.recognizer.find(image)[0].face
    vector = built.recognizer.embed(image, face).vector
    return Gallery(
        model_id=built.recognizer.model_id,
        model_name=built.name,
        detector=built.recognizer.detector.name,
        people=(Person("eileen", "Eileen"),),
        vectors=vector[np.newaxis].copy(),
        owners=np.zeros(1, np.intp),
        norms=np.ones(1, np.float32),
        photos=np.ones(1, np.int64),
    )


if __name__ == "__main__":
    sys.exit(main())
