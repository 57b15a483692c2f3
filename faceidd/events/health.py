"""Health: how a door's daemon is doing, in numbers that need no explanation."""

from pydantic import BaseModel, ConfigDict

from faceidd.events.envelope import Count, Text


class OutboxHealth(BaseModel):
    """How well events are kept until they are told."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    durable: bool
    """Whether they outlive a power cut; false also while the disk takes nothing."""
    waiting: Count
    """How many wait for somebody."""
    dropped: Count
    """How many were dropped untold since the daemon started."""


class Health(BaseModel):
    """How the daemon is doing."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

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
