"""The entities that Home Assistant shows of a door, each with where its state comes from.

Everything is read from the topics that every subscriber reads; nothing is said for Home Assistant
alone. Templates are Jinja, as Home Assistant renders them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from faceidd.access.ruling import Ground
from faceidd.door.situation import Alert
from faceidd.events.event import StrangerReason
from faceidd.events.mqtt import MqttSettings
from faceidd.events.picture_note import Kind

Component = Literal["binary_sensor", "event", "image", "lock", "sensor", "update"]
Config = dict[str, object]

DIAGNOSTIC = {"entity_category": "diagnostic"}
TROUBLES = (Alert.FORCED, Alert.HELD, Alert.TAMPER, Alert.LINE_FAULT, Alert.RELAY_FAULT)


@dataclass(frozen=True, slots=True)
class Furnishing:
    """What a door has, and tells.

    Attributes:
        contact: Whether it knows of its leaf.
        tamper: Whether its housing has a switch.
        fire: Whether it listens to a fire alarm.
        pictures: The kinds of snapshots that it publishes.
    """

    contact: bool
    tamper: bool
    fire: bool
    pictures: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing that Home Assistant shows.

    Attributes:
        component: Of which kind it is there.
        key: Its name among the door's entities; never changes.
        config: What is its own in its discovery message.
        offered: Whether this door has it; if not, it is taken back.
    """

    component: Component
    key: str
    config: Config
    offered: bool = True


def entities(door: MqttSettings, has: Furnishing) -> Iterator[Entity]:
    """All that there can be, also what this door does not have.

    Args:
        door: Names its topics.
        has: What it has.
    """
    yield from _lock_and_leaf(door, has)
    yield from _events(door)
    for kind in Kind:
        topic = door.snapshot_topic(kind)
        config: Config = {
            "name": f"Last {kind}",
            "image_topic": topic,
            "content_type": "image/jpeg",
            "json_attributes_topic": door.about_topic(kind),
        }
        yield Entity("image", f"picture_{kind}", config, kind in has.pictures)
    yield from _upkeep(door)


def _lock_and_leaf(door: MqttSettings, has: Furnishing) -> Iterator[Entity]:
    topic = door.state_topic("door")
    lock: Config = {
        "name": None,  # that of the device
        "state_topic": topic,
        "value_template": "{{ 'JAMMED' if 'relay_fault' in value_json.alerts"
        " else 'UNLOCKED' if value_json.unlocked else 'LOCKED' }}",
        # Must be given. What Home Assistant says there is not signed, and the door refuses it.
        "command_topic": door.command_topic,
        "optimistic": False,
        "retain": False,
    }
    yield Entity("lock", "lock", lock)

    def flag(key: str, name: str, claim: str, kind: str | None, *, offered: bool = True) -> Entity:
        config: Config = {
            "name": name,
            "state_topic": topic,
            "value_template": f"{{{{ 'ON' if {claim} else 'OFF' }}}}",
        }
        config |= {"device_class": kind} if kind else {"icon": "mdi:shield-lock"}
        return Entity("binary_sensor", key, config, offered)

    def alert(one: Alert) -> str:
        return f"'{one}' in value_json.alerts"

    yield flag("leaf", "Leaf", "value_json.open", "door", offered=has.contact)
    yield flag("held", "Held open", alert(Alert.HELD), "problem", offered=has.contact)
    yield flag("forced", "Forced open", alert(Alert.FORCED), "safety", offered=has.contact)
    yield flag("tamper", "Housing", alert(Alert.TAMPER), "tamper", offered=has.tamper)
    yield flag("fire", "Fire release", alert(Alert.FIRE), "safety", offered=has.fire)
    yield flag("lockdown", "Lockdown", alert(Alert.LOCKDOWN), None)
    trouble = f"value_json.alerts | select('in', {[str(one) for one in TROUBLES]}) | list"
    yield flag("problem", "Problem", trouble, "problem")
    state: Config = {
        "name": "State",
        "state_topic": topic,
        "value_template": "{{ value_json.state }}",
        "icon": "mdi:door",  # the device class `enum` is not understood before 2024.10
    }
    yield Entity("sensor", "door_state", state)


