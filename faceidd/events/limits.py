"""Limits: how much an outbox keeps, and for how long."""

from dataclasses import dataclass

from faceidd.units import Seconds

KEEP = Seconds(7 * 86400.0)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is kept.

    Attributes:
        keep: For how long an event waits at most.
        most_bytes: What all events take on the disk at most, about.
        most_in_memory: How many wait in memory for the disk at most.
    """

    keep: Seconds = KEEP
    most_bytes: int = 32 << 20
    most_in_memory: int = 1000


DEFAULT = Limits()
