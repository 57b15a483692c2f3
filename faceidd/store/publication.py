"""Publication: one version of an edition, as it was published."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Publication:
    """What is remembered of a published gallery; its files are kept by whoever publishes.

    Attributes:
        edition: The edition, 16 hex digits.
        version: Its number; goes up within an edition.
        sha256: Digest of the plain gallery file, in hex.
        published_at: When, in UTC.
        model_id: Digest of the model of its templates.
        people: Number of people in it.
    """

    edition: str
    version: int
    sha256: str
    published_at: datetime
    model_id: str
    people: int
