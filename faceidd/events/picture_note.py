"""PictureNote: what is told of the picture of a face right after it; JSON on the wire.

The picture itself is a JPEG without metadata, which cannot say what it is of.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from faceidd.events.envelope import Text
from faceidd.events.told import Told

SCHEMA: Literal["faceidd.snapshot/1"] = "faceidd.snapshot/1"
"""Name and version of the form."""


class Kind(StrEnum):
    """Whom a picture shows."""

    STRANGER = "stranger"
    """Somebody the door does not know, or could take for two."""
    DENIED = "denied"
    """Somebody it knows and does not let pass."""
    RECOGNIZED = "recognized"
    """Somebody it knows."""


class PictureNote(Told):
    """What the picture before was of."""

    schema_: Annotated[Literal["faceidd.snapshot/1"], Field(alias="schema")] = SCHEMA
    """`schema` on the wire."""
    door: Text
    """The door's id."""
    kind: Kind
    """Whom it shows."""
    visit: Text
    """The visit that it was taken in."""
    event: Text
    """Id of the event that it belongs to."""
    time: AwareDatetime
    """When that happened, by the wall clock, in UTC."""
