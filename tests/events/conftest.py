"""Brokers, subscribers, and the sinks under test."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from support.brokers import Broker, Embedded, Secured
from support.desk import Desk
from support.gate import Gate
from support.hand_clock import HandClock
from support.mosquitto import Mosquitto, MosquittoUnavailableError
from support.posting import MakeSink, Posting
from support.subscriber import Subscriber

from faceidd.events.limits import DEFAULT, Limits
from faceidd.events.mqtt import MqttSettings


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A running mosquitto that asks for passwords and speaks TLS."""
    try:
        server = Mosquitto(tmp_path)
    except MosquittoUnavailableError as missing:
        pytest.skip(str(missing))
    with server:
        yield server


@pytest.fixture
def embedded() -> Iterator[Embedded]:
    """The broker in the package, running."""
    broker = Embedded()
    yield broker
    broker.kill()


@pytest.fixture(params=["embedded", "mosquitto"])
def broker(request: pytest.FixtureRequest) -> Broker:
    """Each kind of broker, running."""
    if request.param == "embedded":
        found: Broker = request.getfixturevalue("embedded")
        return found
    return Secured(request.getfixturevalue("mosquitto"))


@pytest.fixture
def subscriber(broker: Broker) -> Iterator[Subscriber]:
    """Somebody who listens from the beginning on."""
    with Subscriber(broker.subscriber) as listening:
        yield listening


@pytest.fixture
def gate(broker: Broker) -> Iterator[Gate]:
    """A gate before the broker, shut."""
    with Gate(broker.door.port) as shut:
        yield shut


@pytest.fixture
def door(broker: Broker, gate: Gate) -> MqttSettings:
    """How the door reaches the broker: through the gate."""
    return replace(broker.door, port=gate.port)


@pytest.fixture
def clock() -> HandClock:
    """What the age of events is told by."""
    return HandClock()


@pytest.fixture
def make_sink(clock: HandClock, tmp_path: Path) -> Iterator[MakeSink]:
    """Makes sinks that try again quickly, and are closed after the test."""
    with ExitStack() as sinks:

        def make(settings: MqttSettings, *, limits: Limits = DEFAULT) -> Posting:
            sink = Posting(settings, tmp_path / "outbox" / "front", clock=clock, limits=limits)
            sinks.callback(sink.close)
            return sink

        yield make


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The outbox of the door `front`; what was heard is forgotten at once."""
    monkeypatch.setattr("faceidd.events.outbox.TOLD_PAUSE", 0.01)
    desk = Desk(tmp_path / "state" / "front.outbox")
    yield desk
    desk.close()
