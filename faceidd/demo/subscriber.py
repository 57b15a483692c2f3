"""A subscriber as a user's own would be: it knows the broker and the topics, nothing else."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from faceidd.clock import monotonic
from faceidd.errors import BrokerError
from faceidd.events.envelope import Envelope, Worth
from faceidd.events.event import Event, parse
from faceidd.units import Instant

PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that was received.

    Attributes:
        at: When.
        text: What to print.
        event: The event; None for a status message.
    """

    at: Instant
    text: str
    event: Event | None


class Subscriber:
    """Receives all that one door tells.

    Args:
        host: The broker's address.
        port: Its port.
        door: The door's id.
        hear: Told of every message, on the client's thread.
    """

    def __init__(self, host: str, port: int, door: str, hear: Callable[[Heard], None]) -> None:
        self._hear = hear
        self._topic = f"faceidd/{door}/#"
        self._subscribed, self._online, self._offline = (threading.Event() for _ in range(3))
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id="demo", protocol=MQTTProtocolVersion.MQTTv5
        )
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._on_message
        self._client.connect(host, port)
        self._client.loop_start()

    def __enter__(self) -> Self:
        _wait(self._subscribed, "the broker did not take the subscription")
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def wait_online(self) -> None:
        """Wait until the door says that it is online.

        Raises:
            BrokerError: It did not within `PATIENCE_S`.
        """
        _wait(self._online, "the door did not come online")

    def wait_offline(self) -> None:
        """Wait until the door has said its last.

        Raises:
            BrokerError: It did not within `PATIENCE_S`.
        """
        _wait(self._offline, "the door did not go offline")

    def _on_connect(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe(self._topic, qos=1)

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        now = monotonic()
        if message.topic.endswith("/status"):
            state = json.loads(message.payload)["state"]
            {"online": self._online, "offline": self._offline}[state].set()
            self._hear(Heard(now, f"{message.topic}: {state}", None))
            return
        event = parse(bytes(message.payload)) if "/event/" in message.topic else None
        if event is not None and event.worth is Worth.NEWS:  # of the door, not of its device
            self._hear(Heard(now, f"{message.topic}: {_told(event)}", event))


def _told(event: Event) -> str:
    hidden = {*Envelope.model_fields, "type", "person"}
    fields = event.model_dump(exclude=hidden)
    return ", ".join(f"{key} {value}" for key, value in fields.items())


def _wait(moment: threading.Event, what: str) -> None:
    if not moment.wait(PATIENCE_S):
        raise BrokerError(what, do="run the demo again; see the log above")
