"""Over both brokers: what is retained is read, bounded, and nobody notices."""

import pytest
from support.brokers import Broker, Embedded, Secured
from support.mosquitto import Mosquitto
from support.subscriber import Subscriber

from faceidd.errors import BrokerError
from faceidd.events import retained_reader
from faceidd.events.mqtt import MqttSettings
from faceidd.events.paho import Connection
from faceidd.events.retained_reader import read_retained
from faceidd.units import Seconds

TOPICS = ("faceidd/+/status", "faceidd/+/state/gallery")
SOON = Seconds(60)


def retain(settings: MqttSettings, messages: dict[str, str]) -> None:
    connection = Connection(settings, client_id="writer", will=False)
    connection.open(SOON)
    waiting = {connection.publish(topic, text, retain=True) for topic, text in messages.items()}
    while waiting:
        connection.pump(SOON)
        waiting -= connection.take_answers().keys()
    connection.disconnect()
    connection.drop()


def test_what_is_retained_is_read_and_nothing_else(broker: Broker) -> None:
    kept = {"faceidd/front/status": '{"state":"online"}', "faceidd/front/state/gallery": "{}"}
    retain(broker.door, {**kept, "faceidd/front/state/door": "{}"})
    found, left_out = read_retained(broker.subscriber, TOPICS, SOON, client_id="reader")
    assert found == {topic: text.encode() for topic, text in kept.items()}
    assert left_out == 0


def test_who_reads_leaves_no_trace(embedded: Embedded) -> None:
    with Subscriber(embedded.subscriber) as subscriber:
        read_retained(embedded.subscriber, TOPICS, SOON, client_id="reader")
        retain(embedded.door, {"faceidd/front/status": "{}"})
        assert subscriber.next().topic == "faceidd/front/status"


def test_what_is_too_long_or_too_much_is_left_out(
    embedded: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retained_reader, "MOST_MESSAGES", 2)
    retain(
        embedded.door,
        {
            "faceidd/a/state/gallery": "x" * (retained_reader.MOST_BYTES + 1),
            **{f"faceidd/{door}/status": "{}" for door in "abc"},
        },
    )
    found, left_out = read_retained(embedded.subscriber, TOPICS, SOON, client_id="reader")
    assert len(found) == 2
    assert left_out == 2


def test_a_message_longer_than_any_of_ours_is_not_even_sent(mosquitto: Mosquitto) -> None:
    broker = Secured(mosquitto)
    retain(broker.door, {"faceidd/front/state/gallery": "x" * (1 << 19)})
    retain(broker.door, {"faceidd/front/status": '{"state":"online"}'})
    found, left_out = read_retained(broker.subscriber, TOPICS, SOON, client_id="reader")
    assert list(found) == ["faceidd/front/status"]
    assert left_out == 0


def test_a_wrong_password_is_told(mosquitto: Mosquitto) -> None:
    settings = MqttSettings(mosquitto.host, mosquitto.port, "front", "x")
    with pytest.raises(BrokerError):
        read_retained(settings, TOPICS, SOON, client_id="reader")
