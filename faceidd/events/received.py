"""Received: a message as it came from a broker."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it came.

    Attributes:
        payload: Its content.
        topic: Where it was published.
        retained: Whether the broker was asked to keep it, or had kept it.
        dropped: How many came right after it and were dropped, because too many waited.
    """

    payload: bytes
    topic: str
    retained: bool
    dropped: int = 0
