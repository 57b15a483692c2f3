"""What happens to the device behind a door: camera, gallery, settings, health, lost events."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from faceidd.camera.health import PictureFault
from faceidd.events.envelope import Count, Envelope, Text, Worth
from faceidd.events.health import Health
from faceidd.events.told import Told

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in hexadecimal."""


class CameraLost(Envelope):
    """The camera gives no frames any more."""

    worth: ClassVar[Worth] = Worth.RECORD
    type: Literal["camera_lost"] = "camera_lost"
    reason: Text
    """What it said."""
    losses: Count
    """How often it was lost since the daemon started, this time included."""


class CameraBack(Envelope):
    """The camera gives frames again."""

    worth: ClassVar[Worth] = Worth.RECORD
    type: Literal["camera_back"] = "camera_back"
    lost_ms: Count
    """How long it was lost."""


class CameraAlert(Envelope):
    """What the camera shows is no picture of the place, or is one again."""

    worth: ClassVar[Worth] = Worth.RECORD
    type: Literal["camera_alert"] = "camera_alert"
    alert: PictureFault
    """What is wrong; `covered` is somebody's tampering."""
    active: bool
    """Whether it began; false is its end."""
    detail: str
    """What was seen, for people; empty at the end."""


class GalleryVersion(Told):
    """One state of the gallery."""

    version: Count
    """Number of its publication; 0 was never published."""
    sha256: Digest
    """Of its file."""
    people: Count
    """How many it holds."""


class GalleryChanged(Envelope):
    """The door knows other people than before."""

    worth: ClassVar[Worth] = Worth.RECORD
    type: Literal["gallery_changed"] = "gallery_changed"
    was: GalleryVersion | None
    """Null at the first start."""
    now: GalleryVersion


class GalleryRefused(Envelope):
    """A new gallery or policy was not taken; the door goes on with what it has."""

    worth: ClassVar[Worth] = Worth.RECORD
    type: Literal["gallery_refused"] = "gallery_refused"
    reason: Text
    """What is wrong with it, in an admin's words."""


class PolicyChanged(Envelope):
    """The door follows another policy than before."""

    worth: ClassVar[Worth] = Worth.RECORD
    type: Literal["policy_changed"] = "policy_changed"
    was: Digest | None
    """SHA-256 of the old file; null without one."""
    now: Digest | None
    """SHA-256 of the new file; null without one."""


class ConfigurationChanged(Envelope):
    """Other settings are in force than before: the daemon was restarted, or took them in."""

    worth: ClassVar[Worth] = Worth.RECORD
    type: Literal["configuration_changed"] = "configuration_changed"
    was: Digest | None
    """SHA-256 of all settings, secrets masked; null at the first start."""
    now: Digest


class ConfigurationRefused(Envelope):
    """A new configuration, or a part of it, was not taken; the door goes on with what it has."""

    worth: ClassVar[Worth] = Worth.RECORD
    type: Literal["configuration_refused"] = "configuration_refused"
    reason: Text
    """What is wrong with it, or which keys need a restart, in an admin's words."""


class DaemonStarted(Envelope):
    """The daemon watches the door."""

    worth: ClassVar[Worth] = Worth.RECORD
    type: Literal["daemon_started"] = "daemon_started"
    version: Text
    """Of the software."""
    boot: Text
    """Random name of this run of the daemon."""


class HealthReported(Envelope):
    """How the daemon is doing, every now and then."""

    worth: ClassVar[Worth] = Worth.PASSING
    type: Literal["health_reported"] = "health_reported"
    health: Health


class Loss(StrEnum):
    """Why an event was never told."""

    TOO_OLD = "too_old"
    """It waited for longer than events are kept."""
    TOO_MANY = "too_many"
    """Newer ones needed the room."""
    REFUSED = "refused"
    """Who should hear it does not take it."""
    UNWRITTEN = "unwritten"
    """The disk took nothing, and the memory was full."""
    DAMAGED = "damaged"
    """The outbox was damaged; nobody knows how many it held."""


class Lost(Told):
    """Events that somebody was never told."""

    reader: Text
    """Who was not told: `mqtt` or `webhook`."""
    loss: Loss
    """Why."""
    events: Count
    """How many; of a damaged outbox, how often."""


class EventsDropped(Envelope):
    """Events were dropped untold since this was last said."""

    worth: ClassVar[Worth] = Worth.RECORD
    type: Literal["events_dropped"] = "events_dropped"
    lost: tuple[Lost, ...]
