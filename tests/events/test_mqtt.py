"""Settings and topics."""

import pytest
from support.news import forced, opened

from faceidd.errors import BrokerError
from faceidd.events.mqtt import MqttSettings


def test_topics_begin_with_the_prefix_and_the_door() -> None:
    settings = MqttSettings("broker", 1883, "front", "faceidd-front", prefix="home/doors")
    assert settings.status_topic == "home/doors/front/status"
    assert settings.event_topic(opened("v1")) == "home/doors/front/event/door_opened"
    assert settings.event_topic(forced("v1")) == "home/doors/front/alarm/duress_signaled"
    assert settings.command_topic == "home/doors/front/command"


@pytest.mark.parametrize("door", ["", "#", "+", "a/b", "a b", "$SYS", "front\n", "tür"])
def test_a_door_that_would_be_another_topic_is_refused(door: str) -> None:
    with pytest.raises(BrokerError, match=r"door\.id"):
        MqttSettings("broker", 1883, door, "faceidd-front")


@pytest.mark.parametrize("prefix", ["", "/", "a/", "/a", "a//b", "a/#", "+", "$SYS", "a\n"])
def test_a_prefix_that_would_be_another_topic_is_refused(prefix: str) -> None:
    with pytest.raises(BrokerError, match=r"mqtt\.prefix"):
        MqttSettings("broker", 1883, "front", "faceidd-front", prefix=prefix)


def test_the_password_is_not_shown() -> None:
    password = "s3cret"  # noqa: S105 - not one
    assert password not in repr(MqttSettings("b", 1, "front", "c", "me", password))
