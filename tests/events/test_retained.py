"""What a broker keeps of a door."""

import json

import pytest
from support.brokers import Broker
from support.gate import Gate
from support.news import opened
from support.posting import MakeSink
from support.states import camera, locked
from support.subscriber import Message, Subscriber

from faceidd.door.state import State
from faceidd.events.mqtt import MqttSettings
from faceidd.events.state_board import StateBoard

DOOR = "faceidd/front/state/door"


def next_on(topic: str, subscriber: Subscriber) -> Message:
    while (message := subscriber.next()).topic != topic:
        pass
    return message


def test_who_comes_late_learns_the_newest_state_of_each_name(
    broker: Broker, subscriber: Subscriber, make_sink: MakeSink
) -> None:
    board, sink = StateBoard(), make_sink(broker.door)
    board.show(locked())
    board.watch(sink.show)
    board.show(locked(State.FORCED))
    board.show(camera(online=False))
    while json.loads(next_on(DOOR, subscriber).text)["state"] != "forced":
        pass
    next_on("faceidd/front/state/camera", subscriber)
    with Subscriber(broker.subscriber) as late:
        kept = [late.next() for _ in range(3)]
    assert all(message.retained and message.qos == 1 for message in kept)
    by_topic = {message.topic: json.loads(message.text) for message in kept}
    assert by_topic[DOOR] == {
        "schema": "faceidd.state/1",
        "door": "front",
        "site": None,
        "at": by_topic[DOOR]["at"],
        "state": "forced",
        "unlocked": False,
        "open": False,
        "alerts": [],
    }
    assert by_topic["faceidd/front/state/camera"]["reason"] == "the camera is gone"


def test_a_broker_that_forgot_all_is_told_anew(
    broker: Broker, gate: Gate, door: MqttSettings, make_sink: MakeSink
) -> None:
    gate.open()
    sink = make_sink(door)
    sink.show(locked(State.HELD))
    sink.retain("homeassistant/device/front/config", b"{}")
    with Subscriber(broker.subscriber) as before:
        next_on(DOOR, before)
    gate.shut()
    broker.kill()
    sink.show(locked(State.LOCKED))
    broker.start()
    gate.open()
    with Subscriber(broker.subscriber) as after:
        assert json.loads(next_on(DOOR, after).text)["state"] == "locked"


@pytest.mark.parametrize(
    "topic",
    [
        "faceidd/front/command",
        "faceidd/back/command",
        "faceidd/front/event/door_opened",
        "faceidd/front/alarm/duress_signaled",
    ],
)
def test_what_could_open_or_alarm_is_never_retained(
    broker: Broker, make_sink: MakeSink, topic: str
) -> None:
    with pytest.raises(ValueError, match="never retained"):
        make_sink(broker.door).retain(topic, "{}")


def test_events_are_told_beside_more_states_than_are_on_their_way_at_once(
    broker: Broker, subscriber: Subscriber, make_sink: MakeSink
) -> None:
    sink = make_sink(broker.door)
    for number in range(50):
        sink.retain(f"faceidd/front/kept/{number}", "{}")
    sink.publish(opened("v1"))
    subscriber.next_event()
