"""Pictures, and whatever else is worth nothing later."""

import pytest
from support.brokers import Broker, Secured
from support.mosquitto import Mosquitto
from support.posting import MakeSink
from support.states import locked
from support.subscriber import Subscriber

from faceidd.units import Seconds

PICTURE = "faceidd/front/snapshot/stranger"


def test_a_picture_comes_before_what_is_said_of_it_and_is_kept_by_nobody(
    broker: Broker, subscriber: Subscriber, make_sink: MakeSink
) -> None:
    sink = make_sink(broker.door)
    sink.mqtt.send_once({PICTURE: b"\xff\xd8", f"{PICTURE}/about": "{}"}, Seconds(60))
    subscriber.wait_status("online")
    messages = [subscriber.next() for _ in range(2)]
    assert [message.topic for message in messages] == [PICTURE, f"{PICTURE}/about"]
    for message in messages:
        assert (message.qos, message.retained) == (1, False)
        assert message.expiry_s is not None
        assert 0 < message.expiry_s <= 60
    with Subscriber(broker.subscriber) as late:
        assert late.next().topic == "faceidd/front/status"
        sink.mqtt.send_once({"faceidd/front/snapshot/denied": b"x"}, Seconds(60))
        assert late.next().text == "x"


def test_what_is_kept_is_sent_anew_for_who_forgot_it(
    broker: Broker, subscriber: Subscriber, make_sink: MakeSink
) -> None:
    sink = make_sink(broker.door)
    sink.show(locked())
    subscriber.wait_status("online")
    first = subscriber.next()
    sink.mqtt.retain_anew()
    assert subscriber.next().text == first.text


def test_what_the_broker_does_not_let_the_door_say_is_told_once(
    mosquitto: Mosquitto, make_sink: MakeSink, caplog: pytest.LogCaptureFixture
) -> None:
    broker = Secured(mosquitto)
    with Subscriber(broker.subscriber) as subscriber:
        sink = make_sink(broker.door)
        for number in range(3):
            sink.retain(f"homeassistant/lock/another/{number}/config", "{}")
        sink.show(locked())
        while not subscriber.next().topic.endswith("/state/door"):
            pass
        sink.close()
    told = [one.message for one in caplog.records if "does not take" in one.message]
    topic = "homeassistant/lock/another/0/config"
    assert told == [f"the broker does not take {topic}, nor maybe others: Not authorized"]
