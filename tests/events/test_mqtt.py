"""Settings and topics."""

import pytest
from support.news import forced, opened

from faceidd.errors import BrokerError
from faceidd.events.entry import Entry, Moment
from faceidd.events.event import Event
from faceidd.events.mqtt import MqttSettings
from faceidd.units import Instant


def test_topics_begin_with_the_prefix_and_the_door() -> None:
    settings = MqttSettings("broker", 1883, "front", "faceidd-front", prefix="home/doors")
    assert settings.status_topic == "home/doors/front/status"
    assert settings.state_topic("door") == "home/doors/front/state/door"
    assert settings.command_topic == "home/doors/front/command"


@pytest.mark.parametrize(
    ("event", "late_s", "topic", "expiry_s"),
    [
        (opened("v1"), 20.5, "event/door_opened", 39),
        (opened("v1"), 61.0, "history/door_opened", 1000),
        (forced("v1"), 20.5, "alarm/duress_signaled", 1000),
        (forced("v1"), 86401.0, "alarm/duress_signaled", 1000),
    ],
)
def test_news_that_comes_late_is_history_and_an_alarm_is_none(
    event: Event, late_s: float, topic: str, expiry_s: int
) -> None:
    settings = MqttSettings("broker", 1883, "front", "faceidd-front", keep_s=1000)
    told, late = (Moment("boot", Instant(at), at) for at in (100.0, 100.0 + late_s))
    outgoing = Entry.of(event, 1, 1, told).outgoing(late)
    assert settings.event_topic(outgoing) == f"faceidd/front/{topic}"
    assert settings.expiry_s(outgoing) == expiry_s
    assert outgoing.fields["age_ms"] == round(1000 * late_s)


@pytest.mark.parametrize("door", ["", "#", "+", "a/b", "a b", "$SYS", "front\n", "tür"])
def test_a_door_that_would_be_another_topic_is_refused(door: str) -> None:
    with pytest.raises(BrokerError, match=r"door\.id"):
        MqttSettings("broker", 1883, door, "faceidd-front")


@pytest.mark.parametrize("prefix", ["", "/", "a/", "/a", "a//b", "a/#", "+", "$SYS", "a\n"])
def test_a_prefix_that_would_be_another_topic_is_refused(prefix: str) -> None:
    with pytest.raises(BrokerError, match=r"mqtt\.prefix"):
        MqttSettings("broker", 1883, "front", "faceidd-front", prefix=prefix)


def test_the_password_is_not_shown() -> None:
    password = "s3cret"  # noqa: S105 - a made-up word
    assert password not in repr(MqttSettings("b", 1, "front", "c", "me", password))
