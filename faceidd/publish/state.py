"""State: what the publisher knows beside what is served; its owner's only.

Versions are here, so that they never go down, and which files were made of what, so that nothing
is encrypted anew without need. The galleries of the newest versions lie here too, in the plain, for
the deltas to come: as sensitive as the enrollment store itself, and never served.
"""

import hashlib
import logging
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from faceidd.durable import replace_file
from faceidd.errors import GalleryError, PublishError
from faceidd.gallery.file import load_known_gallery
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.provenance import Sha256
from faceidd.publish.folder import PublishFolder

FILE = "state.json"
GALLERIES = "galleries"
SUFFIX = ".gallery"

_log = logging.getLogger(__name__)

_Version = Annotated[int, Field(ge=1)]


class Version(BaseModel):
    """One version of an edition."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: _Version
    sha256: Sha256
    """Of the plain file."""
    published_at: AwareDatetime


class Made(BaseModel):
    """Files that were made together, for an edition or a door."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    made_from: Sha256
    """Digest of all that went into them."""
    files: dict[str, Sha256]
    """Target -> digest of its content."""


class State(BaseModel):
    """What the publisher remembers."""

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)
    schema_: Annotated[Literal["faceidd.publish_state/1"], Field(alias="schema")] = (
        "faceidd.publish_state/1"
    )
    editions: dict[str, list[Version]] = {}
    """Edition -> its versions, the newest last; never empty, also when it has no door any more."""
    readers: dict[str, list[str]] = {}
    """Edition -> fingerprints of its doors."""
    made: dict[str, Made] = {}
    """`editions/<id>` or `doors/<fingerprint>` -> its files."""
    retired: dict[str, AwareDatetime] = {}
    """Served files that nothing names any more -> since when."""

    def newest(self, edition: str) -> Version | None:
        """The newest version of an edition."""
        return next(iter(self.editions.get(edition, [])[-1:]), None)


def load_state(folder: PublishFolder) -> State:
    """Read the state; an empty one before the first publication.

    Raises:
        PublishError: It cannot be read, or is damaged.
    """
    path = folder.state / FILE
    try:
        return State.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return State()
    except (OSError, ValidationError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is damaged"
        raise PublishError(
            f"the publisher's state {path} cannot be read: {reason}",
            do="restore it from a copy; without any, remove it: versions go on from what is served",
        ) from error


def save_state(state: State, folder: PublishFolder) -> None:
    """Write the state.

    Raises:
        PublishError: It cannot be written.
    """
    _write(folder.state / FILE, state.model_dump_json(indent=1).encode() + b"\n")


def gallery_file(folder: PublishFolder, edition: str, version: int) -> Path:
    """Where the plain gallery of a version lies."""
    return folder.state / GALLERIES / edition / f"{version}{SUFFIX}"


def keep_gallery(folder: PublishFolder, edition: str, version: int, content: bytes) -> None:
    """Keep the plain gallery of a version.

    Raises:
        PublishError: It cannot be written.
    """
    _write(gallery_file(folder, edition, version), content)


def kept_gallery(folder: PublishFolder, edition: str, version: Version) -> Gallery | None:
    """The gallery of an earlier version; None where it is not there, or not as it was.

    Nothing but a delta needs it, and doors fetch the whole gallery where there is none.
    """
    path = gallery_file(folder, edition, version.version)
    if not path.exists():
        return None
    try:
        gallery, digest = load_known_gallery(path)
    except GalleryError as error:
        _log.warning("no delta from version %d of %s: %s", version.version, edition, error)
        return None
    return gallery if digest == version.sha256 else None


def digest_of(*parts: str) -> str:
    """A digest of some words in their order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()


def since(state: State, name: str, now: datetime) -> datetime:
    """Since when a file is named by nothing; from now on, if it was until now."""
    return state.retired.setdefault(name, now)


def _write(path: Path, content: bytes) -> None:
    try:
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        replace_file(path, content)
    except OSError as error:
        raise PublishError(
            f"{path} cannot be written: {error.strerror}", do="check its owner and the free space"
        ) from error
