"""Documents: the two signed JSON files that say which gallery is a door's. Pure.

Keys that nobody here knows are passed over: what later versions add must not shut doors out.
"""

from typing import Annotated, Literal, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from faceidd.models.manifest import Sha256
from faceidd.sync.limits import MOST_SMALL_BYTES
from faceidd.sync.refused import Reason, RefusedError

MOST_VERSION = 2**53 - 1
"""The greatest whole number that every JSON reader keeps exact."""
MOST_SIZE = 1 << 30
MOST_DELTAS = 64
MOST_GROUPS = 256

EditionId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Version = Annotated[int, Field(ge=1, le=MOST_VERSION)]
Size = Annotated[int, Field(ge=1, le=MOST_SIZE)]
Word = Annotated[str, Field(min_length=1, max_length=200)]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Assignment(_Document):
    """Which edition of the gallery is a door's."""

    form: Literal["faceidd.assignment/1"] = Field(alias="schema")
    door: Word
    site: Word
    groups: Annotated[tuple[Word, ...], Field(max_length=MOST_GROUPS)]
    edition: EditionId


class WholeGallery(_Document):
    """Where an edition's whole gallery is, and what it is when it is decrypted."""

    target: Word
    sha256: Sha256
    size: Size


class Delta(_Document):
    """How to come from an earlier version to the newest."""

    base: Version = Field(alias="from")
    base_sha256: Sha256
    target: Word


class PackTarget(_Document):
    """Where the edition's model pack is."""

    target: Word
    size: Size


class Edition(_Document):
    """What the newest version of an edition is."""

    form: Literal["faceidd.edition/1"] = Field(alias="schema")
    edition: EditionId
    version: Version
    published_at: AwareDatetime
    model_id: Sha256
    model_name: Word
    gallery: WholeGallery
    deltas: Annotated[tuple[Delta, ...], Field(max_length=MOST_DELTAS)]
    pack: PackTarget | None

    @model_validator(mode="after")
    def _names_its_own_files(self) -> Self:
        folder = f"galleries/{self.edition}"
        if self.gallery.target != f"{folder}/{self.version}.age":
            raise ValueError("the gallery is another edition's or version's")
        for delta in self.deltas:
            if delta.target != f"{folder}/{delta.base}-{self.version}.age":
                raise ValueError("a delta is another edition's or version's")
        if self.pack is not None and self.pack.target != f"packs/{self.model_id}.tar":
            raise ValueError("the pack is another model's")
        return self


Document = TypeVar("Document", Assignment, Edition)


def parse_assignment(content: bytes, name: str) -> Assignment:
    """Read a door's assignment.

    Raises:
        RefusedError: It is none.
    """
    return _parse(Assignment, content, name)


def parse_edition(content: bytes, name: str, edition: str) -> Edition:
    """Read what the newest version of an edition is.

    Args:
        content: The document.
        name: What it is called, for the message.
        edition: The edition's id.

    Raises:
        RefusedError: It is none, or another edition's.
    """
    parsed = _parse(Edition, content, name)
    if parsed.edition != edition:
        raise _damaged(name, "it is of another edition")
    return parsed


def _parse(kind: type[Document], content: bytes, name: str) -> Document:
    if len(content) > MOST_SMALL_BYTES:
        raise _damaged(name, f"it has more than {MOST_SMALL_BYTES} bytes")
    try:
        return kind.model_validate_json(content, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise _damaged(name, f"{place}: {first['msg']}" if place else first["msg"]) from error


def _damaged(name: str, why: str) -> RefusedError:
    return RefusedError(
        Reason.DAMAGED,
        f"{name} is signed, and no document that this version reads: {why}",
        do="publish again, or update faceidd on the door",
    )
