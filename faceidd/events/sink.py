"""EventSink: where events go, and how one event goes to many."""

import logging
from typing import Protocol

from faceidd.events.event import Event

_log = logging.getLogger(__name__)


class EventSink(Protocol):
    """Takes events from the door. Never lets the door wait, and never fails it."""

    def publish(self, event: Event) -> None:
        """Take an event; returns at once and raises nothing."""

    def close(self) -> None:
        """Send what can still be sent, for a bounded time, then let go. May be called again."""


class FanOut:
    """Gives every event to all of several sinks, whatever happens to one of them.

    Args:
        sinks: In the order in which they are told.

    Attributes:
        sinks: The same.
    """

    def __init__(self, sinks: tuple[EventSink, ...]) -> None:
        self.sinks = sinks

    def publish(self, event: Event) -> None:
        """Give an event to every sink."""
        for sink in self.sinks:
            try:
                sink.publish(event)
            except Exception:
                _log.exception("event %s was not taken by %s", event.id, type(sink).__name__)

    def close(self) -> None:
        """Close every sink."""
        for sink in self.sinks:
            try:
                sink.close()
            except Exception:
                _log.exception("%s was not closed", type(sink).__name__)
