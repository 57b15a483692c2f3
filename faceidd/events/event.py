"""What can be told of a door: frozen, versioned, in the past tense; JSON on the wire.

An event names people and visits by their ids. It never carries an image or an embedding. Whoever
acts on one must look at `expires_at` first: old news about a door is no news.
"""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, TypeAdapter

from faceidd.access.decision import Reason
from faceidd.access.ruling import Ground
from faceidd.door.change import Cause
from faceidd.door.signal import InputName
from faceidd.door.situation import Alert
from faceidd.door.state import State
from faceidd.events.command import CommandName
from faceidd.events.command_check import Refusal
from faceidd.events.envelope import Count, Envelope, Text, Worth
from faceidd.events.upkeep import (
    CameraAlert,
    CameraBack,
    CameraLost,
    ConfigurationChanged,
    ConfigurationRefused,
    DaemonStarted,
    EventsDropped,
    GalleryChanged,
    GalleryRefused,
    HealthReported,
    PolicyChanged,
)
from faceidd.face.quality import Rejection
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Normalization

StrangerReason = Literal[Reason.STRANGER, Reason.AMBIGUOUS, Reason.EXPIRED, Reason.NOT_YET_VALID]
"""Why a visitor is nobody whom the gallery lets in."""


class PersonRecognized(Envelope):
    """Somebody the door knows was recognized."""

    type: Literal["person_recognized"] = "person_recognized"
    visit: Text
    person: Text
    """Id in the gallery."""
    name: Text
    """How people call them."""
    metric: Metric
    normalization: Normalization
    value: float
    """How close the face was, on the scale of `metric` and `normalization`."""
    frames: Count
    """Frames it rests on."""
    latency_ms: Count
    """From the first of these frames to the decision."""


class StrangerSeen(Envelope):
    """A visitor is nobody the door knows, could be two it knows, or is refused by the gallery."""

    type: Literal["stranger_seen"] = "stranger_seen"
    visit: Text
    reason: StrangerReason
    metric: Metric | None
    normalization: Normalization | None
    value: float | None
    """How close the nearest person was, whom it does not name; null if the gallery is empty."""
    frames: Count
    """Frames it rests on."""


class FaceRejected(Envelope):
    """Faces could not be judged for a while, all for one reason."""

    type: Literal["face_rejected"] = "face_rejected"
    reason: Rejection
    frames: Count
    """Frames of this spell so far."""
    total: Count
    """Faces rejected for this reason since the daemon started."""


class DoorOpened(Envelope):
    """The lock was released."""

    type: Literal["door_opened"] = "door_opened"
    visit: Text | None
    """The visit it was granted to; null if nobody's face opened it."""
    cause: Cause = Cause.GRANT


class DoorClosed(Envelope):
    """The lock holds again."""

    type: Literal["door_closed"] = "door_closed"
    visit: Text | None
    open_ms: Count
    """How long it was open."""
    cause: Cause


class AccessDenied(Envelope):
    """Somebody was recognized, and the policy does not let them pass now."""

    type: Literal["access_denied"] = "access_denied"
    visit: Text
    person: Text
    """Id in the gallery."""
    ground: Ground
    """Why; what is awaited may still come in the same visit."""
    rule: Text
    """The rule of the policy that decided."""


class CommandObeyed(Envelope):
    """A signed command was carried out."""

    type: Literal["command_obeyed"] = "command_obeyed"
    command: CommandName
    key: Text
    """Id of the key that signed it."""
    nonce: Text


class CommandRefused(Envelope):
    """A message on the command topic was not obeyed. What it says need not be true."""

    type: Literal["command_refused"] = "command_refused"
    reason: Refusal
    command: CommandName | None
    """Null where the message was no command."""
    key: Text | None
    nonce: Text | None
    untold: Count
    """Refusals before this one that were not told one by one, because there were too many."""


class DoorIdentified(Envelope):
    """The door was asked what it is."""

    worth: ClassVar[Worth] = Worth.PASSING
    type: Literal["door_identified"] = "door_identified"
    version: Text
    boot: Text
    """Random name of this run of the daemon."""
    up_s: Count
    """How long it has been running."""
    people: Count
    """How many the gallery knows."""
    policy: str | None
    """SHA-256 of the policy file; null without one."""
    lockdown: bool
    """Whether nobody passes: by a command, or by the policy."""


class DuressSignaled(Envelope):
    """Somebody passes, or tries to, and is being forced. Goes to a topic of its own, to no log."""

    worth: ClassVar[Worth] = Worth.ALARM
    type: Literal["duress_signaled"] = "duress_signaled"
    visit: Text
    person: Text
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
    | CameraLost
    | CameraBack
    | CameraAlert
    | GalleryChanged
    | GalleryRefused
    | PolicyChanged
    | ConfigurationChanged
    | ConfigurationRefused
    | DaemonStarted
    | HealthReported
    | EventsDropped
)
TYPES: tuple[type[Envelope], ...] = get_args(Event)
"""All that can be told."""
TYPE_NAMES: tuple[str, ...] = tuple(one.model_fields["type"].default for one in TYPES)
"""Their names, the last level of their topics."""

_EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="type")])


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
