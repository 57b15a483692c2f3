"""The daemon's whole look at a frame, from the camera's pixels to the decision and the door."""

from collections.abc import Callable
from itertools import count

import cv2
import numpy as np

from faceidd.access.attendance import Attendance, Outcome
from faceidd.access.decision import Rules
from faceidd.access.grant import Grants
from faceidd.access.policy import Policy
from faceidd.access.presence import Continuity
from faceidd.access.rejections import RejectionNews, Rejections
from faceidd.access.ruling import Ruling
from faceidd.camera.frame import Frame, Image
from faceidd.clock import monotonic, wall
from faceidd.daemon.door_state import DoorState
from faceidd.daemon.gate import Gate
from faceidd.daemon.recognition import Model
from faceidd.daemon.watch import Watch
from faceidd.door.door import Door
from faceidd.door.turnstile import Turnstile
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.matcher import Matcher
from faceidd.gallery.metric import Metric, Values
from faceidd.gallery.scale import Normalization, Scale
from faceidd.gallery.scoring import Cohort
from faceidd.models.portraits import portrait
from faceidd.units import Instant, Seconds

PEOPLE = 100
STRANGERS = 1000
"""People in the cohort that scores are normalized by."""
Work = Callable[[], object]


def picture() -> Image:
    """A frame of 640 x 480 px with one face."""
    face = cv2.imread(str(portrait("grace_hopper")))
    if face is None:
        raise SystemExit("cannot read the portrait")
    canvas = np.full((480, 640, 3), 120, np.uint8)
    canvas[:, 115:525] = cv2.resize(face, (410, 480), interpolation=cv2.INTER_AREA)
    return canvas


def look(built: Model, door: Door, frame: Image) -> Work:
    """The daemon's look at a frame of somebody whom it does not know."""
    rng = np.random.default_rng(0)
    model_id, dimension = built.recognizer.model_id, built.manifest.dimension
    gallery = Gallery(
        model_id,
        built.name,
        built.recognizer.detector.name,
        tuple(Person(f"p{index}", f"p{index}") for index in range(PEOPLE)),
        _directions(rng, PEOPLE, dimension),
        np.ones(PEOPLE, np.float32),
        np.arange(PEOPLE, dtype=np.intp),
        np.ones(PEOPLE, np.int64),
    )
    cohort = Cohort(
        model_id, _directions(rng, STRANGERS, dimension), np.ones(STRANGERS, np.float32)
    )
    scale = Scale(Metric.COSINE, Normalization.S_NORM)
    rules = Rules(scale, 4.0, 0.03, 3, 5, Seconds(1.5))
    continuity = Continuity.of_model(built.manifest.thresholds["cosine"])
    watch = Watch(
        recognizer=built.recognizer,
        matcher=Matcher(gallery, scale, cohort),
        attendance=Attendance(rules, continuity, Seconds(2), lambda: "visit"),
        rejections=Rejections(5, Seconds(2)),
        gate=Gate(
            door=door,
            turnstile=Turnstile(door, "front", "bench"),
            grants=Grants("front", "bench"),
            policy=Policy.open_to_everybody("front"),
            people={},
            state=DoorState(None, "front"),
            teller=_Nobody(),
            wall_clock=wall,
        ),
        teller=_Nobody(),
        wall_clock=wall,
    )
    sequence = count()

    def once() -> object:
        door.check()
        return watch.look(Frame(frame, monotonic(), next(sequence)))

    return once


def _directions(rng: np.random.Generator, count: int, dimension: int) -> Values:
    vectors = rng.normal(size=(count, dimension))
    units: Values = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return units


class _Nobody:
    """Who is told nothing."""

    def outcome(self, outcome: Outcome) -> None:
        """Ignore it."""

    def denied(self, visit: str, ruling: Ruling, at: Instant) -> None:
        """Somebody may not pass."""

    def duress(self, visit: str, person: str, sign: str, at: Instant) -> None:
        """Somebody is being forced."""

    def rejection(self, news: RejectionNews) -> None:
        """Ignore it."""
