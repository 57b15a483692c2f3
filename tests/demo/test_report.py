"""An evening is judged by what happened: each fault is named, and a good evening has none."""

from dataclasses import replace

import numpy as np
import pytest
from support.outcomes import MINA, grant, outcome

from faceidd.access.attendance import Outcome
from faceidd.access.decision import Verdict
from faceidd.camera.frame import Frame
from faceidd.daemon.telling import Telling
from faceidd.daemon.watch import Look
from faceidd.demo.report import Evening, Opening
from faceidd.demo.subscriber import Heard
from faceidd.door.change import Cause, DoorChange
from faceidd.door.simulated import Level
from faceidd.events.event import Event, PersonRecognized
from faceidd.simulate.approach import FPS
from faceidd.units import Instant, Seconds

BEGAN = 100.0
GRANTED, DENIED = grant(BEGAN + 2, visit="v1"), outcome(Verdict.DENY, BEGAN + 6, visit="v2")
REST_BEFORE = (Level(Instant(99.0), high=False, driven=False), Level(Instant(99.1), False, True))
PULSE = (Level(Instant(102.01), True, True), Level(Instant(104.01), False, True))
REST_AFTER = (Level(Instant(110.0), high=False, driven=False),)


class Subscriber:
    """Hears what is told; every message arrives at once."""

    def __init__(self) -> None:
        self.heard: list[Heard] = [Heard(Instant(BEGAN), "online", None)]

    def publish(self, event: Event) -> None:
        self.heard.append(Heard(Instant(BEGAN + 3), event.type, event))

    def close(self) -> None:
        """Nothing to do."""


def look(second: float, *outcomes: Outcome, fault: str | None = None) -> Look:
    image = np.zeros((4, 4, 3), np.uint8)
    frame = Frame(image, Instant(BEGAN + second), sequence=round(second * FPS))
    return Look(frame, outcomes, (), fault, took=Seconds(0.03))


def told(*outcomes: Outcome) -> tuple[Heard, ...]:
    """What is heard when these are told, each grant with its opening."""
    subscriber = Subscriber()
    telling = Telling(subscriber, "demo", Seconds(60), lambda: Instant(BEGAN + 7))
    for one in outcomes:
        telling.outcome(one)
        if one.decision.verdict is Verdict.GRANT:
            at = one.decision.newest
            telling.change(DoorChange(True, at, Cause.GRANT, one.visit, MINA))
            over = DoorChange(False, at, Cause.PULSE_OVER, one.visit, MINA, Seconds(2.0))
            telling.change(over)
    return tuple(subscriber.heard)


@pytest.fixture
def evening() -> Evening:
    """An evening on which all went well."""
    early = replace(GRANTED, news=False)
    return Evening(
        looks=(look(0), look(1.9, early), look(2, GRANTED), look(6, DENIED), look(7)),
        levels=(*REST_BEFORE, *PULSE, *REST_AFTER),
        heard=told(GRANTED, DENIED),
    )


def test_a_good_evening_has_no_fault(evening: Evening) -> None:
    assert evening.faults(MINA.name) == ()


def test_nobody_recognized_is_a_fault(evening: Evening) -> None:
    silent = replace(evening, heard=told(DENIED), levels=(*REST_BEFORE, *REST_AFTER))
    assert silent.faults(MINA.name) == (
        "recognized [], not Mina once",
        "the door was told open 0 times, not once",
        "the relay opened 0 times, not once",
    )


def test_another_person_recognized_is_a_fault(evening: Evening) -> None:
    assert evening.faults("Otto") == ("recognized ['Mina'], not Otto once",)


def test_a_person_recognized_twice_is_a_fault(evening: Evening) -> None:
    twice = [one for one in evening.heard if isinstance(one.event, PersonRecognized)]
    again = replace(evening, heard=(*evening.heard, *twice))
    assert again.faults(MINA.name) == ("recognized ['Mina', 'Mina'], not Mina once",)


def test_a_relay_that_opened_twice_is_a_fault(evening: Evening) -> None:
    second = tuple(replace(level, at=Instant(level.at + 4)) for level in PULSE)
    again = replace(evening, levels=(*REST_BEFORE, *PULSE, *second, *REST_AFTER))
    assert again.faults(MINA.name) == ("the relay opened 2 times, not once",)


def test_a_relay_that_never_shut_is_a_fault(evening: Evening) -> None:
    stuck = replace(evening, levels=(*REST_BEFORE, PULSE[0]))
    assert stuck.faults(MINA.name) == ("the relay opened 0 times, not once",)


@pytest.mark.parametrize(("strangers", "count"), [((), 0), ((DENIED, DENIED), 2)])
def test_another_number_of_strangers_is_a_fault(
    evening: Evening, strangers: tuple[Outcome, ...], count: int
) -> None:
    other = replace(evening, heard=told(GRANTED, *strangers))
    assert other.faults(MINA.name) == (f"{count} strangers told, not one",)


def test_a_frame_that_failed_is_a_fault(evening: Evening) -> None:
    failed = replace(evening, looks=(*evening.looks, look(8, fault="the network failed")))
    assert failed.faults(MINA.name) == ("frames failed",)


def test_an_opening_is_from_energized_to_released_or_given_back(evening: Evening) -> None:
    assert evening.openings == (Opening(Instant(102.01), Instant(104.01)),)
    given_back = replace(evening, levels=(*REST_BEFORE, PULSE[0], *REST_AFTER))
    assert given_back.openings == (Opening(Instant(102.01), Instant(110.0)),)


def test_the_summary_tells_the_evening_in_seconds_of_the_video(evening: Evening) -> None:
    assert evening.summary().splitlines() == [
        "5 of 450 frames looked at, 30.0 ms each (median), 30.0 ms at most",
        (
            "Mina (cosine 0.75): near enough at 1.90 s, decided after 3 frames,"
            " relay on 110 ms after the first of them was taken"
        ),
        "a stranger (cosine 0.25): near enough at 6.00 s, decided after 1 frames",
        "relay on at 2.01 s, off at 4.01 s (2.00 s)",
    ]
