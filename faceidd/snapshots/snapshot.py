"""Snapshot: what a picture of a face is of, and the name of the file that holds it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from faceidd.access.decision import Reason
from faceidd.events.event import AccessDenied, Event, PersonRecognized, StrangerSeen
from faceidd.events.picture_note import Kind, PictureNote

SUFFIX = ".jpg.age"
_TIME = "%Y%m%dT%H%M%S.%f"
_NAME = re.compile(
    r"(?P<time>[12]\d{7}T\d{6}\.\d{3})Z_(?P<kind>[a-z]+)_(?P<visit>[A-Za-z0-9-]{1,64})"
    r"_(?P<event>[0-9a-f-]{36})\.jpg\.age"
)


@dataclass(frozen=True, slots=True, order=True)
class Snapshot:
    """What a picture is of; ordered by time.

    Attributes:
        time: When its event happened, in UTC, to the millisecond.
        kind: Whom it shows.
        visit: The visit that it was taken in.
        event: Id of the event.
    """

    time: datetime
    kind: Kind
    visit: str
    event: str

    @classmethod
    def of(cls, event: Event) -> Self | None:
        """What a picture for an event would be of; None for events that are of no face."""
        match event:
            case StrangerSeen(reason=Reason.EXPIRED | Reason.NOT_YET_VALID) | AccessDenied():
                kind = Kind.DENIED
            case StrangerSeen():
                kind = Kind.STRANGER
            case PersonRecognized():
                kind = Kind.RECOGNIZED
            case _:
                return None
        time = event.time.replace(microsecond=event.time.microsecond // 1000 * 1000)
        return cls(time, kind, event.visit, event.id)

    @classmethod
    def parse(cls, name: str) -> Self | None:
        """What the picture in a file is of, by the file's name; None if it holds none."""
        found = _NAME.fullmatch(name)
        if found is None:
            return None
        try:
            time = datetime.strptime(found["time"], _TIME).replace(tzinfo=UTC)
            return cls(time, Kind(found["kind"]), found["visit"], found["event"])
        except ValueError:
            return None

    def about(self, door: str) -> str:
        """What is told beside the picture: JSON."""
        note = PictureNote(
            door=door, kind=self.kind, visit=self.visit, event=self.event, time=self.time
        )
        return note.model_dump_json()

    @property
    def file_name(self) -> str:
        """The name of its file; it tells the visit and the event, and nobody's name."""
        time = self.time.strftime(_TIME)[:-3]
        return f"{time}Z_{self.kind}_{self.visit}_{self.event}{SUFFIX}"
