"""Units as types, so that a number cannot be taken for another."""

from typing import NewType

Seconds = NewType("Seconds", float)
"""A duration in seconds."""

Instant = NewType("Instant", float)
"""A moment on the monotonic clock, in seconds; comparable within one boot only."""
