"""What is so at a door now, which a broker keeps for whoever asks later; JSON on the wire.

A state says what is, an event what happened. Nobody can open a door with a state: nothing that
the door obeys is ever retained.
"""

from datetime import UTC, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field, field_validator

from faceidd.camera.health import PictureFault
from faceidd.clock import wall
from faceidd.door.situation import Alert
from faceidd.door.state import State
from faceidd.events.envelope import Count, Text
from faceidd.events.health import Health
from faceidd.events.told import Told

SCHEMA: Literal["faceidd.state/1"] = "faceidd.state/1"
"""Name and version of the form."""


class RetainedState(Told):
    """What every state says. Subclasses add their name and fields."""

    name: ClassVar[str]
    """The last level of its topic."""

    schema_: Annotated[Literal["faceidd.state/1"], Field(alias="schema")] = SCHEMA
    """`schema` on the wire."""
    door: Text
    """The door's id."""
    site: str | None = None
    """Where the door is; null if that is not configured."""
    at: AwareDatetime = Field(default_factory=wall)
    """Since when it is so, by the wall clock, in UTC."""

    @field_validator("at")
    @classmethod
    def _to_utc(cls, moment: datetime) -> datetime:
        return moment.astimezone(UTC)

    def says_the_same_as(self, other: "RetainedState | None") -> bool:
        """Whether another state differs in nothing but its time."""
        return other is not None and self == other.model_copy(update={"at": self.at})


class RetainedDoor(RetainedState):
    """The lock and the leaf."""

    name: ClassVar[str] = "door"
    state: State
    """What the door is doing."""
    unlocked: bool
    """Whether the relay is energized."""
    open: bool | None
    """Whether the leaf stands open; null without a contact."""
    alerts: tuple[Alert, ...]
    """What somebody should look after, sorted."""


class RetainedSync(Told):
    """How the last try to fetch the gallery ended."""

    result: Text
    """What came of it, in one word."""
    checked_at: AwareDatetime | None = None
    """When the repository was last heard, in UTC; null is never."""
    latest: Count | None = None
    """Version of the newest gallery that the repository offers; null if that is not known."""
    detail: str | None = None
    """What is wrong, in an admin's words; null if nothing is."""


class RetainedGallery(RetainedState):
    """Whom the door knows, and with which software."""

    name: ClassVar[str] = "gallery"
    edition: str | None
    """The edition it belongs to; null if it was never published."""
    version: Count
    """Number of its publication; 0 was never published."""
    sha256: str | None
    """Of the plain file."""
    people: Count
    """How many it holds."""
    model_id: Text
    """Digest of the model that enrolled them."""
    model_name: Text
    """That model as people call it."""
    published_at: AwareDatetime | None
    """When it was published, in UTC."""
    software: Text
    """Version of the daemon."""
    sync: RetainedSync | None
    """How it is kept new; null if it is not fetched."""


class RetainedCamera(RetainedState):
    """The camera."""

    name: ClassVar[str] = "camera"
    online: bool
    """Whether it gives frames."""
    losses: Count
    """How often it was lost since the daemon started."""
    reason: str | None
    """Why it is lost; null while it is online."""
    alerts: tuple[PictureFault, ...] = ()
    """What is wrong with its picture, sorted; a camera can be online and blind."""


class RetainedHealth(RetainedState):
    """How the daemon is doing."""

    name: ClassVar[str] = "health"
    health: Health


STATES: tuple[type[RetainedState], ...] = (
    RetainedDoor,
    RetainedGallery,
    RetainedCamera,
    RetainedHealth,
)
"""All that is retained."""
