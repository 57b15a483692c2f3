"""A door as it is often built: every message that says "unlock" opens it.

It keeps a session at the broker, so that it misses nothing, and looks at no time, no number and no
signature: the consumer that made a door open hours after its visitor had left.
"""

import ssl
from queue import Queue
from threading import Event
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from faceidd.events.mqtt import MqttSettings

SESSION_S = 86400


class NaiveDoor:
    """Opens at every such message on the command topic while it is a context.

    Args:
        settings: The broker, with a login that may read the topic.
    """

    def __init__(self, settings: MqttSettings) -> None:
        self._settings = settings
        self._opened: Queue[bytes] = Queue()
        self.openings = 0

    def wait_opened(self, payload: bytes) -> None:
        """Wait until it opened for this message; fails when it does not."""
        while True:
            opened = self._opened.get(timeout=20)
            self.openings += 1
            if opened == payload:
                return

    def __enter__(self) -> Self:
        settings = self._settings
        client = Client(
            CallbackAPIVersion.VERSION2, client_id="naive", protocol=MQTTProtocolVersion.MQTTv5
        )
        client.username_pw_set(settings.username, settings.password)
        if settings.tls is not None:
            client.tls_set_context(ssl.create_default_context(cafile=settings.tls.ca))
        subscribed = Event()
        client.on_connect = lambda here, *_: here.subscribe(settings.command_topic, qos=1)
        client.on_subscribe = lambda *_: subscribed.set()
        client.on_message = self._open
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's
        session.SessionExpiryInterval = SESSION_S
        client.connect(settings.host, settings.port, clean_start=False, properties=session)
        client.loop_start()
        assert subscribed.wait(20)
        self._client = client
        return self

    def __exit__(self, *_: object) -> None:
        client = self._client
        client.disconnect()
        client.loop_stop()
        # Paho closes a socket only when the client is deleted: nothing may hold it in a circle.
        client.on_connect = client.on_subscribe = client.on_message = None
        del self._client

    def _open(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        if b'"command":"unlock"' in message.payload:
            self._opened.put(bytes(message.payload))
