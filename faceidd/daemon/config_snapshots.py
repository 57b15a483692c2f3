"""Settings of snapshots: whose faces are kept as pictures, for whom to see, and for how long."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from faceidd.daemon.config_section import ConfigPath, Section, matching
from faceidd.snapshots.seal import Seal


class SnapshotsConfig(Section):
    """Pictures of faces; none is made until `recipient` or `publish` is set."""

    of: Literal["strangers", "denied", "everybody"] = "strangers"
    """Whose: `strangers`, `denied` adds those whom the policy does not let pass, `everybody` adds
    those who are recognized."""
    recipient: (
        Annotated[str, matching("^age1[0-9a-z]{58}$", "the public half of an age key, age1...")]
        | None
    ) = None
    """Whose key opens the pictures that are kept; null keeps none. `faceidd snapshots keygen`
    makes one, away from the door."""
    dir: ConfigPath = Path("/var/lib/faceidd/snapshots")
    """Folder for the pictures."""
    keep_days: Annotated[float, Field(ge=0.01, le=3650)] = 30.0
    """Older ones are removed, in days."""
    most_mb: Annotated[int, Field(ge=1, le=100_000)] = 200
    """While all have more than this, the oldest is removed, in megabytes."""
    publish: bool = False
    """Whether each is also sent over MQTT, to whoever may read its topic."""

    @field_validator("recipient")
    @classmethod
    def _is_a_key(cls, recipient: str | None) -> str | None:
        if recipient is not None:
            Seal(recipient)
        return recipient
