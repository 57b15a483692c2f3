"""Hearer: a subscriber that loses nothing of what a broker sent before it was killed."""

import fcntl
import json
import termios
import threading
import time
from typing import Any, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from support.mosquitto import Mosquitto

PATIENCE_S = 60.0
SESSION_S = 3600


class Hearer:
    """A subscriber whose session outlives the broker.

    Attributes:
        heard: Ids and numbers of events, in the order in which they were heard first.
        deliveries: How many messages came.
        late: How many of them came as history.
    """

    def __init__(self, broker: Mosquitto) -> None:
        self.heard: dict[str, int] = {}
        self.deliveries = self.late = 0
        self._broker = broker
        self._connected, self._gone = threading.Event(), threading.Event()
        self._client: _Client | None = None

    def drain(self) -> None:
        """Read all that a frozen broker has sent: it may have acknowledged that, and saved nothing.

        Once it is killed paho would read no further, for it fails to acknowledge.
        """
        assert self._client is not None
        deadline = time.monotonic() + PATIENCE_S
        while not self._client.has_read_all():
            assert time.monotonic() < deadline, "the subscriber does not read"
            time.sleep(0.001)

    def connect(self) -> None:
        """Come back to a broker that was started."""
        if self._client is not None:
            assert self._gone.wait(PATIENCE_S)
        self._let_go()
        self._connected.clear()
        self._gone.clear()
        client = _Client(
            CallbackAPIVersion.VERSION2,
            client_id="hearer",
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        login = self._broker.subscriber_login
        client.username_pw_set(login.username, login.password)
        client.tls_set(str(self._broker.ca_file))
        client.on_connect = lambda one, *_: one.subscribe("faceidd/front/#", qos=1)
        client.on_subscribe = lambda *_: self._connected.set()
        client.on_disconnect = lambda *_: self._gone.set()
        client.on_message = self._take
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's
        properties.SessionExpiryInterval = SESSION_S
        properties.ReceiveMaximum = 65535
        client.connect(
            self._broker.host, self._broker.port, clean_start=False, properties=properties
        )
        client.loop_start()
        self._client = client
        assert self._connected.wait(PATIENCE_S)

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self._let_go()

    def _let_go(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            client.loop_stop()
            # Paho closes its sockets when the client is deleted: nothing may hold it in a circle.
            client.on_connect = client.on_subscribe = None
            client.on_message = client.on_disconnect = None

    def _take(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        if not message.topic.endswith("/door_opened"):
            return
        event = json.loads(message.payload)
        self.deliveries += 1
        self.late += "/history/" in message.topic
        self.heard.setdefault(event["id"], int(event["visit"]))


class _Client(mqtt.Client):
    """Knows whether it has read all that came."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._reading = threading.Lock()
        super().__init__(*arguments, **named)

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        with self._reading:
            return super().loop_read(max_packets)

    def has_read_all(self) -> bool:
        sock: Any = self.socket()
        with self._reading:
            unread = fcntl.ioctl(sock, termios.FIONREAD, bytes(4))
            return not sock.pending() and not any(unread)
