"""Events in the log, one line each; all there is where no broker is configured."""

import logging

from faceidd.events.envelope import Worth
from faceidd.events.event import Event

_UNSAID = {"schema_", "id", "time", "expires_at", "age_ms", "trace", "site", "type", "name"}
"""What the log has anyway, and names of people: a log says ids."""

_log = logging.getLogger(__name__)


class LogSink:
    """Writes every event to the log, at level info, but for the silent alarm and what passes."""

    def publish(self, event: Event) -> None:
        """Write one line."""
        if event.worth in {Worth.ALARM, Worth.PASSING}:
            return
        said = event.model_dump(mode="json", exclude=_UNSAID, exclude_none=True)
        words = " ".join(f"{key}={value}" for key, value in said.items())
        _log.info("%s %s id=%s", event.type, words, event.id)

    def close(self) -> None:
        """Nothing to do."""
