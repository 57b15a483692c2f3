"""The brokers that the same tests run against."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from support.held_port import HeldPort
from support.mosquitto import Login, Mosquitto

from faceidd.events.embedded import EmbeddedBroker
from faceidd.events.mqtt import MqttSettings, TlsSettings


class Broker(Protocol):
    """A broker that runs, can be killed, and be started again at the same port."""

    @property
    def door(self) -> MqttSettings:
        """How the door reaches it."""

    @property
    def subscriber(self) -> MqttSettings:
        """How a subscriber does."""

    @property
    def admin(self) -> MqttSettings:
        """How somebody does who sends commands."""

    def kill(self) -> None:
        """End it at once."""

    def start(self) -> None:
        """Start it again."""


class Embedded:
    """The broker in the package: no TLS, no passwords."""

    def __init__(self) -> None:
        self._held = HeldPort()
        self.start()

    @property
    def door(self) -> MqttSettings:
        return MqttSettings(self.broker.host, self.broker.port, "front", "faceidd-front")

    subscriber = admin = door

    def kill(self) -> None:
        self.broker.close()

    def start(self) -> None:
        self.broker = EmbeddedBroker(self._held.number)


@dataclass
class Secured:
    """Mosquitto with TLS, passwords and an ACL."""

    mosquitto: Mosquitto

    @property
    def door(self) -> MqttSettings:
        return self._login(self.mosquitto.door_login, self.mosquitto.ca_file)

    @property
    def subscriber(self) -> MqttSettings:
        return self._login(self.mosquitto.subscriber_login, self.mosquitto.ca_file)

    @property
    def admin(self) -> MqttSettings:
        return self._login(self.mosquitto.admin_login, self.mosquitto.ca_file)

    def kill(self) -> None:
        self.mosquitto.kill()

    def start(self) -> None:
        self.mosquitto.start()

    def _login(self, login: Login, ca: Path) -> MqttSettings:
        return MqttSettings(
            self.mosquitto.host,
            self.mosquitto.port,
            "front",
            "faceidd-front",
            username=login.username,
            password=login.password,
            tls=TlsSettings(ca),
        )
