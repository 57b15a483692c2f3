"""One frame after the other, from light to lock, with a recognizer that sees what it is told."""

import logging
from collections.abc import Iterator

import numpy as np
import pytest
from support.evening import (
    MINA,
    MINAS,
    MODEL,
    OTTO,
    OTTOS,
    PULSE_S,
    RULES,
    STRANGERS,
    Evening,
    face,
)

from faceidd.access.decision import Reason, Verdict
from faceidd.daemon.watch import MOST_FAULTS
from faceidd.errors import FaceiddError, ModelError
from faceidd.face.embedding import Embedding
from faceidd.face.quality import Rejection
from faceidd.face.recognizer import SeenFace


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
    for look in evening.see(SeenFace(MINAS.face, MINAS.quality, embedding), frames=5):
        assert look.outcomes == ()
        assert look.fault
    assert evening.openings == 0
    evening.see(MINAS, frames=3)
    assert evening.openings == 1


def test_who_cannot_be_told_still_opens_the_door(
    evening: Evening, caplog: pytest.LogCaptureFixture
) -> None:
    evening.deaf = True
    evening.see(MINAS, frames=3)
    assert evening.openings == 1
    assert "could not be told" in caplog.text


def test_who_takes_the_place_of_somebody_owed_an_opening_does_not_get_it(evening: Evening) -> None:
    evening.see(MINAS, frames=3)
    evening.see(MINAS, OTTOS, frames=3)  # Otto is granted while the door is open for Mina
    evening.see(OTTOS, frames=26)
    like_otto = face(0, 0.72, 0.694, x=300)  # near Otto's mean, and by itself below the threshold
    evening.see(like_otto, frames=5)  # the pulse is over now
    assert evening.openings == 1
    evening.see(OTTOS)
    assert evening.openings == 2


def test_a_face_found_twice_opens_once(evening: Evening) -> None:
    twin = face(1, 0, 0, x=300)
    evening.see(MINAS, twin, frames=50)  # five seconds; the pulse takes three
    assert len(evening.people) == 2
    assert evening.openings == 1


def test_faces_that_cannot_be_judged_open_nothing_and_are_told_once(evening: Evening) -> None:
    looks = evening.reject(Rejection.COVERED, frames=3 * RULES.stranger_frames)
    assert all(look.outcomes == () and len(look.rejected) == 1 for look in looks)
    assert [(news.reason, news.frames) for news in evening.rejections] == [
        (Rejection.COVERED, RULES.stranger_frames)
    ]
    assert evening.people == []
    assert evening.openings == 0


def test_who_is_known_behind_a_covered_face_does_not_open_for_it(evening: Evening) -> None:
    evening.reject(Rejection.COVERED, MINAS, frames=10)
    evening.see(MINAS)
    assert evening.openings == 0
    evening.see(MINAS, frames=30)  # the covered face has not been there for a while
    assert evening.openings == 1


def test_the_door_goes_on_where_nobody_hears_of_rejected_faces(evening: Evening) -> None:
    evening.deaf = True
    evening.reject(Rejection.TOO_DARK, frames=RULES.stranger_frames)
    evening.see(MINAS, frames=30)
    assert evening.openings == 1
