"""What faceidd says over MQTT: its settings, topics and payloads. Knows no MQTT library.

For a door `front` and the prefix `faceidd`:

- `faceidd/front/event/<type>`: events, JSON, QoS 1, never retained, expiring at the broker.
- `faceidd/front/history/<type>`: news that could not be told while it was fresh, likewise.
- `faceidd/front/status`: `{"state": "online"}` or `{"state": "offline"}`, QoS 1, retained; offline
  also by last will.
- `faceidd/front/alarm/duress_signaled`: the silent alarm, like an event.
- `faceidd/front/state/<name>`: what is so now, JSON, QoS 1, retained.
- `faceidd/front/command`: where the door listens for signed commands, if it does.
- `faceidd/front/check`, `faceidd/front/<event|history|alarm|state>/check`: where `check` tries
  whether the door may write.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from faceidd.errors import BrokerError
from faceidd.events.entry import Outgoing
from faceidd.events.envelope import Worth

_LEVEL = r"[A-Za-z0-9_-]+"


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """Encryption; the broker's certificate and host name are always verified.

    Attributes:
        ca: PEM file of the certificates to trust; None trusts those of the system.
        cert: PEM file of the certificate to show; None shows none.
        key: PEM file of its private key; None if that stands in `cert`.
    """

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class MqttSettings:
    """A broker, and how this door speaks with it.

    Attributes:
        host: Name or address of the broker.
        port: Its port.
        door: This door's name in topics.
        client_id: The name the broker knows this client by; no two clients may share one.
        username: Name to log in with; None logs in without.
        password: Never shown.
        tls: Encryption; None sends in the clear.
        prefix: What every topic begins with, one or more levels.
        keepalive_s: Longest silence towards the broker, seconds.
        keep_s: How long the broker may keep what is not news for who is away, seconds.

    Raises:
        BrokerError: The door or the prefix cannot stand in a topic.
    """

    host: str
    port: int
    door: str
    client_id: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: TlsSettings | None = None
    prefix: str = "faceidd"
    keepalive_s: int = 30
    keep_s: int = 7 * 86400

    def __post_init__(self) -> None:
        if not re.fullmatch(_LEVEL, self.door):
            raise BrokerError(
                f"door.id {self.door!r} cannot stand in a topic",
                do="use letters, digits, '_' and '-' only",
            )
        if not re.fullmatch(f"{_LEVEL}(/{_LEVEL})*", self.prefix):
            raise BrokerError(
                f"mqtt.prefix {self.prefix!r} cannot begin a topic",
                do="use names of letters, digits, '_' and '-', joined by '/'",
            )

    @property
    def address(self) -> str:
        """The broker as it stands in messages, `broker.example:8883`."""
        return f"{self.host}:{self.port}"

    @property
    def status_topic(self) -> str:
        """Where the door's status is retained."""
        return f"{self.prefix}/{self.door}/status"

    def state_topic(self, name: str) -> str:
        """Where a state is retained."""
        return f"{self.prefix}/{self.door}/state/{name}"

    @property
    def check_topics(self) -> tuple[str, ...]:
        """Where `check` writes: beside all that the door writes to."""
        own = f"{self.prefix}/{self.door}"
        streams = ("event", "history", "alarm", "state")
        return (f"{own}/check", *(f"{own}/{stream}/check" for stream in streams))

    def event_topic(self, event: Outgoing) -> str:
        """Where an event goes; news that came too late, and the silent alarm, go elsewhere."""
        return f"{self.prefix}/{self.door}/{event.stream}/{event.type}"

    def expiry_s(self, event: Outgoing) -> int:
        """How long the broker may keep an event for who is away, seconds."""
        if event.worth in {Worth.NEWS, Worth.PASSING} and event.life > 0:
            return max(1, int(event.life))
        return self.keep_s

    def is_never_retained(self, topic: str) -> bool:
        """Whether what is retained there could be taken for news, or a command, at any door."""
        return bool(re.match(rf"{self.prefix}/[^/]*/(command$|event/|alarm/|history/)", topic))

    @property
    def command_topic(self) -> str:
        """Where signed commands come from."""
        return f"{self.prefix}/{self.door}/command"


def status(state: Literal["online", "offline"]) -> str:
    """The payload of the status topic."""
    return f'{{"state":"{state}"}}'
