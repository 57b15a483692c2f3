"""Door record: what the fleet's registry says of a door."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from faceidd.sync.door_file import fingerprint

EDITION_DIGITS = 16


@dataclass(frozen=True, slots=True)
class DoorRecord:
    """A door that galleries are published for.

    Attributes:
        id: Its id, as in its topics.
        site: Where it stands.
        groups: Whom it is for, sorted, each once; somebody who belongs to one of them is in its
            gallery.
        recipient: The age recipient that its galleries are encrypted to.
        model_id: Digest of the model it runs.
        model_name: That model as people call it.
        signing_key: Its public Ed25519 key, in base64.
        added_at: Since when it is known, in UTC.
        revoked_at: Since when nothing is published for it any more, in UTC; None while it serves.
    """

    id: str
    site: str
    groups: tuple[str, ...]
    recipient: str
    model_id: str
    model_name: str
    signing_key: str
    added_at: datetime
    revoked_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", tuple(sorted(set(self.groups))))

    @property
    def fingerprint(self) -> str:
        """How the door is known in a publication."""
        return fingerprint(self.recipient)

    @property
    def edition(self) -> str:
        """The edition of the gallery that it reads."""
        return edition_id(self.site, self.groups, self.model_id)


def edition_id(site: str, groups: Iterable[str], model_id: str) -> str:
    """The edition of the gallery for the doors of a site, some groups and a model."""
    parts = "\n".join((site, *sorted(set(groups)), model_id))
    return hashlib.sha256(parts.encode()).hexdigest()[:EDITION_DIGITS]
