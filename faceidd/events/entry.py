"""Entry: an event in the outbox, and how old it is. Pure: time is an argument.

Within one boot of the board age is told by a clock that nobody sets and that does not stop in
suspension. What comes from an earlier boot has an age by the wall clock only, which may be wrong,
so it is never taken for fresh.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from faceidd.events.envelope import Worth
from faceidd.events.event import Event
from faceidd.units import Instant, Seconds

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Random name of this run of the kernel; where it has none, of this run of the daemon."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return str(uuid4())


@dataclass(frozen=True, slots=True)
class Moment:
    """The present, by all clocks.

    Attributes:
        boot: Name of this run of the kernel.
        at: On the clock that nobody sets.
        wall: On the wall clock, in seconds since 1970 UTC.
    """

    boot: str
    at: Instant
    wall: float


@dataclass(frozen=True, slots=True)
class Entry:
    """An event that waits.

    Attributes:
        number: Its place in the order of a door's events.
        id: The event's.
        worth: What it is worth when it is late.
        owed: Who has not heard it yet, a bit each.
        boot: The run of the kernel in which it happened.
        born: When it happened, on the clock that nobody sets.
        wall: When it happened, in seconds since 1970 UTC.
        lifetime: How long it is fresh.
        payload: Its JSON.
    """

    number: int
    id: str
    worth: Worth
    owed: int
    boot: str
    born: Instant
    wall: float
    lifetime: Seconds
    payload: str

    @classmethod
    def of(cls, event: Event, number: int, owed: int, now: Moment) -> "Entry":
        """Take in an event that was told just now."""
        return cls(
            number=number,
            id=event.id,
            worth=event.worth,
            owed=owed,
            boot=now.boot,
            born=Instant(now.at - event.age_ms / 1000),
            wall=event.time.timestamp(),
            lifetime=event.lifetime,
            payload=event.model_dump_json(),
        )

    def age(self, now: Moment) -> Seconds:
        """How long ago it happened, as far as that is known."""
        then, at = (self.born, now.at) if self.boot == now.boot else (self.wall, now.wall)
        return Seconds(max(0.0, at - then))

    def life(self, now: Moment) -> Seconds:
        """For how long it is still fresh; 0 or less is not at all."""
        return Seconds(self.lifetime - self.age(now) if self.boot == now.boot else 0.0)

    def has_lapsed(self, now: Moment) -> bool:
        """Whether it is worth nothing any more."""
        return self.worth is Worth.PASSING and self.life(now) <= 0

    def outgoing(self, now: Moment) -> "Outgoing":
        """As it is sent now."""
        fields: dict[str, Any] = json.loads(self.payload)
        fields["age_ms"] = round(1000 * self.age(now))
        return Outgoing(self.id, self.worth, self.life(now), fields)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event on its way to somebody.

    Attributes:
        id: The event's.
        worth: What it is worth when it is late.
        life: For how long it is still fresh; 0 or less is not at all.
        fields: What it says, its age told anew.
    """

    id: str
    worth: Worth
    life: Seconds
    fields: dict[str, Any]

    @property
    def body(self) -> str:
        """Its JSON."""
        return json.dumps(self.fields, ensure_ascii=False, separators=(",", ":"))

    @property
    def type(self) -> str:
        """What happened."""
        return str(self.fields["type"])

    @property
    def properties(self) -> dict[str, str]:
        """What a reader may want to know before it reads the body."""
        told = {key: self.fields.get(key) for key in ("schema", "type", "id", "trace", "age_ms")}
        return {key: str(value) for key, value in told.items() if value is not None}

    @property
    def stream(self) -> str:
        """`event`, `history` for news that came too late, or `alarm`."""
        match self.worth:
            case Worth.ALARM:
                return "alarm"
            case Worth.NEWS if self.life <= 0:
                return "history"
        return "event"
