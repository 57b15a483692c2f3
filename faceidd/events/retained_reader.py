"""What a broker keeps of all doors, asked for once. Everything that comes is bounded."""

import time
from collections.abc import Iterable
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from faceidd.errors import BrokerError
from faceidd.events.mqtt import MqttSettings
from faceidd.events.paho import Connection
from faceidd.units import Seconds

MOST_MESSAGES = 200_000
"""Topics that are kept."""
MOST_BYTES = 1 << 14
"""A longer message is left out: none of ours is."""
QUIET = Seconds(0.5)
"""Nothing marks the end of what a broker keeps: it is taken for over when so long nothing came."""
_AT_LEAST_ONCE = 1


class RetainedReader(Connection):
    """A connection that reads what is retained, and tells nobody that it is there.

    Args:
        settings: The broker, and how to log in to it.
        client_id: The name the broker knows this connection by.

    Attributes:
        found: What came, by topic.
        left_out: How many messages were too long, or too many.
    """

    def __init__(self, settings: MqttSettings, *, client_id: str) -> None:
        super().__init__(settings, client_id=client_id, will=False)
        self.found: dict[str, bytes] = {}
        self.left_out = 0
        self._asked = 0
        self._refusal: str | None = None
        self._heard = 0.0

    def read(self, topics: Iterable[str], timeout: Seconds, quiet: Seconds = QUIET) -> None:
        """Ask for topics, and wait until nothing more comes.

        Args:
            topics: Which; may have wildcards.
            timeout: Longest wait.
            quiet: Silence after which all has come.

        Raises:
            BrokerError: The connection is lost, or this user may not read.
        """
        for topic in topics:
            self._asked += 1
            options = SubscribeOptions(qos=_AT_LEAST_ONCE, retainAsPublished=True)
            self._client.subscribe(topic, options=options)
        self._heard = time.monotonic()
        deadline = self._heard + timeout
        while (now := time.monotonic()) < deadline:
            if self._refusal is not None:
                raise BrokerError(
                    f"the broker does not let this user read: {self._refusal}",
                    do="allow it to read the status and the states of all doors",
                )
            if not self._asked and now >= self._heard + quiet:
                return
            self.pump(Seconds(min(quiet, deadline - now)))

    def _on_subscribe(
        self, _client: Client, _data: object, _key: int, reasons: list[ReasonCode], _more: object
    ) -> None:
        self._asked -= 1
        self._heard = time.monotonic()
        for reason in reasons:
            if reason.is_failure:
                self._refusal = str(reason)

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self._heard = time.monotonic()
        topic = message.topic
        known = topic in self.found or len(self.found) < MOST_MESSAGES
        if known and len(message.payload) <= MOST_BYTES:
            self.found[topic] = bytes(message.payload)
        else:
            self.left_out += 1


def read_retained(
    settings: MqttSettings, topics: Iterable[str], timeout: Seconds, *, client_id: str
) -> tuple[dict[str, bytes], int]:
    """Read what a broker keeps under some topics.

    Args:
        settings: The broker, and how to log in to it.
        topics: Which; may have wildcards.
        timeout: Bound on connecting, and again on reading.
        client_id: The name the broker knows this connection by; no two may share one.

    Returns:
        What it keeps, by topic, and how many messages were left out, because they were longer than
        any of ours or too many.

    Raises:
        BrokerError: The broker cannot be reached, is not to be trusted, or refuses us.
    """
    reader = RetainedReader(settings, client_id=client_id)
    try:
        reader.open(timeout)
        reader.read(topics, timeout)
        reader.disconnect()
    finally:
        reader.drop()
    return reader.found, reader.left_out
