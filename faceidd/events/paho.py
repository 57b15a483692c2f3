"""One connection to an MQTT 5 broker, over paho-mqtt.

paho keeps what was not acknowledged and sends it again after it reconnected, with its full life
anew: hours later, a visitor would seem to stand at the door. So a connection here never
reconnects. It is driven by the one thread that owns it, ends once, and is thrown away with all
that paho still holds; who opens the next one decides what is still worth sending.
"""

import logging
import select
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from paho.mqtt.client import (
    Client,
    ConnectFlags,
    DisconnectFlags,
    MQTTMessage,
    topic_matches_sub,
)
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from faceidd.errors import BrokerError
from faceidd.events.message_properties import MessageProperties
from faceidd.events.mqtt import MqttSettings, status
from faceidd.events.received import Received
from faceidd.events.refusal import refused, unreachable
from faceidd.events.tls import tls_context
from faceidd.units import Seconds

MOST_PACKET_BYTES = 1 << 18
"""The broker is asked to send nothing longer: what is meant for us never is."""
LONGEST_PAUSE = Seconds(1.0)
"""Between two looks at the keep-alive."""
MOST_IN_FLIGHT = 10
"""Messages that wait for their answer at once; fewer if the broker says so."""
MOST_RECEIVED = 16
"""Messages to one listener that were not taken yet; what comes then is dropped and counted."""
_AT_LEAST_ONCE = 1

_log = logging.getLogger(__name__)


