"""What a door says of itself, as a broker keeps it: read with tolerance and distrust.

Whoever may write to a door's topics can write anything: a field that is missing or makes no sense
is unknown, and nothing that comes reaches a terminal unless it can be printed.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    WrapValidator,
)
from pydantic import ValidatorFunctionWrapHandler as Handler

from faceidd.gallery.gallery import MOST_LETTERS

_MOST = 1 << 53
_DOOR = re.compile(r"[A-Za-z0-9_-]{1,200}")
T = TypeVar("T")


def _or_unknown(value: Any, check: Handler) -> Any:
    try:
        return check(value)
    except ValidationError:
        return None


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it cannot be printed")
    return text


OrUnknown = Annotated[T | None, WrapValidator(_or_unknown)]
"""Something, or None where it makes no sense."""
Text = Annotated[str, Field(min_length=1, max_length=MOST_LETTERS), AfterValidator(_printable)]
Count = Annotated[int, Field(strict=True, ge=0, le=_MOST)]
Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class SyncReport(BaseModel):
    """How a door's last try to fetch its gallery ended; None is unknown."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    checked_at: OrUnknown[Moment] = None
    """When the repository was last heard, in UTC."""
    ok: OrUnknown[bool] = None
    """Whether the gallery is as it should be."""
    result: OrUnknown[Text] = None
    """What came of it, in one word."""
    reason: OrUnknown[Text] = None
    detail: OrUnknown[Text] = None
    """What is wrong, in an admin's words."""

    @property
    def failed(self) -> bool:
        """Whether something is wrong: the door says so, or says what."""
        return self.detail is not None if self.ok is None else not self.ok

    @property
    def words(self) -> str | None:
        """What came of it, as it was told."""
        told = [one for one in (self.result, self.reason, self.detail) if one is not None]
        return ": ".join(dict.fromkeys(told)) or None


class GalleryReport(BaseModel):
    """Which gallery, model and software a door runs; None is unknown."""

    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())

    site: OrUnknown[Text] = None
    edition: OrUnknown[Text] = None
    version: OrUnknown[Count] = None
    sha256: OrUnknown[Text] = None
    people: OrUnknown[Count] = None
    model_id: OrUnknown[Text] = None
    model_name: OrUnknown[Text] = None
    published_at: OrUnknown[Moment] = None
    software: OrUnknown[Text] = None
    sync: OrUnknown[SyncReport] = None


class DoorReport(BaseModel):
    """What is known of a door by what it says."""

    model_config = ConfigDict(frozen=True)

    online: bool | None = None
    """None where it never said anything."""
    gallery: GalleryReport = GalleryReport()


class _Status(BaseModel):
    state: str


def read_reports(prefix: str, messages: Mapping[str, bytes]) -> dict[str, DoorReport]:
    """Read what a broker keeps of all doors.

    Args:
        prefix: What every topic begins with.
        messages: Payloads, by topic; what is none of a door is left out.

    Returns:
        Reports, by the doors' ids.
    """
    found: dict[str, DoorReport] = {}
    for topic, payload in messages.items():
        door, _, kind = topic.removeprefix(f"{prefix}/").partition("/")
        if not topic.startswith(f"{prefix}/") or not _DOOR.fullmatch(door):
            continue
        known = found.get(door, DoorReport())
        if kind == "status":
            found[door] = known.model_copy(update={"online": _is_online(payload)})
        elif kind == "state/gallery":
            found[door] = known.model_copy(update={"gallery": _gallery(payload)})
    return found


def report_topics(prefix: str) -> tuple[str, ...]:
    """The topics to ask a broker for."""
    return f"{prefix}/+/status", f"{prefix}/+/state/gallery"


def _is_online(payload: bytes) -> bool | None:
    try:
        return {"online": True, "offline": False}.get(_Status.model_validate_json(payload).state)
    except ValidationError:
        return None


def _gallery(payload: bytes) -> GalleryReport:
    try:
        return GalleryReport.model_validate_json(payload)
    except ValidationError:
        return GalleryReport()


def age_words(then: datetime, now: datetime) -> str:
    """How long ago something was, roughly."""
    seconds = (now - then).total_seconds()
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{int(seconds // length)} {unit}"
    return f"{max(0, int(seconds))} s"
