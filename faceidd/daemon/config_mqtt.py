"""Settings of MQTT: the broker, how to log in to it, and how long an event is worth telling.

Whether the broker is there and whom it trusts is found out by the room `events`.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_serializer, field_validator

from faceidd.daemon.config_section import ConfigPath, Section, matching

MASK = "********"
"""What is shown in the place of a password."""


class TlsConfig(Section):
    """Encryption on the way to the broker; `tls: {}` is TLS by the system's certificates."""

    ca: ConfigPath | None = None
    """Certificate that must have signed the broker's; null trusts those of the system."""
    cert: ConfigPath | None = None
    """Certificate to show to the broker; null shows none."""
    key: ConfigPath | None = None
    """Private key of `cert`; null means that it stands in the same file."""

    @field_validator("key")
    @classmethod
    def _key_has_its_certificate(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        if key is not None and "cert" in info.data and info.data["cert"] is None:
            raise ValueError("must be null while mqtt.tls.cert is null")
        return key


class MqttConfig(Section):
    """Whom the door tells what happened."""

    host: (
        Annotated[
            str,
            # A name has no colon, an IPv6 address two or more: one is a port out of place.
            matching(
                r"^([^\s/:]+|[^\s/:]*:[^\s/:]*:[^\s/]*)$",
                "a host's name or address, without mqtt:// or port",
            ),
        ]
        | None
    ) = None
    """The broker; null tells nobody over MQTT."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """The broker's port; null is 1883, or 8883 with TLS."""
    username: Annotated[str, Field(min_length=1)] | None = None
    """Name to log in with; null logs in without one."""
    password: Annotated[SecretStr, Field(min_length=1)] | None = None
    """Password to log in with. Better kept out of this file: see `password_file`."""
    password_file: ConfigPath | None = None
    """File that holds the password; may begin with `$CREDENTIALS_DIRECTORY/`."""
    prefix: Annotated[
        str,
        matching(
            r"^[A-Za-z0-9_-]{1,32}(/[A-Za-z0-9_-]{1,32}){0,7}$",
            "names of letters, digits, '_' and '-', joined by '/'",
        ),
    ] = "faceidd"
    """What every topic begins with."""
    client_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """The name the broker knows this client by; null is `faceidd-` and the door's id."""
    keepalive_s: Annotated[int, Field(ge=5, le=3600)] = 30
    """Longest silence towards the broker, in whole seconds, before it takes the door for lost."""
    event_expiry_s: Annotated[int, Field(ge=1, le=86400)] = 60
    """For how long what happens at the door is news, in whole seconds; later it is history."""
    commands: bool = False
    """Whether the door listens for signed commands; the policy's `keys` say whose."""
    tls: TlsConfig | None = None
    """Encryption on the way to the broker; null sends in the clear."""

    @field_validator("password_file")
    @classmethod
    def _one_password(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is not None and info.data.get("password") is not None:
            raise ValueError("must be null while mqtt.password is set")
        return file

    @field_serializer("password", when_used="json-unless-none")
    def _mask(self, _password: SecretStr) -> str:
        return MASK

    @property
    def broker_port(self) -> int:
        """The port to connect to."""
        if self.port is not None:
            return self.port
        return 1883 if self.tls is None else 8883
