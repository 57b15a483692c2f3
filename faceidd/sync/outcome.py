"""Outcome: what came of a sync that went well."""

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """How the door came to the gallery that it has now."""

    NOTHING_NEW = "nothing_new"
    DELTA = "delta"
    WHOLE = "whole"
    REVOKED = "revoked"
    """The repository knows this door no more: its gallery is one of nobody."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a sync.

    Attributes:
        way: How.
        edition: Of the gallery; None for a door that is revoked.
        version: Of the gallery.
        received: Bytes of content that came.
        requests: How often the server was asked.
    """

    way: Way
    edition: str | None
    version: int
    received: int
    requests: int
