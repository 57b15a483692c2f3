"""Consent: the reference to somebody's consent to be recognized; the text is kept elsewhere."""

from dataclasses import dataclass
from datetime import UTC, datetime

from faceidd.errors import GalleryError


@dataclass(frozen=True, slots=True)
class Consent:
    """That somebody consented, so that the signed text can be found and shown.

    Attributes:
        by: Who gave it: the person, or whoever may speak for the person.
        recorded_at: When it was recorded here, in UTC.
        text_version: Which version of the text was consented to, `2026-03 ko`.

    Raises:
        GalleryError: `recorded_at` has no time zone.
    """

    by: str
    recorded_at: datetime
    text_version: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "recorded_at", in_utc(self.recorded_at, "consent.recorded_at"))


def in_utc(moment: datetime, of: str) -> datetime:
    """Bring a moment to UTC.

    Args:
        moment: The moment.
        of: What it is, for the message.

    Raises:
        GalleryError: It has no time zone.
    """
    if moment.utcoffset() is None:
        raise GalleryError(f"{of} {moment} has no time zone", do="give it one, +00:00 or +09:00")
    return moment.astimezone(UTC)
