"""Sending a signed command to a door, and waiting for what the door says of it."""

import secrets
import time

from faceidd.errors import BrokerError
from faceidd.events.command import Command
from faceidd.events.command_check import Refusal
from faceidd.events.event import CommandObeyed, CommandRefused, DoorIdentified, parse
from faceidd.events.mqtt import MqttSettings
from faceidd.events.paho import Connection
from faceidd.events.received import Received
from faceidd.units import Seconds


def send_command(
    settings: MqttSettings, command: Command, timeout: Seconds
) -> tuple[Refusal | None, DoorIdentified | None]:
    """Publish a command and wait for its answer.

    Args:
        settings: The broker, and the door that the command is for.
        command: Signed.
        timeout: Bound on each step.

    Returns:
        Why the door refused, None if it obeyed; and what it said of itself, if it was asked.

    Raises:
        BrokerError: The broker cannot be reached or does not take it, or the door is silent.
    """
    # Another for each call: two that send at one time must not end each other's connection.
    client_id = f"faceidd-command-{secrets.token_hex(4)}"
    connection = Connection(settings, client_id=client_id, will=False)
    try:
        connection.open(timeout)
        connection.subscribe(f"{settings.prefix}/{settings.door}/event/+")
        life_s = max(1, (command.expires_at - command.issued_at) // 1000)
        key = connection.publish(settings.command_topic, command.model_dump_json(), expiry_s=life_s)
        answer = _answer(connection, settings, command, key, timeout)
        connection.disconnect()
    finally:
        connection.drop()
    return answer


def _answer(
    connection: Connection, settings: MqttSettings, command: Command, key: int, timeout: Seconds
) -> tuple[Refusal | None, DoorIdentified | None]:
    identity: DoorIdentified | None = None
    deadline = time.monotonic() + timeout
    while (left := deadline - time.monotonic()) > 0:
        connection.pump(Seconds(left))
        refusal = connection.take_answers().get(key)
        if refusal is not None:
            raise BrokerError(
                f"the broker {settings.address} does not take {settings.command_topic}: {refusal}",
                do="allow this user to write to it",
            )
        for received in connection.take_received():
            match _event(received):
                case DoorIdentified() as identity:
                    pass
                case CommandObeyed(nonce=command.nonce):
                    return None, identity
                case CommandRefused(nonce=command.nonce, reason=reason):
                    return reason, None
    raise BrokerError(
        f"door {settings.door} did not answer in {timeout:g} s",
        do="check that it is online, has mqtt.commands, and that this user may read its events",
    )


def _event(received: Received) -> object:
    try:
        return parse(received.payload)
    except ValueError:
        return None
