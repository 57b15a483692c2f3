"""What subscribers hear of a door, over the embedded broker and over a real one."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path

import pytest
from support import event_process
from support.brokers import Broker, Embedded
from support.gate import Gate
from support.hand_clock import HandClock
from support.mute_server import MuteServer
from support.news import opened
from support.posting import MakeSink
from support.subscriber import Subscriber

from faceidd.events.event import parse
from faceidd.events.limits import Limits
from faceidd.events.mqtt import MqttSettings
from faceidd.events.paho import Connection
from faceidd.units import Seconds

STATUS = "faceidd/front/status"


def test_an_event_arrives_once_with_all_that_belongs_to_it(
    broker: Broker, subscriber: Subscriber, make_sink: MakeSink
) -> None:
    sink = make_sink(broker.door)
    first, second = opened("v1"), opened("v2")
    sink.publish(first)
    sink.publish(second)
    messages = [subscriber.next_event() for _ in range(2)]
    assert [parse(message.text) for message in messages] == [first, second]
    for message in messages:
        assert message.topic == "faceidd/front/event/door_opened"
        assert message.qos == 1
        assert message.expiry_s is not None
        assert 0 < message.expiry_s <= 60


def test_the_broker_keeps_the_status_and_no_event(
    broker: Broker, subscriber: Subscriber, make_sink: MakeSink
) -> None:
    sink = make_sink(broker.door)
    sink.publish(opened("v1"))
    subscriber.next_event()
    with Subscriber(broker.subscriber) as late:
        kept = late.next()
        assert (kept.topic, kept.text, kept.retained) == (STATUS, '{"state":"online"}', True)
        sink.publish(opened("v2"))
        assert parse(late.next().text).model_dump()["visit"] == "v2"


def test_closing_says_offline(broker: Broker, subscriber: Subscriber, make_sink: MakeSink) -> None:
    sink = make_sink(broker.door)
    subscriber.wait_status("online")
    sink.close()
    sink.close()
    subscriber.wait_status("offline")
    with Subscriber(broker.subscriber) as late:
        kept = late.next()
        assert (kept.topic, kept.text, kept.retained) == (STATUS, '{"state":"offline"}', True)
    make_sink(broker.door)
    assert subscriber.next().text == '{"state":"online"}'  # no last will came between


def test_closing_sends_what_is_fresh_first(
    broker: Broker, subscriber: Subscriber, make_sink: MakeSink
) -> None:
    sink = make_sink(broker.door)
    subscriber.wait_status("online")
    visits = [f"v{number}" for number in range(50)]
    for visit in visits:
        sink.publish(opened(visit))
    sink.close()
    heard = [subscriber.next() for _ in range(51)]
    assert [json.loads(message.text)["visit"] for message in heard[:50]] == visits
    assert heard[50].text == '{"state":"offline"}'


def test_closing_sends_all_that_the_broker_is_to_keep_first(
    broker: Broker, subscriber: Subscriber, make_sink: MakeSink
) -> None:
    sink = make_sink(broker.door)
    subscriber.wait_status("online")
    topics = [f"faceidd/front/kept/{number}" for number in range(100)]  # many windows full
    for topic in topics:
        sink.retain(topic, "at rest")
    sink.close()
    heard = [subscriber.next() for _ in range(101)]
    assert [message.topic for message in heard[:100]] == topics
    assert heard[100].text == '{"state":"offline"}'


def test_an_event_told_at_the_last_moment_is_still_sent(
    broker: Broker, subscriber: Subscriber, make_sink: MakeSink
) -> None:
    for _ in range(5):
        sink = make_sink(broker.door)
        subscriber.wait_status("online")
        sink.publish(opened("v1"))
        sink.close()
        assert "/event/" in subscriber.next().topic
        assert subscriber.next().text == '{"state":"offline"}'


@pytest.mark.parametrize("wrong", ["life", "trace"])
def test_an_event_that_cannot_be_sent_holds_up_no_other(
    embedded: Embedded, make_sink: MakeSink, wrong: str
) -> None:
    with Subscriber(embedded.subscriber) as subscriber:
        sink = make_sink(embedded.door)
        unsendable = opened("v1", lifetime_s=5e9 if wrong == "life" else 60)
        if wrong == "trace":
            unsendable = unsendable.model_copy(update={"trace": "t" * 70_000})
        sink.publish(unsendable)
        sink.publish(opened("v2"))
        assert parse(subscriber.next_event().text).model_dump()["visit"] == "v2"
        online = [sink.mqtt.online]
        sink.close()
        online.append(sink.mqtt.online)
        assert online == [True, False]
        assert sink.dropped == 1


def test_a_fault_of_ours_is_no_connection_and_is_overcome(
    embedded: Embedded, make_sink: MakeSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    states: list[bool] = []
    overcome = threading.Event()
    settle = Connection.take_answers

    def fail_once(connection: Connection) -> dict[int, str | None]:
        states.append(sink.mqtt.online)
        if len(states) == 1:
            raise RuntimeError("out of order")
        overcome.set()
        return settle(connection)

    connect = Connection.open

    def look_first(connection: Connection, timeout: Seconds) -> None:
        if states:
            states.append(sink.mqtt.online)
        connect(connection, timeout)

    sink = make_sink(embedded.door)
    with Subscriber(embedded.subscriber) as subscriber:
        subscriber.wait_status("online")
        monkeypatch.setattr(Connection, "open", look_first)
        monkeypatch.setattr(Connection, "take_answers", fail_once)
        subscriber.wait_status("offline")
        sink.publish(opened("v1"))
        subscriber.next_event()
        assert overcome.wait(60)  # the event may be heard before its answer is
    assert states[:3] == [True, False, True]


def test_a_door_that_is_killed_is_said_to_be_offline(
    broker: Broker, subscriber: Subscriber
) -> None:
    tests = Path(event_process.__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, event_process.__file__, json.dumps(asdict(broker.door), default=str)],
        env={**os.environ, "PYTHONPATH": f"{tests}:{tests.parent}"},
    )
    try:
        subscriber.wait_status("online")
    finally:
        process.kill()
        process.wait(20)
    subscriber.wait_status("offline")
    with Subscriber(broker.subscriber) as late:
        assert late.next().text == '{"state":"offline"}'


def test_what_expired_before_the_broker_came_is_told_as_history_in_its_place(
    door: MqttSettings,
    gate: Gate,
    clock: HandClock,
    subscriber: Subscriber,
    make_sink: MakeSink,
) -> None:
    sink = make_sink(door)
    for visit, lifetime_s in (("v1", 60), ("v2", 5), ("v3", 60)):
        sink.publish(opened(visit, lifetime_s))
    clock.now += 10
    gate.open()
    subscriber.wait_status("online")
    heard = [subscriber.next_told() for _ in range(3)]
    assert [
        (message.topic, fields["visit"], fields["age_ms"])
        for message in heard
        if (fields := json.loads(message.text))
    ] == [
        ("faceidd/front/event/door_opened", "v1", 10_000),
        ("faceidd/front/history/door_opened", "v2", 10_000),
        ("faceidd/front/event/door_opened", "v3", 10_000),
    ]
    assert heard[0].expiry_s is not None
    assert heard[0].expiry_s <= 50
    assert sink.dropped == 0


def test_an_event_that_the_broker_may_not_have_got_is_sent_again(
    door: MqttSettings,
    gate: Gate,
    clock: HandClock,
    subscriber: Subscriber,
    make_sink: MakeSink,
) -> None:
    gate.open()
    sink = make_sink(door)
    subscriber.wait_status("online")
    gate.freeze()
    sink.publish(opened("stale", 5))
    sink.publish(opened("fresh", 60))
    gate.wait_held()
    clock.now += 10
    gate.shut()
    gate.open()
    sink.publish(opened("later", 60))
    heard = [subscriber.next_told() for _ in range(3)]
    assert [
        (message.topic.split("/")[2], json.loads(message.text)["visit"]) for message in heard
    ] == [
        ("history", "stale"),
        ("event", "fresh"),
        ("event", "later"),
    ]


def test_a_broker_that_was_killed_is_found_again(broker: Broker, make_sink: MakeSink) -> None:
    sink = make_sink(broker.door)
    with Subscriber(broker.subscriber) as before:
        before.wait_status("online")
        broker.kill()
    broker.start()
    with Subscriber(broker.subscriber) as after:
        after.wait_status("online")
        sink.publish(opened("v2"))
        assert json.loads(after.next_event().text)["visit"] == "v2"


def test_too_many_events_crowd_out_the_oldest(
    door: MqttSettings, gate: Gate, subscriber: Subscriber, make_sink: MakeSink
) -> None:
    sink = make_sink(door, limits=Limits(most_bytes=3 * 650))
    for number in range(5):
        sink.publish(opened(f"v{number}"))
    sink.outbox.settle(20)
    assert sink.dropped == 2
    gate.open()
    heard = [subscriber.next_event() for _ in range(3)]
    assert [json.loads(message.text)["visit"] for message in heard] == ["v2", "v3", "v4"]


def test_nobody_waits_for_a_broker_that_hangs(
    door: MqttSettings, gate: Gate, subscriber: Subscriber, make_sink: MakeSink
) -> None:
    gate.open()
    sink = make_sink(door)
    subscriber.wait_status("online")
    gate.freeze()
    for number in range(400):
        sink.publish(opened(f"v{number}"))
    sink.close()
    gate.shut()
    subscriber.wait_status("offline")


def test_a_broker_that_refuses_is_asked_again_and_told_once(
    make_sink: MakeSink, caplog: pytest.LogCaptureFixture
) -> None:
    not_authorized = b"\x20\x03\x00\x87\x00"
    with MuteServer(not_authorized) as server:
        sink = make_sink(MqttSettings(server.host, server.port, "front", "faceidd-front"))
        sink.publish(opened("v1"))
        for _ in range(3):
            server.wait_served()
        sink.close()
    assert [message for message in caplog.messages if "refuses us: Not authorized" in message] == [
        caplog.messages[0]
    ]
    assert caplog.messages[-1] == "1 events were not told and are kept for the next start"
