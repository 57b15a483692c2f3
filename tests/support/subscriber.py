"""A subscriber to a door's topics, over any broker."""

import ssl
from dataclasses import dataclass
from queue import Queue
from threading import Event
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from support.forms import faults

from faceidd.events.envelope import Worth
from faceidd.events.event import parse
from faceidd.events.mqtt import MqttSettings


@dataclass(frozen=True)
class Message:
    """A message as it came."""

    topic: str
    text: str
    qos: int
    retained: bool
    """Whether the broker had kept it from before the subscription."""
    expiry_s: int | None


class Subscriber:
    """Receives what is published under a door's prefix while it is a context.

    Whatever an event or a state says is held against its published schema; it fails at the end if
    something did not have that form.

    Args:
        settings: The broker and the login; the door's own settings serve where it may read.
    """

    def __init__(self, settings: MqttSettings) -> None:
        self._settings = settings
        self._messages: Queue[Message] = Queue()
        self.faults: list[str] = []
        self._subscribed = Event()
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.username_pw_set(settings.username, settings.password)
        if settings.tls is not None:
            context = ssl.create_default_context(cafile=settings.tls.ca)
            if settings.tls.cert is not None:
                context.load_cert_chain(settings.tls.cert, settings.tls.key)
            self._client.tls_set_context(context)
        self._client.on_connect = lambda client, *_: client.subscribe(f"{settings.prefix}/#", qos=1)
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._take

    def next(self, timeout: float = 20) -> Message:
        """Wait for the next message; fails when none comes."""
        return self._messages.get(timeout=timeout)

    def next_event(self) -> Message:
        """Wait for the next message on an event topic."""
        while "/event/" not in (message := self.next()).topic:
            pass
        return message

    def next_news(self) -> Message:
        """Wait for the next message on an event topic that tells of the door, not its device."""
        while parse((message := self.next_event()).text).worth is not Worth.NEWS:
            pass
        return message

    def next_told(self) -> Message:
        """Wait for the next message that is no state and no status."""
        while "/stat" in (message := self.next()).topic:
            pass
        return message

    def wait_status(self, state: str) -> Message:
        """Wait until the door's status is this."""
        while (message := self.next()).text != f'{{"state":"{state}"}}':
            pass
        return message

    def __enter__(self) -> Self:
        self._client.connect(self._settings.host, self._settings.port)
        self._client.loop_start()
        assert self._subscribed.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        # Paho closes a socket only when the client is deleted: nothing may hold it in a circle.
        self._client.on_connect = self._client.on_subscribe = self._client.on_message = None
        assert not self.faults

    def _take(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        expiry_s = getattr(message.properties, "MessageExpiryInterval", None)
        text = message.payload.decode()
        self.faults += faults(message.topic, text)
        self._messages.put(Message(message.topic, text, message.qos, message.retain, expiry_s))
