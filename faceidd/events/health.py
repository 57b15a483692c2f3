"""Health: how a door's daemon is doing, in numbers that need no explanation."""

from faceidd.events.envelope import Count, Text
from faceidd.events.told import Told


class OutboxHealth(Told):
    """How well events are kept until they are told."""

    durable: bool
    """Whether they outlive a power cut; false also while the disk takes nothing."""
    waiting: Count
    """How many wait for somebody."""
    dropped: Count
    """How many were dropped untold since the daemon started."""


class Health(Told):
    """How the daemon is doing."""

    version: Text
    """Of the software."""
    boot: Text
    """Random name of this run of the daemon."""
    up_s: Count
    """How long it has been running."""
    camera_online: bool
    """Whether the camera gives frames."""
    outbox: OutboxHealth | None
    """Null where nobody but the log is told."""
