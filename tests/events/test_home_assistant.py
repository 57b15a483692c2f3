"""What is said to Home Assistant; whether it understands is tried in tests/real."""

import json
import threading
from dataclasses import replace
from typing import Any

import pytest

from faceidd.events.home_assistant import BIRTH, HomeAssistant
from faceidd.events.home_entities import Furnishing
from faceidd.events.mqtt import MqttSettings
from faceidd.events.picture_note import Kind
from faceidd.events.received import Received

DOOR = MqttSettings("broker", 1883, "front", "faceidd-front")
BARE = Furnishing(contact=False, tamper=False, fire=False, pictures=())
FULL = Furnishing(contact=True, tamper=True, fire=True, pictures=tuple(Kind))


def home(has: Furnishing = FULL, door: MqttSettings = DOOR, **more: Any) -> HomeAssistant:
    return HomeAssistant(door, has, **more)


def configs(has: Furnishing, door: MqttSettings = DOOR) -> dict[str, dict[str, Any]]:
    """Key -> what is said of an entity that there is."""
    messages = home(has, door).messages.items()
    return {topic.split("/")[3]: json.loads(said) for topic, said in messages if said}


def test_every_entity_is_of_one_device_and_there_only_while_the_door_is() -> None:
    said = configs(FULL)
    assert len({one["unique_id"] for one in said.values()}) == len(said)
    for one in said.values():
        assert one["device"]["identifiers"] == ["faceidd_front"]
        assert one["availability"][0]["topic"] == DOOR.status_topic
        assert one["qos"] == 1


def test_what_the_door_does_not_have_is_taken_back() -> None:
    gone = set(configs(FULL)) - set(configs(BARE))
    assert gone == {
        "leaf", "held", "forced", "tamper", "fire",
        "picture_stranger", "picture_denied", "picture_recognized",
    }  # fmt: skip
    assert home(BARE).messages["homeassistant/binary_sensor/faceidd_front/leaf/config"] == ""


def test_every_reason_that_can_be_told_of_a_stranger_is_understood() -> None:
    reasons = ["stranger", "ambiguous", "expired", "not_yet_valid"]
    assert configs(FULL)["stranger"]["event_types"] == reasons


def test_two_doors_of_one_broker_are_two_devices() -> None:
    other = replace(DOOR, prefix="seoul/faceidd")
    ids = {one["unique_id"] for door in (DOOR, other) for one in configs(FULL, door).values()}
    assert len(ids) == 2 * len(configs(FULL))
    assert not home().messages.keys() & home(door=other).messages.keys()


def test_the_silent_alarm_is_shown_to_nobody_who_did_not_ask() -> None:
    said = configs(FULL)
    assert said["duress"]["enabled_by_default"] is False
    assert [key for key, one in said.items() if "/alarm/" in json.dumps(one)] == ["duress"]


def test_nothing_that_home_assistant_says_is_signed() -> None:
    commanded = {
        key: one["command_topic"] for key, one in configs(FULL).items() if "command_topic" in one
    }
    assert commanded == {"lock": DOOR.command_topic}


@pytest.mark.parametrize("prefix", ["homeassistant", "lab/ha"])
def test_it_is_where_home_assistant_looks(prefix: str) -> None:
    there = home(prefix=prefix)
    assert there.status_topic == f"{prefix}/status"
    assert all(topic.startswith(f"{prefix}/") for topic in there.messages)


def test_many_births_get_one_answer() -> None:
    said, once = [], threading.Event()
    there = home(pause=0.2)

    def answer() -> None:
        said.append("again")
        once.set()

    there.answer_by(answer)
    for payload in (b"offline", b"onlin", BIRTH, BIRTH, BIRTH):
        there.hear(Received(payload, there.status_topic, retained=False))
    assert once.wait(20)
    assert said == ["again"]
    once.clear()
    there.hear(Received(BIRTH, there.status_topic, retained=False))
    assert once.wait(20)
    assert said == ["again", "again"]
