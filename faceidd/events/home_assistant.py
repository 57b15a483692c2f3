"""HomeAssistant: makes a door known to Home Assistant, by its MQTT discovery.

One retained message for each entity. Device-based discovery, one message for all, would need
Home Assistant 2024.11; this is understood from 2023.8 on.
"""

import json
import random
import threading
from collections.abc import Callable, Mapping

from faceidd import __version__
from faceidd.events.home_entities import Entity, Furnishing, entities
from faceidd.events.mqtt import MqttSettings
from faceidd.events.received import Received

BIRTH = b"online"
"""What Home Assistant says on its status topic once it is there."""
PAUSE_S = (1.0, 5.0)
"""How long a door waits before it answers, at least and at most: not all doors at once."""


class HomeAssistant:
    """What one door says to Home Assistant, and when it says it again.

    Args:
        door: Names the door and its topics.
        has: What the door has.
        prefix: What the topics of discovery begin with, as Home Assistant is set.
        pause: How long to wait before an answer, in seconds; None draws it within `PAUSE_S`.
    """

    def __init__(
        self,
        door: MqttSettings,
        has: Furnishing,
        *,
        prefix: str = "homeassistant",
        pause: float | None = None,
    ) -> None:
        self._door = door
        self._prefix = prefix
        self._pause = pause
        self._entities = tuple(entities(door, has))
        self._node = f"{door.prefix}/{door.door}".replace("/", "_")
        self._answer: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    @property
    def status_topic(self) -> str:
        """Where Home Assistant says that it is there."""
        return f"{self._prefix}/status"

    @property
    def messages(self) -> Mapping[str, str]:
        """Topic -> what is to be retained there; empty takes an entity back."""
        return {
            f"{self._prefix}/{one.component}/{self._node}/{one.key}/config": (
                json.dumps(self._config(one)) if one.offered else ""
            )
            for one in self._entities
        }

    def answer_by(self, answer: Callable[[], None]) -> None:
        """Have this called a moment after each time Home Assistant was started.

        Args:
            answer: Called on a thread of its own, also when the door is closing.
        """
        self._answer = answer

    def hear(self, received: Received) -> None:
        """Take what is said on the status topic; many messages in a row get one answer."""
        if received.payload != BIRTH:
            return
        with self._lock:
            if self._timer is not None:
                return
            # No secret: it only keeps many doors apart.
            pause = random.uniform(*PAUSE_S) if self._pause is None else self._pause  # noqa: S311 - spreads doors in time, no secret
            self._timer = threading.Timer(pause, self._greet)
            self._timer.daemon = True
            self._timer.start()

    def _greet(self) -> None:
        with self._lock:
            self._timer = None
        self._answer()

    def _config(self, entity: Entity) -> dict[str, object]:
        return {
            **entity.config,
            "unique_id": f"{self._node}_{entity.key}",
            "qos": 1,
            "availability": [
                {
                    "topic": self._door.status_topic,
                    "value_template": "{{ value_json.state }}",
                }
            ],
            "device": {
                "identifiers": [self._node],
                "name": f"Door {self._door.door}",
                "manufacturer": "faceidd",
                "model": "Door that knows faces",
                "sw_version": __version__,
            },
            "origin": {"name": "faceidd", "sw_version": __version__},
        }
