"""A door that takes pictures, with the real models and a broker."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError
from support.running import PATIENCE_S, Run
from support.small_door import furnish
from support.subscriber import Subscriber

from faceidd.daemon.config import Config
from faceidd.daemon.snapshots_build import build_photographer, published_kinds
from faceidd.events.embedded import EmbeddedBroker
from faceidd.events.mqtt import MqttSettings
from faceidd.events.picture_note import Kind, PictureNote
from faceidd.snapshots.album import pictures
from faceidd.snapshots.seal import Opener, make_key

RECOGNIZED = "faceidd/front/event/person_recognized"
ABOUT = "faceidd/front/snapshot/recognized/about"


def test_a_visit_gives_one_picture_sealed_and_sent(models_dir: Path, tmp_path: Path) -> None:
    settings = furnish(tmp_path, models_dir)
    album, key = tmp_path / "album", tmp_path / "key"
    settings["snapshots"] = {
        "of": "everybody", "recipient": make_key(key), "dir": str(album), "publish": True,
    }  # fmt: skip
    with EmbeddedBroker() as broker:
        settings["mqtt"] = {"host": broker.host, "port": broker.port, "home_assistant": {}}
        door = MqttSettings(broker.host, broker.port, "front", "listener")
        with Subscriber(door) as subscriber:
            with Run(settings) as run:
                run.ended.result(PATIENCE_S)
            heard: dict[str, str] = {}  # picture and event come in any order
            while not {RECOGNIZED, ABOUT} <= heard.keys():
                message = subscriber.next()
                heard[message.topic] = message.text
        awaited = {
            "homeassistant/lock/faceidd_front/lock/config",
            "homeassistant/image/faceidd_front/picture_recognized/config",
        }
        with Subscriber(
            replace(door, prefix="homeassistant")
        ) as late:  # the broker keeps what Home Assistant is to know
            while awaited:
                awaited.discard(late.next().topic)
    event = json.loads(heard[RECOGNIZED])
    about = PictureNote.model_validate_json(heard[ABOUT])
    assert (about.visit, about.event) == (event["visit"], event["id"])
    (kept,) = pictures(album)
    assert (kept.snapshot.visit, kept.snapshot.event) == (event["visit"], event["id"])
    assert Opener(key).open(kept.path.read_bytes(), "x").startswith(b"\xff\xd8")


def snapshots(**keys: object) -> Config:
    return Config.model_validate({"snapshots": keys})


def test_by_default_no_picture_is_made() -> None:
    assert build_photographer(Config()) is None
    assert build_photographer(snapshots(of="everybody")) is None
    assert build_photographer(snapshots(publish=True)) is None, "there is no broker to send it to"


@pytest.mark.parametrize(
    ("of", "kinds"),
    [
        ("strangers", {Kind.STRANGER}),
        ("denied", {Kind.STRANGER, Kind.DENIED}),
        ("everybody", set(Kind)),
    ],
)
def test_recognized_people_are_taken_only_where_it_is_asked(of: str, kinds: set[Kind]) -> None:
    assert set(published_kinds(snapshots(of=of, publish=True))) == kinds
    assert not published_kinds(snapshots(of=of))


def test_a_recipient_with_a_typing_error_is_refused() -> None:
    with pytest.raises(ValidationError, match="age1"):
        snapshots(recipient="age1" + "q" * 58)
