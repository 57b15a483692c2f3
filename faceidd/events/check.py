"""Check: whether the broker would take this door's events, before anybody relies on it."""

import time

from faceidd.errors import BrokerError
from faceidd.events.mqtt import MqttSettings
from faceidd.events.paho import Connection
from faceidd.units import Seconds

CONTENT = '{"schema":"faceidd.check/1"}'
"""What is written: no event, no alarm and no state."""


def check(settings: MqttSettings, timeout: Seconds) -> None:
    """Connect, log in, write a message beside each kind of topic, wait until the broker has it.

    The messages are no events, and are not retained. They come from a client of its own: a door
    that is running stays connected, and its status is not touched.

    Args:
        settings: As the door would use them.
        timeout: Bound on each step.

    Raises:
        BrokerError: What went wrong and what to do: the broker cannot be reached, is not to be
            trusted, refuses us, or does not let this door write.
    """
    connection = Connection(settings, client_id=f"{settings.client_id}-check", will=False)
    try:
        connection.open(timeout)
        for topic in settings.check_topics:
            key = connection.publish(topic, CONTENT, expiry_s=1)
            refusal = _answer(connection, settings, key, timeout)
            if refusal is not None:
                raise BrokerError(
                    f"the broker {settings.address} does not take {topic}: {refusal}",
                    do=f"allow this user to write to {settings.prefix}/{settings.door}/#",
                )
        connection.disconnect()
    finally:
        connection.drop()


def _answer(
    connection: Connection, settings: MqttSettings, key: int, timeout: Seconds
) -> str | None:
    deadline = time.monotonic() + timeout
    while (left := deadline - time.monotonic()) > 0:
        connection.pump(Seconds(left))
        answers = connection.take_answers()
        if key in answers:
            return answers[key]
    raise BrokerError(
        f"the broker {settings.address} did not acknowledge a message in {timeout:g} s",
        do="look into its log",
    )