class Connection:
    """One connection, from its opening to its end. For one thread.

    Args:
        settings: The broker, and how to log in to it.
        client_id: The name the broker knows this connection by.
        will: Whether the broker is to retain `offline` when the connection is lost.

    Raises:
        BrokerError: A file of the TLS settings cannot be used.
    """

    def __init__(self, settings: MqttSettings, *, client_id: str, will: bool) -> None:
        self._settings = settings
        self._welcome: ReasonCode | None = None
        self._lost: str | None = None
        self._answers: dict[int, str | None] = {}
        self._received: dict[str, list[Received]] = {}
        self._in_flight = 0
        self._most_in_flight = MOST_IN_FLIGHT
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        if settings.username is not None:
            self._client.username_pw_set(settings.username, settings.password)
        if settings.tls is not None:
            self._client.tls_set_context(tls_context(settings.tls))
        if will:
            self._client.will_set(settings.status_topic, status("offline"), qos=1, retain=True)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message
        self._client.on_subscribe = self._on_subscribe

    def open(self, timeout: Seconds) -> None:
        """Connect, log in, and wait until the broker agrees.

        Args:
            timeout: Bound on each of: reaching the broker's address, agreeing on encryption,
                and the broker's answer.

        Raises:
            BrokerError: The broker cannot be reached, is not to be trusted, or refuses us.
        """
        settings = self._settings
        self._client.connect_timeout = timeout
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's
        properties.MaximumPacketSize = MOST_PACKET_BYTES
        try:
            self._client.connect(
                settings.host,
                settings.port,
                settings.keepalive_s,
                clean_start=True,
                properties=properties,
            )
        except Exception as error:
            raise unreachable(settings, error) from error
        deadline = time.monotonic() + timeout
        while self._welcome is None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise BrokerError(
                    f"the broker {settings.address} did not answer in {timeout:g} s",
                    do="check that it speaks MQTT 5 there, and mqtt.tls",
                )
            try:
                self.pump(Seconds(left))
            except BrokerError:
                if self._welcome is None:
                    raise
        if self._welcome.is_failure:
            raise refused(settings, str(self._welcome))

    @property
    def has_room(self) -> bool:
        """Whether the broker takes one more message before it has answered all others."""
        return self._in_flight < self._most_in_flight

    def publish(
        self,
        topic: str,
        payload: str | bytes,
        *,
        retain: bool = False,
        expiry_s: int | None = None,
        user: Mapping[str, str] | None = None,
    ) -> int:
        """Send a message with QoS 1.

        Args:
            topic: Where to.
            payload: What.
            retain: Whether the broker keeps it for later subscribers.
            expiry_s: How long the broker may keep it for subscribers, seconds; None is for ever.
            user: User properties.

        Returns:
            The message's key in `take_answers`.

        Raises:
            ValueError: It cannot be said in MQTT.
        """
        properties = MessageProperties(
            expiry_s=expiry_s, json=isinstance(payload, str), user=user or {}
        )
        key = self._client.publish(topic, payload, _AT_LEAST_ONCE, retain, properties).mid
        self._in_flight += 1
        return key

    def subscribe(self, topic: str) -> None:
        """Ask for what is published from now on; nothing that the broker kept is asked for.

        The connection began clean and leaves no session: while it is lost nothing waits for it.

        Args:
            topic: Which; may have wildcards.
        """
        self._received.setdefault(topic, [])
        self._client.subscribe(
            topic,
            options=SubscribeOptions(
                qos=_AT_LEAST_ONCE,
                retainAsPublished=True,
                retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND,
            ),
        )

    def take_received(self) -> list[Received]:
        """Messages that came since the last call, those of one subscription in their order."""
        received = [one for waiting in self._received.values() for one in waiting]
        for waiting in self._received.values():
            waiting.clear()
        return received

    def take_answers(self) -> dict[int, str | None]:
        """Answers that came since the last call: a message's key, and why it was refused, if so."""
        answers, self._answers = self._answers, {}
        return answers

    def pump(self, timeout: Seconds, wake: socket.socket | None = None) -> None:
        """Wait for traffic and handle it; returns after some was handled, or the time is over.

        Args:
            timeout: Longest wait.
            wake: Ends the wait when there is something to read from it; it is not read.

        Raises:
            BrokerError: The connection is lost.
        """
        sock = self._client.socket()
        if sock is not None:
            try:
                self._handle(sock, timeout, wake)
            except Exception as error:
                # The broker's nonsense, as paho reports it.
                self._lost = self._lost or f"{type(error).__name__}: {error}"
        if self._lost is not None or self._client.socket() is None:
            raise BrokerError(
                f"the broker {self._settings.address} hung up ({self._lost or 'no connection'})",
                do="look into its log; check mqtt.port and mqtt.tls if it never worked",
            )

    def disconnect(self) -> None:
        """Take leave in order: the broker forgets the will."""
        self._client.disconnect()

    def drop(self) -> None:
        """Close the socket, if it is still open; the broker publishes the will."""
        sock = self._client.socket()
        if sock is not None:
            sock.close()

    def _handle(self, sock: Any, timeout: Seconds, wake: socket.socket | None) -> None:
        readers = [sock] if wake is None else [sock, wake]
        writers = [sock] if self._client.want_write() else []
        pause = 0.0 if _buffered(sock) else min(timeout, LONGEST_PAUSE)
        readable, writable, _ = select.select(readers, writers, [], pause)
        if sock in readable or _buffered(sock):
            self._client.loop_read()
        if sock in writable:
            self._client.loop_write()
        self._client.loop_misc()

    def _on_connect(
        self,
        _client: Client,
        _data: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        self._welcome = reason
        most: int = getattr(properties, "ReceiveMaximum", MOST_IN_FLIGHT)
        self._most_in_flight = min(most, MOST_IN_FLIGHT)

    def _on_disconnect(
        self,
        _client: Client,
        _data: object,
        flags: DisconnectFlags,
        reason: ReasonCode,
        _more: object,
    ) -> None:
        said = flags.is_disconnect_packet_from_server
        self._lost = str(reason) if said else "connection lost"

    def _on_publish(
        self, _client: Client, _data: object, key: int, reason: ReasonCode, _more: object
    ) -> None:
        self._in_flight -= 1
        self._answers[key] = str(reason) if reason.is_failure else None

    def _on_subscribe(
        self, _client: Client, _data: object, _key: int, reasons: list[ReasonCode], _more: object
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            address = self._settings.address
            _log.error("the broker %s does not let this user listen: %s", address, reasons[0])

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        for topic, waiting in self._received.items():
            if not topic_matches_sub(topic, message.topic):
                continue
            if len(waiting) < MOST_RECEIVED:
                waiting.append(Received(bytes(message.payload), message.topic, message.retain))
            else:
                waiting[-1] = replace(waiting[-1], dropped=waiting[-1].dropped + 1)
            return


def _buffered(sock: object) -> bool:
    # What the TLS layer has read already is not seen by select.
    return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0
