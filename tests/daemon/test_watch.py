"""One frame after the other, from light to lock, with a recognizer that sees what it is told."""

import itertools
import logging
from collections.abc import Iterator

import numpy as np
import pytest
from support.hand_clock import HandClock

from faceidd.access.attendance import Attendance, Outcome
from faceidd.access.decision import Reason, Rules, Verdict
from faceidd.camera.frame import Frame, Image
from faceidd.daemon.watch import MOST_FAULTS, Look, Watch
from faceidd.door.door import Door
from faceidd.door.pulse import PulseRules
from faceidd.door.relay import RelaySettings
from faceidd.door.simulated import SimulatedRelay
from faceidd.errors import DoorError, FaceiddError, ModelError
from faceidd.face.detection import Box, Detection
from faceidd.face.embedding import Embedding
from faceidd.face.recognizer import Recognizer, SeenFace
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.metric import Metric
from faceidd.units import Seconds

MODEL = "told model"
PULSE_S = 3.0
PERIOD_S = 0.1
RULES = Rules(Metric.COSINE, 0.75, min_frames=3, stranger_frames=5, max_age=Seconds(1.5))
VISIT_GAP = Seconds(2.0)
MINA, OTTO = Person("p-mina", "Mina"), Person("p-otto", "Otto")


def face(*numbers: float, x: float) -> SeenFace:
    raw = np.array(numbers, np.float32)
    return SeenFace(
        Detection(Box(x, 100, 150, 150), score=0.9), Embedding.from_raw(raw, model_id=MODEL)
    )


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
        self.answer: tuple[SeenFace, ...] | Exception = ()

    def see(self, image: Image) -> tuple[SeenFace, ...]:  # noqa: ARG002 - the picture is of nobody
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
    """A watched door, and time that passes by the frame."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.recognizer = ToldRecognizer()
        self.relay = StiffRelay(RelaySettings("GPIO17", True, "simulated"))
        self.door = Door(
            self.relay, PulseRules(Seconds(PULSE_S), RULES.max_age), lambda _: None, self.clock
        )
        self.told: list[Outcome] = []
        visits = map("v{}".format, itertools.count(1))
        attendance = Attendance(RULES, VISIT_GAP, lambda: next(visits))
        self.watch = Watch(self.recognizer, gallery(), attendance, self.door, self.told.append)
        self._sequence = itertools.count()

    def see(self, *faces: SeenFace, frames: int = 1, late_s: float = 0.0) -> list[Look]:
        """Show these faces for some frames, each looked at so long after it was taken."""
        self.recognizer.answer = faces
        return [self._frame(late_s) for _ in range(frames)]

    def fail(self, error: Exception) -> Look:
        """Show a frame that cannot be recognized."""
        self.recognizer.answer = error
        return self._frame()

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


@pytest.fixture
def evening() -> Iterator[Evening]:
    evening = Evening()
    yield evening
    evening.door.close()


def test_the_frame_that_completes_a_grant_opens_the_door(evening: Evening) -> None:
    first, second, third = evening.see(MINAS, frames=3)
    verdicts = [look.outcomes[0].decision.verdict for look in (first, second, third)]
    assert verdicts == [Verdict.UNDECIDED, Verdict.UNDECIDED, Verdict.GRANT]
    assert evening.relay.energized
    assert evening.people == [MINA.id]
    assert third.fault is None


def test_a_visit_opens_once_however_long_it_is(evening: Evening) -> None:
    evening.see(MINAS, frames=100)
    assert evening.clock.now - 1000 > 2 * PULSE_S
    assert evening.openings == 1
    assert evening.people == [MINA.id]


def test_a_new_visit_opens_again(evening: Evening) -> None:
    evening.see(MINAS, frames=3)
    evening.end_pulse()
    evening.see(MINAS, frames=3)
    assert evening.openings == 2
    assert evening.people == [MINA.id, MINA.id]


def test_a_second_visitor_is_let_in_after_the_first_pulse(evening: Evening) -> None:
    evening.see(MINAS, frames=3)
    evening.see(MINAS, OTTOS, frames=20)  # two seconds: Otto is granted, the door is open for Mina
    assert evening.people == [MINA.id, OTTO.id]
    assert evening.openings == 1
    evening.see(OTTOS, frames=20)
    assert evening.openings == 2
    assert evening.people == [MINA.id, OTTO.id]


def test_who_left_before_the_pulse_ended_is_owed_nothing(evening: Evening) -> None:
    evening.see(MINAS, frames=3)
    evening.see(MINAS, OTTOS, frames=10)
    evening.see(MINAS, frames=40)
    assert evening.people == [MINA.id, OTTO.id]
    assert evening.openings == 1


def test_who_is_no_longer_recognized_is_owed_nothing(evening: Evening) -> None:
    evening.see(MINAS, frames=3)
    evening.see(MINAS, OTTOS, frames=10)
    blurred = face(0, 0.72, 0.7, x=300)  # near enough to be the same visitor, not to be Otto
    *_, last = evening.see(MINAS, blurred, frames=40)
    assert last.outcomes[1].visit == evening.told[1].visit
    assert last.outcomes[1].decision.verdict is Verdict.DENY
    assert evening.openings == 1


def test_a_grant_that_came_too_late_is_tried_again_with_the_next_fresh_frame(
    evening: Evening,
) -> None:
    evening.see(MINAS, frames=3, late_s=RULES.max_age + 0.1)
    assert evening.people == [MINA.id]
    assert evening.openings == 0
    evening.see(MINAS, late_s=RULES.max_age - 0.1)
    assert evening.openings == 1
    assert evening.people == [MINA.id]


def test_a_grant_that_was_made_up_for_opens_no_second_time(evening: Evening) -> None:
    evening.see(MINAS, frames=3, late_s=RULES.max_age + 0.1)
    evening.see(MINAS, frames=80)
    assert evening.openings == 1


@pytest.mark.parametrize(
    "error",
    [
        ModelError("the network failed", do="start again"),
        ValueError("an embedding is finite and not zero"),
        MemoryError("no room for a tensor"),
    ],
)
def test_a_frame_that_fails_is_denied_and_the_next_one_works(
    evening: Evening, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    evening.see(MINAS, frames=2)
    with caplog.at_level(logging.ERROR):
        look = evening.fail(error)
    assert look.outcomes == ()
    assert look.fault == str(error)
    (record,) = caplog.records
    assert record.getMessage() == f"frame 2 is denied: {error}"
    assert record.exc_info is not None
    assert record.exc_info[1] is error
    assert evening.openings == 0
    assert evening.see(MINAS)[0].fault is None
    assert evening.openings == 1


def test_nothing_but_faults_ends_the_daemon(evening: Evening) -> None:
    for _ in range(MOST_FAULTS - 1):
        assert evening.fail(ValueError("broken")).fault == "broken"
    with pytest.raises(FaceiddError, match=f"{MOST_FAULTS} frames failed .* with: the last"):
        evening.fail(ValueError("the last"))
    assert evening.openings == 0


def test_a_sound_frame_forgives_the_faults_before_it(evening: Evening) -> None:
    for _ in range(2):
        for _ in range(MOST_FAULTS - 1):
            evening.fail(ValueError("broken"))
        evening.see()


def test_a_relay_that_fails_stops_no_frame_and_is_tried_again(
    evening: Evening, caplog: pytest.LogCaptureFixture
) -> None:
    evening.relay.failures = 2
    *_, third = evening.see(MINAS, frames=3)
    assert third.fault is None
    assert evening.openings == 0
    assert "visit v1 is granted, but the door stays shut" in caplog.text
    evening.see(MINAS, frames=80)
    assert evening.openings == 1
    assert evening.people == [MINA.id]


def test_a_stranger_is_told_once_and_opens_nothing(evening: Evening) -> None:
    looks = evening.see(STRANGERS, frames=50)
    assert [len(look.outcomes) for look in looks] == [1] * 50
    assert looks[-1].outcomes[0].decision.reason is Reason.STRANGER
    assert evening.people == [None]
    assert evening.openings == 0


def test_nobody_is_nothing(evening: Evening) -> None:
    (look,) = evening.see()
    assert (look.outcomes, look.fault) == ((), None)
    assert evening.told == []


@pytest.mark.parametrize(
    ("numbers", "model"),
    [
        pytest.param([np.nan] * 3, MODEL, id="not a number"),
        pytest.param([np.inf, 0, 0], MODEL, id="infinite"),
        pytest.param([0, 0, 0], MODEL, id="zero"),
        pytest.param([1, 0], MODEL, id="too short"),
        pytest.param([1, 0, 0], "another", id="of another model"),
    ],
)
def test_an_embedding_that_is_none_is_denied(
    evening: Evening, numbers: list[float], model: str
) -> None:
    embedding = Embedding(np.array(numbers, np.float32), 1.0, model)
    for look in evening.see(SeenFace(MINAS.detection, embedding), frames=5):
        assert look.outcomes == ()
        assert look.fault
    assert evening.openings == 0
    evening.clock.sleep(VISIT_GAP)  # until then a visitor with such a face is remembered
    evening.see(MINAS, frames=3)
    assert evening.openings == 1
