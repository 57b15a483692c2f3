"""What can be told of a door: frozen, versioned, in the past tense; JSON on the wire.

An event names people and visits by their ids. It never carries an image or an embedding. Whoever
acts on one must look at `expires_at` first: old news about a door is no news.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, Self, TypedDict
from uuid import uuid4

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    field_validator,
    model_validator,
)

from faceidd.access.decision import Reason
from faceidd.access.ruling import Ground
from faceidd.door.change import Cause
from faceidd.door.signal import InputName
from faceidd.door.situation import Alert
from faceidd.door.state import State
from faceidd.events.command import CommandName
from faceidd.events.command_check import Refusal
from faceidd.face.quality import Rejection
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Normalization
from faceidd.units import Seconds

SCHEMA: Literal["faceidd.event/1"] = "faceidd.event/1"
"""Name and version of the form; a reader refuses any other."""

_Text = Annotated[str, Field(min_length=1)]
_Count = Annotated[int, Field(ge=0)]


class Envelope(BaseModel):
    """What every event says. Subclasses add `type` and their own fields."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_by_name=True,
        serialize_by_alias=True,
    )

    schema_: Annotated[Literal["faceidd.event/1"], Field(alias="schema")] = SCHEMA
    """`schema` on the wire."""
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")] = Field(
        default_factory=lambda: str(uuid4())
    )
    """Tells two deliveries of one event from two events."""
    time: AwareDatetime
    """When it happened, by the wall clock, in UTC."""
    expires_at: AwareDatetime
    """From when on nobody may act on it, by the wall clock, in UTC."""
    door: _Text
    """The door's id."""

    @field_validator("time", "expires_at")
    @classmethod
    def _to_utc(cls, moment: datetime) -> datetime:
        return moment.astimezone(UTC)

    @model_validator(mode="after")
    def _expires_later(self) -> Self:
        if self.expires_at <= self.time:
            raise ValueError("an event expires after it happened")
        return self

    def life(self, now: datetime) -> Seconds:
        """What is left of its life, never more than it ever had; 0 or less is none."""
        left = min(self.expires_at - now, self.expires_at - self.time)
        return Seconds(left.total_seconds())


class PersonRecognized(Envelope):
    """Somebody the door knows was recognized."""

    type: Literal["person_recognized"] = "person_recognized"
    visit: _Text
    person: _Text
    """Id in the gallery."""
    name: _Text
    """How people call them."""
    metric: Metric
    normalization: Normalization
    value: float
    """How close the face was, on the scale of `metric` and `normalization`."""
    frames: _Count
    """Frames it rests on."""
    latency_ms: _Count
    """From the first of these frames to the decision."""


class StrangerSeen(Envelope):
    """A visitor is nobody the door knows, could be two it knows, or is refused by the gallery."""

    type: Literal["stranger_seen"] = "stranger_seen"
    visit: _Text
    reason: Literal[Reason.STRANGER, Reason.AMBIGUOUS, Reason.EXPIRED, Reason.NOT_YET_VALID]
    metric: Metric | None
    normalization: Normalization | None
    value: float | None
    """How close the nearest person was, whom it does not name; null if the gallery is empty."""
    frames: _Count
    """Frames it rests on."""


class FaceRejected(Envelope):
    """Faces could not be judged for a while, all for one reason."""

    type: Literal["face_rejected"] = "face_rejected"
    reason: Rejection
    frames: _Count
    """Frames of this spell so far."""
    total: _Count
    """Faces rejected for this reason since the daemon started."""


class DoorOpened(Envelope):
    """The lock was released."""

    type: Literal["door_opened"] = "door_opened"
    visit: _Text | None
    """The visit it was granted to; null if nobody's face opened it."""
    cause: Cause = Cause.GRANT


class DoorClosed(Envelope):
    """The lock holds again."""

    type: Literal["door_closed"] = "door_closed"
    visit: _Text | None
    open_ms: _Count
    """How long it was open."""
    cause: Cause


class AccessDenied(Envelope):
    """Somebody was recognized, and the policy does not let them pass now."""

    type: Literal["access_denied"] = "access_denied"
    visit: _Text
    person: _Text
    """Id in the gallery."""
    ground: Ground
    """Why; what is awaited may still come in the same visit."""
    rule: _Text
    """The rule of the policy that decided."""


class CommandObeyed(Envelope):
    """A signed command was carried out."""

    type: Literal["command_obeyed"] = "command_obeyed"
    command: CommandName
    key: _Text
    """Id of the key that signed it."""
    nonce: _Text


class CommandRefused(Envelope):
    """A message on the command topic was not obeyed. What it says need not be true."""

    type: Literal["command_refused"] = "command_refused"
    reason: Refusal
    command: CommandName | None
    """Null where the message was no command."""
    key: _Text | None
    nonce: _Text | None
    untold: _Count
    """Refusals before this one that were not told one by one, because there were too many."""


class DoorIdentified(Envelope):
    """The door was asked what it is."""

    type: Literal["door_identified"] = "door_identified"
    version: _Text
    boot: _Text
    """Random name of this run of the daemon."""
    up_s: _Count
    """How long it has been running."""
    people: _Count
    """How many the gallery knows."""
    policy: str | None
    """SHA-256 of the policy file; null without one."""
    lockdown: bool
    """Whether nobody passes: by a command, or by the policy."""


class DuressSignaled(Envelope):
    """Somebody passes, or tries to, and is being forced. Goes to a topic of its own, to no log."""

    type: Literal["duress_signaled"] = "duress_signaled"
    visit: _Text
    person: _Text
    """Id in the gallery, of the person and not of the look."""
    sign: Literal["look", "pin"]
    """By what it was signaled."""


class DoorStateChanged(Envelope):
    """The door is in another state."""

    type: Literal["door_state_changed"] = "door_state_changed"
    state: State
    was: State


class DoorAlert(Envelope):
    """Somebody should look after the door, or need not any more."""

    type: Literal["door_alert"] = "door_alert"
    alert: Alert
    active: bool
    """Whether it began; false is its end."""
    state: State
    line: InputName | None
    """The line that is cut, shorted or stuck; null for all other alerts."""


Event = (
    PersonRecognized
    | StrangerSeen
    | FaceRejected
    | AccessDenied
    | DoorOpened
    | DoorClosed
    | DoorStateChanged
    | DoorAlert
    | CommandObeyed
    | CommandRefused
    | DoorIdentified
    | DuressSignaled
)

_EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="type")])


class Stamp(TypedDict):
    """The fields of an envelope that are not its own doing."""

    door: str
    time: datetime
    expires_at: datetime


def envelope(door: str, lifetime: Seconds, *, age: Seconds) -> Stamp:
    """Stamp an event of this door.

    Args:
        door: The door's id.
        lifetime: How long it is news, from when it happened.
        age: How long ago it happened.
    """
    time = datetime.now(UTC) - timedelta(seconds=age)
    return Stamp(door=door, time=time, expires_at=time + timedelta(seconds=lifetime))


def parse(payload: str | bytes) -> Event:
    """Read an event from its JSON.

    Raises:
        ValueError: It is no JSON, no event, or of another version or none.
    """
    event = _EVENT.validate_json(payload)
    for name in ("schema_", "id"):
        if name not in event.model_fields_set:  # then it is our default, not what was said
            raise ValueError(f"an event says its {name.rstrip('_')}")
    return event
