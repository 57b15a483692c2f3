"""Settings of how events are kept until they are told, and of the webhook."""

from typing import Annotated

from pydantic import Field, field_validator

from faceidd.daemon.config_section import ConfigPath, Section, matching
from faceidd.events.event import TYPE_NAMES
from faceidd.units import Seconds


class EventsConfig(Section):
    """How events are kept until they are told."""

    durable: bool = True
    """Whether they are kept in a file in `policy.state_dir`; false keeps them in memory only."""
    keep_days: Annotated[float, Field(ge=0.01, le=365)] = 7.0
    """For how long an event that cannot be told is kept, in days."""
    max_mb: Annotated[int, Field(ge=1, le=1024)] = 32
    """What they may take on the disk, in megabytes; beyond that the oldest are dropped."""
    max_in_memory: Annotated[int, Field(ge=10, le=100000)] = 1000
    """Events kept while the disk takes none; beyond that the oldest are dropped."""
    health_s: Annotated[Seconds, Field(ge=10, le=86400)] = Seconds(300.0)
    """How often the daemon tells how it is doing, in seconds."""

    @property
    def keep(self) -> Seconds:
        """`keep_days` in seconds."""
        return Seconds(self.keep_days * 86400)


class WebhookConfig(Section):
    """A web server that is told by signed requests, beside the broker."""

    url: (
        Annotated[
            str, matching(r"^https?://[^\s/@]+(/\S*)?$", "an https:// URL without a password")
        ]
        | None
    ) = None
    """Where to; null tells nobody. With http:// people's names go in the clear."""
    secret_file: ConfigPath | None = None
    """File with the secret that requests are signed with, `whsec_` and base64; must be given. May
    begin with `$CREDENTIALS_DIRECTORY/`."""
    ca: ConfigPath | None = None
    """Certificate that must have signed the server's; null trusts those of the system."""
    types: tuple[str, ...] | None = Field(
        default=None, json_schema_extra={"allowed": "a list of types of events, or null"}
    )
    """What it is told; null is all but the silent alarm, which must be named."""
    timeout_s: Annotated[Seconds, Field(ge=1, le=120)] = Seconds(10.0)
    """How long the server may take to answer, in seconds."""

    @field_validator("types", mode="before")
    @classmethod
    def _known(cls, types: object) -> object:
        if not isinstance(types, list | tuple):
            return types
        if unknown := [one for one in types if one not in TYPE_NAMES]:
            raise ValueError(f"must be types of events; {unknown[0]!r} is none")
        return tuple(types)
