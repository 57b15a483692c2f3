"""Status: what a door knows of its syncs, in one file that survives power cuts and restarts.

The daemon reads it; only a sync writes it. One that is damaged is taken for none: the metadata that
was verified, and the gallery itself, lie in files of their own.
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from faceidd.clock import since_boot
from faceidd.durable import FileState, replace_file
from faceidd.events.entry import boot_id
from faceidd.sync.documents import Edition, EditionId, Version
from faceidd.sync.refused import Reason, RefusedError
from faceidd.units import Instant

FILE = "status.json"
MOST_BYTES = 64 * 1024
MOST_FLOORS = 32
"""Editions whose newest version is remembered; then the one that came first is forgotten."""

_log = logging.getLogger(__name__)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Failure(_Record):
    """Why the newest sync brought nothing."""

    reason: Reason
    text: str
    since: AwareDatetime
    """When the first of these failures in a row was."""
    count: Annotated[int, Field(ge=1)]
    """How many there were in a row."""


class BootTime(_Record):
    """A moment on the clock that nobody sets; it begins anew with each start of the board."""

    boot: str
    """Name of this run of the kernel."""
    at: Annotated[Instant, Field(ge=0)]

    @classmethod
    def now(cls) -> Self:
        """The present."""
        return cls(boot=boot_id(), at=since_boot())


class Held(_Record):
    """The gallery that the newest good sync left."""

    edition: EditionId | None
    """None is the gallery of nobody, of a door that is revoked."""
    version: Annotated[int, Field(ge=0)]
    published_at: AwareDatetime | None
    model_id: str
    model_name: str
    sha256: str
    """Of the plain file."""
    stamp: FileState
    """Of the file as it lies on the disk."""


class Status(_Record):
    """What a door knows of its syncs; `Status()` is before the first."""

    form: Literal["faceidd.sync-status/1"] = Field("faceidd.sync-status/1", alias="schema")
    door: str | None = None
    """What the admin calls it."""
    checked_at: AwareDatetime | None = None
    """When it last tried."""
    good_at: AwareDatetime | None = None
    """When it last had what the repository offers, by metadata that was not expired."""
    seen_at: AwareDatetime | None = None
    """It is no earlier than this: the latest that its clock showed beside metadata that was
    verified, and what has passed since by the clock that nobody sets. See `faceidd.access.stale`.
    """
    counted: BootTime | None = None
    """Up to when that clock is counted in `seen_at`."""
    timestamp_version: int = 0
    """Of the newest signed timestamp that a good sync saw."""
    fresh_until: AwareDatetime | None = None
    """When that one expires."""
    held: Held | None = None
    floors: Annotated[dict[EditionId, Version], Field(max_length=MOST_FLOORS)] = {}
    """Edition -> the newest version that was taken of it: none that is older is taken again."""
    failure: Failure | None = None

    def counting(self, now: BootTime) -> Self:
        """The status with what has passed since by the clock that nobody sets."""
        seen, was = self.seen_at, self.counted
        if seen is not None and was is not None and was.boot == now.boot:
            seen += timedelta(seconds=max(0.0, now.at - was.at))
        return self.model_copy(update={"seen_at": seen, "counted": now})

    def verified(self, now: datetime) -> Self:
        """The status once metadata was verified by a clock that can be believed so far.

        Args:
            now: The door's clock.
        """
        return self.model_copy(update={"seen_at": latest(self.seen_at, now)})

    def failed(self, error: RefusedError, now: datetime) -> Self:
        """The status after a sync that brought nothing."""
        was = self.failure
        return self.model_copy(
            update={
                "checked_at": now,
                "failure": Failure(
                    reason=error.reason,
                    text=str(error),
                    since=was.since if was else now,
                    count=was.count + 1 if was else 1,
                ),
            }
        )

    def succeeded(self, now: datetime, *, timestamp: tuple[int, datetime], held: Held) -> Self:
        """The status after a good sync.

        Args:
            now: The door's clock.
            timestamp: Version of the signed timestamp, and when it expires.
            held: The gallery that is there now.
        """
        version, expires = timestamp
        # News that somebody signed is proof that time went on, whatever this clock showed before.
        renewed = version > self.timestamp_version
        floors = dict(self.floors)
        if held.edition is not None:
            floors.pop(held.edition, None)
            floors[held.edition] = held.version
        return self.model_copy(
            update={
                "checked_at": now,
                "good_at": now,
                "seen_at": now if renewed else latest(self.seen_at, now),
                "timestamp_version": version,
                "fresh_until": expires,
                "held": held,
                "floors": dict(list(floors.items())[-MOST_FLOORS:]),
                "failure": None,
            }
        )


def latest(one: datetime | None, other: datetime) -> datetime:
    """The later of two moments."""
    return other if one is None else max(one, other)


def held_of(edition: Edition, stamp: FileState) -> Held:
    """What a status says of an edition's newest version that lies on the disk."""
    return Held(
        edition=edition.edition,
        version=edition.version,
        published_at=edition.published_at,
        model_id=edition.model_id,
        model_name=edition.model_name,
        sha256=edition.gallery.sha256,
        stamp=stamp,
    )


def load_status(folder: Path) -> Status:
    """Read a door's status; one that is missing or damaged is that of a door before its first sync.

    Args:
        folder: The sync's state.
    """
    file = folder / FILE
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES)
        return Status.model_validate_json(content)
    except FileNotFoundError:
        return Status()
    except (OSError, ValidationError) as error:
        _log.error("%s is taken for none: %s", file, type(error).__name__)
        return Status()


def save_status(status: Status, folder: Path) -> None:
    """Bring a status to the disk.

    Raises:
        RefusedError: It cannot be written; the old one is as it was.
    """
    try:
        replace_file(folder / FILE, status.model_dump_json(by_alias=True, indent=1).encode())
    except OSError as error:
        raise RefusedError(
            Reason.DISK,
            f"the sync's status in {folder} cannot be written: {error.strerror}",
            do="check the owner of sync.state_dir, and the free space",
        ) from error
