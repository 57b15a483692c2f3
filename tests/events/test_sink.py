"""Events that go to several sinks, and to the log."""

import logging

import pytest
from support.news import forced, opened

from faceidd.events.envelope import envelope
from faceidd.events.event import Event, PersonRecognized
from faceidd.events.log import LogSink
from faceidd.events.sink import FanOut
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Normalization
from faceidd.units import Seconds


class Kept:
    """A sink that keeps what it is given, and may fail at it."""

    def __init__(self, *, fails: bool = False) -> None:
        self.events: list[Event] = []
        self.closed = False
        self._fails = fails

    def publish(self, event: Event) -> None:
        self.events.append(event)
        self._fail()

    def close(self) -> None:
        self.closed = True
        self._fail()

    def _fail(self) -> None:
        if self._fails:
            raise RuntimeError("broken sink")


def test_every_sink_is_told_whatever_happens_to_one() -> None:
    sinks = (Kept(fails=True), Kept(), Kept(fails=True), Kept())
    fan = FanOut(sinks)
    event = opened("v1")
    fan.publish(event)
    fan.close()
    assert all(sink.events == [event] for sink in sinks)
    assert all(sink.closed for sink in sinks)


def test_a_sink_that_fails_does_not_say_that_there_was_a_silent_alarm(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fan = FanOut((Kept(fails=True),))
    with caplog.at_level(logging.INFO):
        fan.publish(opened("v1"))
        fan.publish(forced("v1"))
    of_another, of_alarm = caplog.records
    assert of_another.getMessage() == of_alarm.getMessage()
    assert of_another.exc_info is of_alarm.exc_info is None
    with caplog.at_level(logging.DEBUG):
        caplog.clear()
        alarm = forced("v1")
        fan.publish(alarm)
    assert "Duress" not in caplog.text
    assert alarm.id not in caplog.text


def test_the_log_names_people_by_id_only(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    event = PersonRecognized(
        **envelope("front", Seconds(60), age=Seconds(0)),
        visit="v1",
        person="p-17",
        name="Mina Kim",
        metric=Metric.COSINE,
        normalization=Normalization.S_NORM,
        value=0.75,
        frames=3,
        latency_ms=250,
    )
    sink = LogSink()
    sink.publish(event)
    sink.close()
    (line,) = caplog.messages
    assert line == (
        "person_recognized door=front visit=v1 person=p-17 metric=cosine normalization=s_norm"
        f" value=0.75 frames=3 latency_ms=250 id={event.id}"
    )


def test_the_log_tells_nothing_of_the_silent_alarm(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        LogSink().publish(forced("v1"))
    assert caplog.records == []
