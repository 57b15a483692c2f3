"""The silent alarm goes to its topic, and nothing else tells of it."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from logging.handlers import QueueHandler
from queue import SimpleQueue

import pytest
from support.brokers import Secured
from support.mosquitto import Mosquitto
from support.news import forced, opened
from support.posting import MakeSink

from faceidd.events.event import Event


@pytest.fixture
def logged() -> Iterator[SimpleQueue[logging.LogRecord]]:
    """What the sink says in the log."""
    queue: SimpleQueue[logging.LogRecord] = SimpleQueue()
    handler, log = QueueHandler(queue), logging.getLogger("faceidd.events.mqtt_sink")
    log.addHandler(handler)
    yield queue
    log.removeHandler(handler)


def test_the_log_does_not_say_which_event_the_broker_refused(
    mosquitto: Mosquitto, make_sink: MakeSink, logged: SimpleQueue[logging.LogRecord]
) -> None:
    elsewhere = replace(Secured(mosquitto).door, door="back")  # where this user may not write

    def said_of(event: Event) -> list[str]:
        sink = make_sink(elsewhere)
        sink.publish(event)
        said: list[str] = []
        while not any("an event" in one for one in said):
            said.append(logged.get(timeout=20).getMessage())
        sink.close()
        assert sink.dropped == 1
        return said

    of_alarm = said_of(forced("v1"))
    assert "the broker does not take an event: Not authorized" in of_alarm
    assert said_of(opened("v1")) == of_alarm
