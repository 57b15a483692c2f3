"""Query: the records of a log that somebody asks for. It verifies nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from faceidd.audit.record import read_record
from faceidd.audit.source import Source, segments_of


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for; None asks nothing.

    Attributes:
        since: The earliest moment, with its time zone.
        until: The first moment that is too late.
        person: Id of a person.
        door: Id of a door.
        kinds: Kinds of records; empty are all.
    """

    since: datetime | None = None
    until: datetime | None = None
    person: str | None = None
    door: str | None = None
    kinds: frozenset[str] = frozenset()

    def takes(self, fields: dict[str, Any]) -> bool:
        """Whether a record is asked for."""
        if self.person is not None and fields.get("person") != self.person:
            return False
        if self.door is not None and fields.get("door") != self.door:
            return False
        if self.kinds and fields.get("kind") not in self.kinds:
            return False
        if self.since is None and self.until is None:
            return True
        try:
            time = datetime.fromisoformat(str(fields.get("time")))
        except ValueError:
            return False
        early = self.since is not None and time < self.since
        late = self.until is not None and time >= self.until
        return not early and not late


def records(source: Source, query: Query) -> Iterator[dict[str, Any]]:
    """Records in the order of the chain; what cannot be read as one is left to `verify`.

    Args:
        source: The log.
        query: Which of them.

    Raises:
        AuditError: The log cannot be read.
    """
    for segment in segments_of(source):
        for raw in source.read(segment.name).split(b"\n"):
            record = read_record(raw)
            if record is not None and query.takes(fields := record.fields):
                yield fields
