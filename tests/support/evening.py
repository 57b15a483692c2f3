"""A watched door with a recognizer that sees what it is told, and time that passes by the frame."""

import itertools
from datetime import UTC, datetime

import numpy as np
from support.hand_clock import HandClock
from support.sights import found

from faceidd.access.attendance import Attendance, Outcome
from faceidd.access.decision import Rules
from faceidd.access.grant import Grants
from faceidd.access.policy import Policy
from faceidd.access.presence import Continuity
from faceidd.access.rejections import RejectionNews, Rejections
from faceidd.access.ruling import Ground, Ruling
from faceidd.camera.frame import Frame, Image
from faceidd.daemon.door_state import DoorState
from faceidd.daemon.gate import Gate
from faceidd.daemon.watch import Look, Watch
from faceidd.door.door import Door
from faceidd.door.lockdown import KeptLockdown
from faceidd.door.pulse import PulseRules
from faceidd.door.relay import RelaySettings
from faceidd.door.simulated import SimulatedRelay
from faceidd.door.turnstile import Turnstile
from faceidd.errors import DoorError
from faceidd.face.detection import Box
from faceidd.face.embedding import Embedding
from faceidd.face.quality import Rejection
from faceidd.face.recognizer import Recognizer, SeenFace, Sight
from faceidd.face.stages import unheard
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.matcher import Matcher
from faceidd.gallery.scale import Scale
from faceidd.units import Instant, Seconds

MODEL = "told model"
PULSE_S = 3.0
PERIOD_S = 0.1
RULES = Rules(Scale(), 0.75, min_margin=0.1, min_frames=3, stranger_frames=5, max_age=Seconds(1.5))
VISIT_GAP = Seconds(2.0)
MINA, OTTO = Person("p-mina", "Mina"), Person("p-otto", "Otto")


def face(*numbers: float, x: float) -> SeenFace:
    raw = np.array(numbers, np.float32)
    place = found(Box(x, 100, 150, 150))
    return SeenFace(place.face, place.quality, Embedding.from_raw(raw, model_id=MODEL))


MINAS, OTTOS, STRANGERS = face(1, 0, 0, x=0), face(0, 1, 0, x=300), face(0, 0, 1, x=600)


def gallery() -> Gallery:
    return Gallery(
        model_id=MODEL,
        model_name="told",
        detector="told",
        people=(MINA, OTTO),
        vectors=np.eye(2, 3, dtype=np.float32),
        norms=np.ones(2, np.float32),
        owners=np.arange(2, dtype=np.intp),
        photos=np.ones(2, np.int64),
    )


class ToldRecognizer(Recognizer):
    """Sees whoever it was told, or fails as it was told; its networks are never asked."""

    def __init__(self) -> None:
        self.answer: Sight | Exception = Sight((), ())
        self.on_stage = unheard

    def see(self, image: Image) -> Sight:  # noqa: ARG002 - the picture is of nobody
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class StiffRelay(SimulatedRelay):
    """A relay that fails to be energized as often as it was told."""

    failures = 0

    def energize(self) -> None:
        if self.failures:
            self.failures -= 1
            raise DoorError("the pin cannot be driven", do="check the wiring")
        super().energize()


class Evening:
    """A watched door, and time that passes by the frame.

    Args:
        policy: Who passes; None lets everybody pass.
        now: The present moment by the clock on the wall.
        state: What the door remembers; None begins with nothing.
        kept: Where a lockdown is kept; None forgets it.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        now: datetime = datetime(2026, 1, 5, 11, tzinfo=UTC),
        state: DoorState | None = None,
        kept: KeptLockdown | None = None,
    ) -> None:
        self.now: datetime | None = now
        self.clock = HandClock()
        self.recognizer = ToldRecognizer()
        self.relay = StiffRelay(RelaySettings("GPIO17", True, "simulated"))
        self.door = Door(
            self.relay,
            PulseRules(Seconds(PULSE_S), RULES.max_age),
            lambda _: None,
            self.clock,
            kept=kept,
        )
        self.told: list[Outcome] = []
        self.rejections: list[RejectionNews] = []
        self.denials: list[tuple[str, str | None, Ground]] = []
        self.alarms: list[tuple[str, str, str]] = []
        self.policy = policy or Policy.open_to_everybody("front")
        self.state = state or DoorState(None, "front", clock=self.clock)
        self.gate = Gate(
            door=self.door,
            turnstile=Turnstile(self.door, "front", "this run"),
            grants=Grants("front", "this run"),
            policy=self.policy,
            people={person.id: person for person in (MINA, OTTO)},
            state=self.state,
            teller=self,
            wall_clock=lambda: self.now,
            clock=self.clock,
        )
        visits = map("v{}".format, itertools.count(1))
        self.watch = Watch(
            recognizer=self.recognizer,
            matcher=Matcher(gallery(), RULES.scale, None, self.policy.duress),
            attendance=Attendance(RULES, Continuity(0.7, 0.75), VISIT_GAP, lambda: next(visits)),
            rejections=Rejections(RULES.stranger_frames, VISIT_GAP),
            gate=self.gate,
            teller=self,
            wall_clock=lambda: self.now,
        )
        self.deaf = False
        self._sequence = itertools.count()

    def see(self, *faces: SeenFace, frames: int = 1, late_s: float = 0.0) -> list[Look]:
        """Show these faces for some frames, each looked at so long after it was taken."""
        self.recognizer.answer = Sight(faces, ())
        return [self._frame(late_s) for _ in range(frames)]

    def reject(self, reason: Rejection, *faces: SeenFace, frames: int = 1) -> list[Look]:
        """Show a wide face that cannot be judged, and these behind it."""
        self.recognizer.answer = Sight(faces, (found(Box(0, 0, 300, 300), reason),))
        return [self._frame() for _ in range(frames)]

    def fail(self, error: Exception) -> Look:
        """Show a frame that cannot be recognized."""
        self.recognizer.answer = error
        return self._frame()

    def outcome(self, outcome: Outcome) -> None:
        """Hear of a visitor."""
        if self.deaf:
            raise RuntimeError("nobody listens")
        self.told.append(outcome)

    def rejection(self, news: RejectionNews) -> None:
        """Hear of faces that were rejected."""
        if self.deaf:
            raise RuntimeError("nobody listens")
        self.rejections.append(news)

    def denied(self, visit: str, ruling: Ruling, at: Instant) -> None:  # noqa: ARG002 - the seam's
        """Hear whom the policy does not let pass."""
        self.denials.append((visit, ruling.person, ruling.ground))

    def duress(self, visit: str, person: str, sign: str, at: Instant) -> None:  # noqa: ARG002 - the seam's
        """Hear the silent alarm."""
        if self.deaf:
            raise RuntimeError("nobody listens")
        self.alarms.append((visit, person, sign))

    def _frame(self, late_s: float = 0.0) -> Look:
        self.clock.sleep(PERIOD_S)
        taken = self.clock()
        self.clock.sleep(late_s)
        image = np.zeros((4, 4, 3), np.uint8)
        look = self.watch.look(Frame(image, taken, next(self._sequence)))
        self.clock.now = taken
        return look

    def end_pulse(self) -> None:
        """Let the frames' time go on until the door has shut."""
        self.clock.sleep(PULSE_S)
        self.door.check()
        assert not self.relay.energized

    @property
    def openings(self) -> int:
        """How often the relay was energized."""
        return sum(level.high and level.driven for level in self.relay.history)

    @property
    def people(self) -> list[str | None]:
        """Who was told, by id; None is a stranger."""
        return [p.id if (p := outcome.decision.person) else None for outcome in self.told]