def _events(door: MqttSettings) -> Iterator[Entity]:
    def of(key: str, name: str, topic: str, kind: str, kinds: list[str], **more: object) -> Entity:
        config: Config = {
            "name": name,
            "state_topic": topic,
            "value_template": f"{{{{ dict(value_json, event_type={kind}) | to_json }}}}",
            "event_types": kinds,
        }
        return Entity("event", key, config | more)

    def told(name: str) -> str:
        return door.topic_of("event", name)

    known = of(
        "recognized", "Recognized", told("person_recognized"), "'recognized'", ["recognized"],
        icon="mdi:account-check",
    )  # fmt: skip
    reasons = [str(one) for one in get_args(StrangerReason)]
    stranger = of(
        "stranger", "Stranger", told("stranger_seen"), "value_json.reason", reasons,
        icon="mdi:account-question",
    )  # fmt: skip
    denied = of(
        "denied", "Access denied", told("access_denied"), "value_json.ground",
        [str(one) for one in Ground], icon="mdi:account-cancel",
    )  # fmt: skip
    duress = of(
        "duress", "Duress", door.topic_of("alarm", "duress_signaled"), "value_json.sign",
        ["look", "pin"], icon="mdi:alarm-light", enabled_by_default=False,
    )  # fmt: skip
    yield from (known, stranger, denied, duress)


def _upkeep(door: MqttSettings) -> Iterator[Entity]:
    gallery, camera, health = (door.state_topic(name) for name in ("gallery", "camera", "health"))

    def of(key: str, name: str, topic: str, value: str, **more: object) -> Entity:
        config: Config = {
            "name": name,
            "state_topic": topic,
            "value_template": f"{{{{ {value} }}}}",
        }
        return Entity("sensor", key, config | DIAGNOSTIC | more)

    online: Config = {
        "name": "Camera",
        "state_topic": camera,
        "value_template": "{{ 'ON' if value_json.online else 'OFF' }}",
        "device_class": "connectivity",
    }
    yield Entity("binary_sensor", "camera", online | DIAGNOSTIC)
    picture: Config = {
        "name": "Camera picture",
        "state_topic": camera,
        "value_template": "{{ 'ON' if value_json.alerts else 'OFF' }}",
        "device_class": "problem",
        "json_attributes_topic": camera,
        "json_attributes_template": "{{ {'alerts': value_json.alerts} | to_json }}",
    }
    yield Entity("binary_sensor", "camera_picture", picture)
    yield of("camera_losses", "Camera losses", camera, "value_json.losses", icon="mdi:camera-off")
    yield of("people", "People", gallery, "value_json.people", icon="mdi:account-group")
    yield of(
        "published", "Gallery published", gallery, "value_json.published_at",
        device_class="timestamp",
    )  # fmt: skip
    yield of("software", "Software", gallery, "value_json.software", icon="mdi:package-variant")
    waiting = "value_json.health.outbox.waiting if value_json.health.outbox else None"
    yield of("outbox", "Events waiting", health, waiting, icon="mdi:tray-full")
    yield of(
        "uptime", "Uptime", health, "value_json.health.up_s", device_class="duration",
        unit_of_measurement="s",
    )  # fmt: skip
    update: Config = {
        "name": "Gallery",
        "state_topic": gallery,
        "title": "Gallery",
        "value_template": "{% set latest = (value_json.sync or {}).get('latest') %}"
        "{{ {'installed_version': value_json.version | string,"
        " 'latest_version': (value_json.version if latest is none else latest) | string}"
        " | to_json }}",
    }
    yield Entity("update", "gallery", update | DIAGNOSTIC)
