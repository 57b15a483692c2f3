"""A door in a real Home Assistant, over a real mosquitto: all that it shows is seen to change.

make test-home
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.home import UNSAID, Home, home_python
from support.house import BLUEPRINT, House, furnished_house
from support.mjpeg_camera import MjpegCamera
from support.photo_files import write
from support.portraits import EILEEN, GRACE, picture, scene
from support.running import Run
from support.seeing import recognizer
from support.small_door import Settings, furnish, jpeg
from support.subscriber import Subscriber

from faceidd.daemon.build import mqtt_settings
from faceidd.daemon.config import Config
from faceidd.daemon.home import build_home
from faceidd.daemon.outlets import build_outbox
from faceidd.enroll.folder import enroll_folder
from faceidd.events.command import PrivateKey
from faceidd.events.command_key import save_key
from faceidd.events.health import Health, OutboxHealth
from faceidd.events.mqtt_sink import MqttSink
from faceidd.events.retained import RetainedGallery, RetainedHealth, RetainedSync
from faceidd.gallery.file import save_gallery

pytestmark = [pytest.mark.home_assistant, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def furnished(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return furnish(tmp_path_factory.mktemp("door"), models_dir)


@pytest.fixture
def house(furnished: Settings, models_dir: Path, tmp_path: Path) -> Iterator[House]:
    if not home_python().exists():
        pytest.fail("there is no Home Assistant: make test-home installs it")
    with furnished_house(tmp_path, models_dir, furnished) as house:
        yield house


def test_the_schemas_of_home_assistant_take_every_message(house: House) -> None:
    config = Config.model_validate(house.settings)
    door = mqtt_settings(config)
    assert door is not None
    home = build_home(config, door)
    assert home is not None
    payloads = [
        (topic.split("/")[1], json.loads(payload)) for topic, payload in home.messages.items()
    ]
    wrong = [("binary_sensor", payloads[0][1]), ("sensor", {**payloads[-2][1], "unit": "s"})]
    with house.home as running:
        faults = running.ask("schemas", payloads)
        assert not [fault for fault in faults if fault is not None]
        assert all(running.ask("schemas", wrong)), "what is wrong is told"
        assert running.ask("blueprint", BLUEPRINT.read_text()) is None
        assert running.ask("blueprint", BLUEPRINT.read_text().replace("!input m", "!input x"))


def test_a_visit_is_seen_and_every_entity_changes(house: House) -> None:
    home = house.home
    with home:
        with Run(house.settings):
            _lines(house)
            _known(house)
            _stranger(house)
            _locks_refuse(house)
            home.wait("binary_sensor.door_front_camera", "on")
            _covered(house)
            house.camera.close()
            home.wait("binary_sensor.door_front_camera", "off")
        home.wait("lock.door_front", "unavailable")
        _forced(house)
        _synced(house)
        registry = home.ask("registry", request=True)
        still = [entity for entity in registry.values() if len(_states(home, entity)) < 2]
        assert not still, "these were not seen to change"
    assert " ERROR " not in home.log


def _states(home: Home, entity: str) -> set[str | None]:
    """What was seen of an entity; of what is a moment, also that there was none yet."""
    moments = entity.startswith(("event.", "image."))
    unsaid = UNSAID - {"unknown"} if moments else UNSAID
    return {state for state, _ in home.history.get(entity, [])} - unsaid


def _lines(house: House) -> None:
    home = house.home
    home.wait("lock.door_front", "locked")
    home.wait("binary_sensor.door_front_leaf", "off")
    house.line("contact", yes=True)
    for name in ("leaf", "forced_open", "problem"):
        home.wait(f"binary_sensor.door_front_{name}", "on")
    home.wait("sensor.door_front_state", "forced")
    house.line("contact", yes=False)
    home.wait("binary_sensor.door_front_forced_open", "off")
    house.line("tamper", yes=True)
    home.wait("binary_sensor.door_front_housing", "on")
    house.line("tamper", yes=False)
    home.wait("binary_sensor.door_front_housing", "off")
    house.line("fire", yes=True)
    home.wait("binary_sensor.door_front_fire_release", "on")
    home.wait("lock.door_front", "unlocked")
    house.line("fire", yes=False)
    home.wait("lock.door_front", "locked")


def _known(house: House) -> None:
    home = house.home
    house.show(EILEEN)
    told = home.wait("event.door_front_recognized")
    assert (told["event_type"], told["person"]) == ("recognized", "Eileen")
    home.wait("lock.door_front", "unlocked")
    house.line("contact", yes=True)
    home.wait("binary_sensor.door_front_held_open", "on")
    house.line("contact", yes=False)
    home.wait("binary_sensor.door_front_held_open", "off")
    home.wait("lock.door_front", "locked")
    about = home.wait_for(
        lambda: _about(home, "image.door_front_last_recognized", told["visit"]), "the picture"
    )
    assert about["event"] == told["id"]
    house.show(None)


def _about(home: Home, image: str, visit: object) -> dict[str, Any] | None:
    """What an image says of its picture, once that is of a visit."""
    states = home.history.get(image, [])
    return states[-1][1] if states and states[-1][1].get("visit") == visit else None


def _stranger(house: House) -> None:
    home = house.home
    house.show(GRACE)
    told = home.wait("event.door_front_stranger")
    assert told["event_type"] == "stranger"
    (notified,) = home.wait_for(lambda: home.notified or None, "a notification")
    assert notified["title"] == "Door front Stranger"
    assert notified["data"]["tag"] == f"faceidd-{told['visit']}"
    image = "image.door_front_last_stranger"
    assert notified["data"]["image"].startswith(f"/api/image_proxy/{image}?token=")
    assert home.picture(image).startswith(b"\xff\xd8")
    assert home.picture(image) != home.picture("image.door_front_last_recognized")
    house.show(None)


def _covered(house: House) -> None:
    """Somebody covers the lens for a while."""
    picture = "binary_sensor.door_front_camera_picture"
    house.camera.show([jpeg(np.zeros((480, 640, 3), np.uint8))])
    house.home.wait(picture, "on")
    ivy = np.random.default_rng(0).integers(40, 200, (48, 64, 3), np.uint8)
    house.camera.show([jpeg(ivy.repeat(10, axis=0).repeat(10, axis=1))])
    house.home.wait(picture, "off")


def _locks_refuse(house: House) -> None:
    """What Home Assistant says to the lock opens nothing, and does not seem to."""
    home = house.home
    lock = {"entity_id": "lock.door_front"}
    before = len(home.history["lock.door_front"])
    assert home.ask("call", ["lock", "unlock", lock], "called") is None
    house.line("tamper", yes=True)  # the door answers later than it would have unlocked
    home.wait("binary_sensor.door_front_housing", "on")
    house.line("tamper", yes=False)
    home.wait("binary_sensor.door_front_housing", "off")
    assert {state for state, _ in home.history["lock.door_front"][before:]} <= {"locked"}


def _forced(house: House) -> None:
    """The door is locked down, Eileen is denied, and somebody signals duress by a look."""
    home, folder = house.home, house.folder
    photos, gallery = folder / "photos", folder / "gallery.safetensors"
    for name, portrait in (("Eileen", EILEEN), ("Look", GRACE)):
        write(photos / name / "1.png", picture(portrait))
    enrolled = enroll_folder(photos, recognizer(house.models), "facenet int8")
    save_gallery(enrolled.gallery, gallery)
    house.settings["gallery"]["file"] = str(gallery)
    house.rule(people={"Eileen": {"duress_look": "Look"}})
    (folder / "state" / "front.lockdown").write_text("down")
    home.ask("enable", "event.door_front_duress", "enabled")
    with MjpegCamera([jpeg(scene())], fps=10) as camera:
        house.camera = camera
        house.settings["camera"]["source"] = camera.url
        with Run(house.settings):
            home.wait("sensor.door_front_people", "2")
            home.wait("binary_sensor.door_front_lockdown", "on")
            house.show(EILEEN)
            told = home.wait("event.door_front_access_denied")
            assert told["event_type"] == "lockdown"
            home.wait_for(
                lambda: _about(home, "image.door_front_last_denied", told["visit"]), "the picture"
            )
            house.show(GRACE)
            assert home.wait("event.door_front_duress")["event_type"] == "look"


def _synced(house: House) -> None:
    """What the door shows of a gallery that it fetched, and of one that it has not fetched yet."""
    home = house.home
    config = Config.model_validate(house.settings)
    settings = mqtt_settings(config)
    assert settings is not None
    outbox = build_outbox(Config(), {"mqtt": lambda _: False})
    sink = MqttSink(settings, outbox.reader("mqtt"))
    for version, latest in ((7, 9), (9, 9)):
        sink.show(
            RetainedGallery(
                door="front",
                edition="0f3a9c51d2e4b687",
                version=version,
                sha256="0" * 64,
                people=version,
                model_id="0" * 64,
                model_name="facenet int8",
                published_at=datetime(2026, 5, version, tzinfo=UTC),
                software=f"0.{version}",
                sync=RetainedSync(result="new", latest=latest),
            )
        )
        update = home.wait("update.door_front_gallery", "on" if version < latest else "off")
        assert (update["installed_version"], update["latest_version"]) == (str(version), "9")
        home.wait("sensor.door_front_gallery_published", f"2026-05-0{version}T00:00:00+00:00")
        sink.show(_healthy(version))
        home.wait("sensor.door_front_events_waiting", str(version))
    sink.close()
    outbox.close()


def _healthy(number: int) -> RetainedHealth:
    outbox = OutboxHealth(durable=True, waiting=number, dropped=0)
    health = Health(version="0", boot="b", up_s=number, camera_online=True, outbox=outbox)
    return RetainedHealth(door="front", health=health)


def test_all_is_there_again_after_restarts(house: House) -> None:
    home, lock = house.home, "lock.door_front"
    with Run(house.settings):
        with home:
            home.wait(lock, "locked")
            house.show(GRACE)
            home.wait_for(lambda: home.notified or None, "a notification")
            house.broker.stop()
            home.wait(lock, "unavailable")
            house.broker.start()  # it has forgotten all
            home.wait(lock, "locked")
        with home:
            home.wait(lock, "locked")
            home.wait("event.door_front_stranger")  # as it was remembered
        house.broker.restart()
        home.history.clear()
        with Subscriber(house.as_home("homeassistant")) as listener:
            while "/lock/" not in (message := listener.next()).topic:
                pass
            assert message.topic == "homeassistant/lock/faceidd_front/lock/config"
            listener.say(message.topic, "")  # somebody takes it from the broker
        with home:  # which says that it is there, and the door answers
            home.wait(lock, "locked")
    assert len(home.notified) == 1, "what comes back is no news"


def test_only_a_signed_command_opens(house: House) -> None:
    home, folder = house.home, house.folder
    key = PrivateKey.generate("home")
    save_key(key, folder / "home.key")
    house.rule(keys={"home": {"public_key": key.public_key, "commands": ["unlock"]}})
    (folder / "home-password").write_text(house.broker.home_login.password)
    (folder / "home-password").chmod(0o600)
    login = {"username": "home", "password_file": str(folder / "home-password")}
    mqtt = {**house.settings["mqtt"], **login}
    (folder / "signer.yaml").write_text(json.dumps({"mqtt": mqtt}))
    house.settings["mqtt"]["commands"] = True
    with Run(house.settings), home, Subscriber(house.as_home("faceidd")) as heard:
        home.wait("lock.front_door_with_a_key", "locked")
        unsigned = {"entity_id": "lock.door_front"}
        assert home.ask("call", ["lock", "unlock", unsigned], "called") is None
        while not (message := heard.next()).topic.endswith("/event/command_refused"):
            pass
        assert json.loads(message.text)["reason"] == "malformed"
        assert _states(home, "lock.door_front") == {"locked"}
        signed = {"entity_id": "lock.front_door_with_a_key"}
        # What is signed within five seconds after the daemon's start is refused, rightly.
        for _ in range(20):
            home.ask("call", ["lock", "unlock", signed], "called")
            if "unlocked" in _states(home, "lock.door_front"):
                break
        home.wait("lock.door_front", "locked")
        assert _states(home, "lock.door_front") == {"locked", "unlocked"}
