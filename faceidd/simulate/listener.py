"""Listener: hears all that a door tells over a broker that may come and go."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from faceidd.simulate.wire import HOST

RETRY_S = 0.05


class Listener:
    """A subscriber of one door, from its making until `close`; it remembers no more than numbers.

    Args:
        port: The broker's, on the loopback.
        prefix: What its topics begin with.
        door: The door's id.
        now: Seconds of the scenario.

    Attributes:
        events: Kind of event -> how many were heard.
        online_at: When the door said that it is online, each time.
        durable_at: When it said that events are kept on the disk again, each time.
        offline: Whether it said its last.
    """

    def __init__(self, port: int, prefix: str, door: str, now: Callable[[], float]) -> None:
        self.events: Counter[str] = Counter()
        self.online_at: list[float] = []
        self.durable_at: list[float] = []
        self.offline = False
        self._durable = True
        self._now = now
        self._topic = f"{prefix}/{door}/#"
        self._subscribed = threading.Event()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id="simulate", protocol=MQTTProtocolVersion.MQTTv5
        )
        self._client.on_connect = lambda client, *_: client.subscribe(self._topic, qos=1)
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._hear
        self._client.reconnect_delay_set(RETRY_S, RETRY_S)  # type: ignore[arg-type]  # paho names whole seconds, and waits for any
        self._client.connect(HOST, port)
        self._client.loop_start()
        self._subscribed.wait(5.0)

    def close(self) -> None:
        """Hear no more."""
        self._client.disconnect()
        self._client.loop_stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _hear(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        _, _, stream, *rest = message.topic.split("/")
        if stream == "status":
            self.offline = json.loads(message.payload)["state"] == "offline"
            if not self.offline:
                self.online_at.append(self._now())
        elif stream == "state":
            if rest == ["health"]:
                self._note_health(json.loads(message.payload))
        else:
            self.events[rest[-1]] += 1

    def _note_health(self, state: dict[str, Any]) -> None:
        outbox = state["health"]["outbox"]
        durable = outbox is None or outbox["durable"]
        if durable and not self._durable:
            self.durable_at.append(self._now())
        self._durable = durable
