"""A house: a door, its camera and its lines, a real broker, and a real Home Assistant."""

import copy
import json
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from support.held_port import HOST, HeldPort
from support.home import Home
from support.mjpeg_camera import MjpegCamera
from support.mosquitto import Mosquitto
from support.portraits import Visitor, scene
from support.small_door import Settings, jpeg

from faceidd.daemon.build import mqtt_settings
from faceidd.daemon.config import Config
from faceidd.door.pin_file import pin_text
from faceidd.events.mqtt import MqttSettings
from faceidd.models.portraits import PortraitName

BLUEPRINT = Path(__file__).parents[2] / "config/home-assistant/notify-stranger.yaml"
PINS = {"contact": "GPIO27", "tamper": "GPIO22", "fire": "GPIO5"}
AUTOMATION = {
    "alias": "stranger",
    "use_blueprint": {
        "path": "faceidd/notify-stranger.yaml",
        "input": {
            "stranger": "event.door_front_stranger",
            "picture": "image.door_front_last_stranger",
            "notifier": "notify.test",
        },
    },
}


@dataclass
class House:
    """A door, its camera and its lines, a broker, and Home Assistant."""

    folder: Path
    models: Path
    broker: Mosquitto
    home: Home
    camera: MjpegCamera
    settings: Settings

    def line(self, name: str, *, yes: bool) -> None:
        """Have a line say so."""
        pin = self.folder / "pins" / PINS[name]
        pin.write_bytes(pin_text(driven=False, high=yes))

    def show(self, who: PortraitName | None) -> None:
        """Let somebody, or nobody, stand before the camera."""
        people = [] if who is None else [Visitor(who, 180, (320, 240))]
        self.camera.show([jpeg(scene(*people))])

    def rule(self, **more: Any) -> None:
        """Give the door a policy: everybody passes, and more."""
        policy = {
            "timezone": "Europe/Berlin",
            "doors": {"front": {"allow": [{"who": ["everybody"]}]}},
            **more,
        }
        file = self.folder / "policy.yaml"
        file.write_text(json.dumps(policy))
        self.settings["policy"]["file"] = str(file)

    def as_home(self, prefix: str) -> MqttSettings:
        """How Home Assistant reaches the broker; topics begin with the prefix."""
        settings = mqtt_settings(Config.model_validate(self.settings))
        assert settings is not None
        login = self.broker.home_login
        return replace(settings, prefix=prefix, username=login.username, password=login.password)


@contextmanager
def furnished_house(folder: Path, models: Path, door: Settings) -> Iterator[House]:
    """A house whose broker and camera run; Home Assistant and the door do not yet.

    Args:
        folder: An empty folder for their files.
        models: Folder of the model packs.
        door: Settings of a door.
    """
    for name in ("broker", "home"):
        (folder / name).mkdir()
    blueprint = folder / "home/blueprints/automation/faceidd" / BLUEPRINT.name
    blueprint.parent.mkdir(parents=True)
    shutil.copy(BLUEPRINT, blueprint)
    with (
        Mosquitto(folder / "broker") as broker,
        MjpegCamera([jpeg(scene())], fps=10) as camera,
    ):
        settings, held = copy.deepcopy(door), HeldPort()
        _settle(settings, folder, broker, camera.url)
        home = Home(folder / "home", broker, _configuration(folder, held.number))
        yield House(folder, models, broker, home, camera, settings)


def _configuration(folder: Path, port: int) -> dict[str, Any]:
    """That of Home Assistant, with the lock of docs/home-assistant.md that has a key."""
    send = [sys.executable, "-m", "faceidd", "command", "send", "unlock"]
    send += ["--key", str(folder / "home.key"), "--config", str(folder / "signer.yaml")]
    lock = {
        "platform": "template",
        "name": "Front door, with a key",
        "value_template": "{{ is_state('lock.door_front', 'locked') }}",
        "unlock": {"service": "shell_command.front_door_unlock"},
        "lock": [],
    }
    return {
        "http": {"server_host": HOST, "server_port": port},
        "automation": [AUTOMATION],
        "shell_command": {"front_door_unlock": shlex.join(send)},
        "lock": [lock],
    }


def _settle(settings: Settings, folder: Path, broker: Mosquitto, camera: str) -> None:
    settings["door"] |= {"pins_dir": str(folder / "pins"), "pulse_s": 1.0, "held_after_s": 1.0}
    settings["door"] |= {
        name: {"pin": pin, "active_high": True, "pull": "down"} for name, pin in PINS.items()
    }
    settings["policy"]["state_dir"] = str(folder / "state")
    settings["camera"] = {"source": camera, "reconnect_max_s": 1.0}
    settings["events"] = {"health_s": 10.0}
    settings["snapshots"] = {"of": "everybody", "publish": True}
    settings["mqtt"] = {**broker.door_settings(folder), "home_assistant": {}}
