"""Settings of the sync: where signed galleries come from, and what a door does without them."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from faceidd.daemon.config_section import ConfigPath, Section, matching
from faceidd.units import Seconds


class SyncConfig(Section):
    """Where signed galleries come from; see docs/sync.md."""

    trust: ConfigPath = Path("/var/lib/faceidd/trust.json")
    """The trust file, from the admin: where the repository is, and whom it is believed. Name
    another one in a drop-in of `faceidd-sync.service` too, whose `ConditionPathExists=` is this."""
    url: (
        Annotated[str, matching(r"^https?://[^\s?#]+$", "an address that begins with https://")]
        | None
    ) = None
    """Where the repository is, if elsewhere than the trust file says."""
    key_file: ConfigPath = Path("/var/lib/faceidd/keys/transport.key")
    """The door's own key, its owner's only; may begin with `$CREDENTIALS_DIRECTORY/`."""
    state_dir: ConfigPath = Path("/var/lib/faceidd/sync")
    """Folder for what was verified, for the status, and for broken downloads."""
    on_message: bool = False
    """Whether a message on `<prefix>/sync` or `<prefix>/<door>/sync` lets the door look for news at
    once; it carries no authority."""
    stale_after_h: Annotated[float, Field(ge=1, le=8760)] | None = None
    """Hours since the last good sync after which the gallery counts as stale; null is never."""
    when_stale: Literal["tell", "second_factor", "refuse"] = "tell"
    """What a stale gallery does: it is told in the log, or asks everybody for a PIN or card too,
    or lets nobody in."""
    connect_timeout_s: Annotated[Seconds, Field(ge=1, le=120)] = Seconds(10.0)
    """Longest wait for the server to be reached, in seconds."""
    read_timeout_s: Annotated[Seconds, Field(ge=1, le=120)] = Seconds(20.0)
    """Longest silence of the server, in seconds."""
    total_s: Annotated[Seconds, Field(ge=10, le=86400)] = Seconds(1800.0)
    """Longest time for a whole sync, in seconds."""
    least_bytes_per_s: Annotated[int, Field(ge=1, le=1048576)] = 1024
    """A download that is slower is given up, in bytes a second."""
    tries: Annotated[int, Field(ge=1, le=20)] = 4
    """How often one file is asked for before a sync gives up; the waits between grow."""
    most_mb: Annotated[int, Field(ge=1, le=1024)] = 512
    """A larger gallery or model pack is not fetched, in units of 1048576 bytes."""
