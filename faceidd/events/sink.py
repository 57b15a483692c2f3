"""EventSink: where events go, and how one event goes to many."""

import logging
from typing import Protocol

from faceidd.events.envelope import Worth
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
    """

    def __init__(self, sinks: tuple[EventSink, ...]) -> None:
        self._sinks = sinks

    def publish(self, event: Event) -> None:
        """Give an event to every sink."""
        for sink in self._sinks:
            try:
                sink.publish(event)
            except Exception as error:
                # The same of every event: a log must not tell that there was a silent alarm.
                name, fault = type(sink).__name__, type(error).__name__
                _log.error("an event was not taken by %s: %s", name, fault)
                if event.worth is not Worth.ALARM:
                    _log.debug("why event %s was not taken", event.id, exc_info=True)

    def close(self) -> None:
        """Close every sink."""
        for sink in self._sinks:
            try:
                sink.close()
            except Exception:
                _log.exception("%s was not closed", type(sink).__name__)
