"""Provisioning: the keys that only a door has, and what an admin is told of them.

Three keys, each for one thing: what is published for the door is encrypted to the first, the
gallery on its disk by the second, and the third signs what the door writes down of itself. None of
them ever leaves the door.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pyrage import x25519

from faceidd.durable import replace_file, sync_folder
from faceidd.errors import SyncError
from faceidd.events.command import PrivateKey
from faceidd.events.command_key import key_content
from faceidd.gallery.key import KEY_BYTES
from faceidd.sync.door_file import DoorFile

DEFAULT_FOLDER = Path("/var/lib/faceidd/keys")
TRANSPORT, GALLERY, SIGNING = "transport.key", "gallery.key", "signing.key"
KEYS = (TRANSPORT, GALLERY, SIGNING)


@dataclass(frozen=True, slots=True)
class DoorModel:
    """Which model a door runs.

    Attributes:
        id: Its digest.
        name: The model as people call it.
    """

    id: str
    name: str


def provision(
    door: str, model: DoorModel, folder: Path, now: datetime, *, replaces: bool = False
) -> DoorFile:
    """Draw a door's keys.

    Args:
        door: The door's id.
        model: Which model it runs.
        folder: Where the keys lie; made if missing, its owner's only.
        now: The present moment, in UTC.
        replaces: Whether keys that are there are exchanged. Otherwise only a gallery's key may
            be there, which is kept: the gallery is encrypted with it.

    Returns:
        What the admin must know of the door.

    Raises:
        SyncError: There are keys already, the folder is open to others or cannot be written, or
            the id cannot be one.
    """
    there = [name for name in KEYS if (folder / name).exists()]
    if {TRANSPORT, SIGNING}.intersection(there) and not replaces:
        raise SyncError(
            f"there are keys in {folder} already: {', '.join(there)}",
            do="keep them; or, where they may be known to others, exchange them: --replace",
        )
    transport = x25519.Identity.generate()
    try:
        signing = PrivateKey.generate(door)
        file = DoorFile(
            door=door,
            recipient=str(transport.to_public()),
            model_id=model.id,
            model_name=model.name,
            signing_key=signing.public_key,
        )
    except ValueError as error:
        raise SyncError(f"no door can be called {door!r}", do="correct door.id") from error
    contents = {
        TRANSPORT: f"# created: {now:%Y-%m-%dT%H:%M:%SZ}\n# public key: {file.recipient}\n"
        f"{transport}\n".encode(),
        GALLERY: os.urandom(KEY_BYTES),
        SIGNING: key_content(signing),
    }
    kept = {GALLERY} if GALLERY in there and not replaces else set()
    _write(folder, {name: content for name, content in contents.items() if name not in kept})
    return file


def _write(folder: Path, contents: dict[str, bytes]) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            raise SyncError(f"{folder} is open to others", do=f"chmod 700 {folder}")
        for name, content in contents.items():
            replace_file(folder / name, content)
        sync_folder(folder.parent)
    except OSError as error:
        raise SyncError(
            f"the keys cannot be written to {folder}: {error.strerror}",
            do="run it as the user of the service: runuser -u faceidd -- faceidd provision",
        ) from error
