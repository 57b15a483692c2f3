"""Envelope: what every event says, and for how long it is worth saying."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, NotRequired, Self, TypedDict

from pydantic import (
    AwareDatetime,
    Field,
    field_validator,
    model_validator,
)

from faceidd.clock import wall
from faceidd.events.told import Told
from faceidd.events.uuid7 import uuid7
from faceidd.units import Seconds

SCHEMA: Literal["faceidd.event/1"] = "faceidd.event/1"
"""Name and version of the form; a reader refuses any other."""

Text = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=0)]


class Worth(StrEnum):
    """What an event is worth when it could not be told at once."""

    NEWS = "news"
    """Somebody may act on it while it is fresh; later it is told as history, never as news."""
    RECORD = "record"
    """As true later as now: it is told late as if it were early."""
    ALARM = "alarm"
    """The silent alarm: told however late, to its own topic, before all that waits."""
    PASSING = "passing"
    """Worth nothing once it expired: the next one says it better."""


class Envelope(Told):
    """What every event says. Subclasses add `type` and their own fields."""

    worth: ClassVar[Worth] = Worth.NEWS

    schema_: Annotated[Literal["faceidd.event/1"], Field(alias="schema")] = SCHEMA
    """Name and version of this form."""
    id: Annotated[
        str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
    ] = Field(default_factory=lambda: str(uuid7()))
    """UUID version 7; tells two deliveries of one event from two events."""
    time: AwareDatetime
    """When it happened, by the wall clock, in UTC."""
    expires_at: AwareDatetime
    """From when on nobody may act on it, by the wall clock, in UTC."""
    age_ms: Count = 0
    """How old it was when it was sent, by a clock that nobody sets, as far as the board was not
    restarted meanwhile."""
    door: Text
    """The door's id."""
    site: str | None = None
    """Where the door is; null if that is not configured."""
    trace: str | None = None
    """Shared by all that one visit, command or opening led to, from the frame to the relay."""

    @field_validator("time", "expires_at")
    @classmethod
    def _to_utc(cls, moment: datetime) -> datetime:
        return moment.astimezone(UTC)

    @model_validator(mode="after")
    def _expires_later(self) -> Self:
        if self.expires_at <= self.time:
            raise ValueError("an event expires after it happened")
        return self

    @property
    def lifetime(self) -> Seconds:
        """How long it is fresh, from when it happened."""
        return Seconds((self.expires_at - self.time).total_seconds())


class Stamp(TypedDict):
    """The fields of an envelope that are not its own doing."""

    door: str
    time: datetime
    expires_at: datetime
    age_ms: NotRequired[int]
    site: NotRequired[str | None]
    trace: NotRequired[str | None]


def envelope(
    door: str,
    lifetime: Seconds,
    *,
    age: Seconds,
    site: str | None = None,
    trace: str | None = None,
) -> Stamp:
    """Stamp an event of this door.

    Args:
        door: The door's id.
        lifetime: How long it is news, from when it happened.
        age: How long ago it happened.
        site: Where the door is.
        trace: What it belongs to.
    """
    time = wall() - timedelta(seconds=age)
    return Stamp(
        door=door,
        time=time,
        expires_at=time + timedelta(seconds=lifetime),
        age_ms=round(1000 * age),
        site=site,
        trace=trace,
    )
