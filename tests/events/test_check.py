"""An admin learns what is wrong with the broker, and what to do."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.brokers import Broker, Embedded, Secured
from support.gate import Gate
from support.mosquitto import Mosquitto
from support.mute_server import MuteServer
from support.news import opened
from support.posting import MakeSink, Posting
from support.subscriber import Subscriber

from faceidd.errors import BrokerError
from faceidd.events.check import check
from faceidd.events.mqtt import MqttSettings, TlsSettings
from faceidd.events.paho import Connection
from faceidd.units import Seconds

SOON = Seconds(60.0)
AT_ONCE = Seconds(0.2)


@pytest.fixture
def secured(mosquitto: Mosquitto) -> MqttSettings:
    """How the door reaches a broker with TLS, passwords and an ACL."""
    return Secured(mosquitto).door


def _settings(server: MuteServer) -> MqttSettings:
    return MqttSettings(server.host, server.port, "front", "faceidd-front")


def test_all_is_well_and_the_running_door_is_not_disturbed(
    broker: Broker, subscriber: Subscriber, make_sink: MakeSink
) -> None:
    sink = make_sink(broker.door)
    subscriber.wait_status("online")
    check(broker.door, SOON)
    sink.publish(opened("v1"))
    assert [subscriber.next().topic for _ in range(6)] == [
        "faceidd/front/check",
        "faceidd/front/event/check",
        "faceidd/front/history/check",
        "faceidd/front/alarm/check",
        "faceidd/front/state/check",
        "faceidd/front/event/door_opened",
    ]
    with Subscriber(broker.subscriber) as late:
        assert late.next().text == '{"state":"online"}'


def test_a_wrong_password_is_told(secured: MqttSettings) -> None:
    with pytest.raises(BrokerError, match=r"refuses us: Not authorized.*mqtt\.username"):
        check(replace(secured, password="wrong"), SOON)  # noqa: S106 - that is the point


def test_no_login_is_told(secured: MqttSettings) -> None:
    with pytest.raises(BrokerError, match=r"refuses us: Not authorized.*mqtt\.username"):
        check(replace(secured, username=None, password=None), SOON)


def test_a_broker_of_another_authority_is_told(secured: MqttSettings, mosquitto: Mosquitto) -> None:
    with pytest.raises(BrokerError, match=r"cannot be trusted: .*certificate.*mqtt\.tls\.ca"):
        check(replace(secured, tls=TlsSettings(mosquitto.other_ca_file)), SOON)


def test_the_system_does_not_trust_a_broker_of_our_own(secured: MqttSettings) -> None:
    with pytest.raises(BrokerError, match=r"cannot be trusted: .*certificate.*mqtt\.tls\.ca"):
        check(replace(secured, tls=TlsSettings()), SOON)


def test_a_certificate_of_another_host_is_told(secured: MqttSettings) -> None:
    with Gate(secured.port, host="127.0.0.2") as gate:
        gate.open()
        with pytest.raises(BrokerError, match=r"cannot be trusted: .*mismatch.*mqtt\.host"):
            check(replace(secured, host=gate.host, port=gate.port), SOON)


def test_a_topic_that_is_not_allowed_is_told(secured: MqttSettings) -> None:
    with pytest.raises(
        BrokerError, match=r"does not take faceidd/back/check: Not authorized.*faceidd/back/#"
    ):
        check(replace(secured, door="back"), SOON)


def test_missing_encryption_is_told(secured: MqttSettings) -> None:
    with pytest.raises(BrokerError, match=r"hung up .*mqtt\.tls"):
        check(replace(secured, tls=None), SOON)


def test_encryption_to_a_broker_without_is_told(embedded: Embedded) -> None:
    with pytest.raises(BrokerError, match=r"agrees on no encryption.*mqtt\.port|cannot be reached"):
        check(replace(embedded.door, tls=TlsSettings()), SOON)


def test_an_absent_broker_is_told(door: MqttSettings) -> None:
    with pytest.raises(BrokerError, match=rf"nobody listens at 127\.0\.0\.1:{door.port}"):
        check(door, SOON)


def test_an_unknown_host_is_told() -> None:
    with pytest.raises(BrokerError, match=r"host broker\.invalid is unknown.*mqtt\.host"):
        check(MqttSettings("broker.invalid", 1883, "front", "faceidd-front"), SOON)


def test_a_silent_broker_is_told() -> None:
    with MuteServer() as server:
        settings = _settings(server)
        with pytest.raises(BrokerError, match=r"did not answer in 0\.2 s"):
            check(settings, AT_ONCE)
        with pytest.raises(BrokerError, match="does not answer"):
            check(replace(settings, tls=TlsSettings()), AT_ONCE)


def test_a_broker_that_acknowledges_nothing_is_told() -> None:
    welcome = b"\x20\x03\x00\x00\x00"
    with (
        MuteServer(welcome) as server,
        pytest.raises(BrokerError, match=r"did not acknowledge a message in 0\.2 s"),
    ):
        check(_settings(server), AT_ONCE)


@pytest.mark.parametrize(
    "answer",
    [
        b"\x20\x03\x00\xfe\x00",  # a reason that MQTT does not know
        b"\x20\x03\x00\x00\x7f",  # properties that are not there
        b"\x20\xff\xff\xff\xff\xff",  # an endless length
        b"\xf0\x00",  # authentication nobody asked for
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n" + bytes(100),
    ],
)
def test_what_is_no_mqtt_5_broker_is_told(answer: bytes) -> None:
    with MuteServer(answer) as server, pytest.raises(BrokerError, match=r"hung up|did not answer"):
        check(_settings(server), AT_ONCE)


def test_no_more_messages_are_on_their_way_than_the_broker_allows() -> None:
    welcome = b"\x20\x06\x00\x00\x03\x21\x00\x02"  # Receive Maximum 2
    with MuteServer(welcome) as server:
        connection = Connection(_settings(server), client_id="c", will=False)
        connection.open(SOON)
        room = []
        for _ in range(2):
            room.append(connection.has_room)
            connection.publish("t", "{}")
        assert room == [True, True]
        assert not connection.has_room
        connection.drop()


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_wrong_authority_file_is_told_at_once(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    settings = MqttSettings("127.0.0.1", 1, "front", "faceidd-front", tls=TlsSettings(file))
    with pytest.raises(BrokerError, match=r"mqtt\.tls\.ca .*ca\.pem cannot be used"):
        Posting(settings)
    with pytest.raises(BrokerError, match=r"mqtt\.tls\.ca .*ca\.pem cannot be used"):
        check(settings, SOON)


def test_a_key_of_another_certificate_is_told_at_once(
    secured: MqttSettings, mosquitto: Mosquitto
) -> None:
    folder = mosquitto.ca_file.parent
    tls = TlsSettings(mosquitto.ca_file, folder / "server.pem", folder / "ca.key")
    with pytest.raises(BrokerError, match=r"server\.pem with key .*ca\.key cannot be used"):
        Posting(replace(secured, tls=tls))


def test_events_that_are_not_allowed_are_counted(mosquitto: Mosquitto, make_sink: MakeSink) -> None:
    sink = make_sink(replace(Secured(mosquitto).door, door="back"))
    sink.publish(opened("v1"))
    sink.close()
    assert sink.dropped == 1
