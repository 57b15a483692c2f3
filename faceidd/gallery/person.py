"""Person: somebody the door knows."""

from dataclasses import dataclass
from datetime import datetime

from faceidd.gallery.consent import Consent, in_utc

MOST_LETTERS = 200
"""Length of the longest name or id that the gallery's file takes."""
MOST_GROUPS = 64
"""Groups that one person may belong to."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the door knows.

    Attributes:
        id: Stable key, unique in a gallery; what logs and rules name.
        name: How people call them.
        groups: Groups they belong to, sorted, each once; what doors are published for.
        valid_from: Before when the door refuses them, in UTC; None is ever since.
        expires_at: From when on the door refuses them, in UTC; None is never.
        consent: The reference to their consent; None where none is recorded.

    Raises:
        GalleryError: A moment has no time zone.
    """

    id: str
    name: str
    groups: tuple[str, ...] = ()
    valid_from: datetime | None = None
    expires_at: datetime | None = None
    consent: Consent | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", tuple(sorted(set(self.groups))))
        if self.valid_from is not None:
            object.__setattr__(self, "valid_from", in_utc(self.valid_from, "valid_from"))
        if self.expires_at is not None:
            object.__setattr__(self, "expires_at", in_utc(self.expires_at, "expires_at"))
