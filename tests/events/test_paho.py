"""One connection to a broker, by itself."""

from support.brokers import Secured
from support.mosquitto import Mosquitto

from faceidd.events.mqtt import MqttSettings
from faceidd.events.paho import MOST_RECEIVED, Connection
from faceidd.units import Seconds

SOON = Seconds(20.0)


def connected(settings: MqttSettings, client_id: str) -> Connection:
    connection = Connection(settings, client_id=client_id, will=False)
    connection.open(SOON)
    return connection


def publish_all(connection: Connection, topic: str, number: int) -> None:
    """Publish messages and wait until the broker has them."""
    unanswered = set()
    for count in range(number):
        unanswered.add(connection.publish(topic, f"{count}"))
    while unanswered:
        connection.pump(SOON)
        unanswered -= connection.take_answers().keys()


def test_messages_that_come_faster_than_they_are_taken_are_dropped_and_counted(
    mosquitto: Mosquitto,
) -> None:
    settings = Secured(mosquitto)
    door, admin = connected(settings.door, "a"), connected(settings.admin, "b")
    try:
        door.subscribe(settings.door.command_topic)
        publish_all(door, settings.door.check_topics[0], 1)
        publish_all(admin, settings.door.command_topic, MOST_RECEIVED + 3)
        publish_all(door, settings.door.check_topics[0], 1)  # answered after all that came before
        received = door.take_received()
        assert [one.payload for one in received] == [b"%d" % n for n in range(MOST_RECEIVED)]
        assert [one.dropped for one in received] == [*[0] * (MOST_RECEIVED - 1), 3]
    finally:
        door.drop()
        admin.drop()
