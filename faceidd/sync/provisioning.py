"""Provisioning: the keys that only a door has, and what an admin is told of them.

Three keys, each for one thing: what is published for the door is encrypted to the first, the
gallery on its disk by the second, and the third signs what the door writes down of itself. None of
them ever leaves the door.
"""

import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pyrage import x25519

from faceidd.durable import replace_file, sync_folder
from faceidd.errors import ConfigError, FaceiddError, SyncError
from faceidd.events.command import PrivateKey
from faceidd.events.command_key import key_content, load_key
from faceidd.gallery.key import KEY_BYTES
from faceidd.sync.door_file import DoorFile
from faceidd.sync.identity import load_identity
from faceidd.sync.trial import DoorModel

DEFAULT_FOLDER = Path("/var/lib/faceidd/keys")
TRANSPORT, GALLERY, SIGNING = "transport.key", "gallery.key", "signing.key"
KEYS = (TRANSPORT, GALLERY, SIGNING)


@dataclass(frozen=True, slots=True)
class Provisioned:
    """A door's keys, as they lie there now.

    Attributes:
        file: What the admin must know of the door.
        made: Names of the keys that were drawn; the others were there, and were kept.
        signed_before: The public key, in base64, of a signing key that was exchanged; None where
            none was, or it could not be read.
    """

    file: DoorFile
    made: tuple[str, ...]
    signed_before: str | None


def provision(
    door: str, model: DoorModel, folder: Path, now: datetime, *, replaces: Collection[str] = ()
) -> Provisioned:
    """Draw those of a door's keys that are not there, also where a run before was killed.

    Args:
        door: The door's id.
        model: Which model it runs.
        folder: Where the keys lie; made if missing, its owner's only.
        now: The present moment, in UTC.
        replaces: Names of keys that are exchanged, if they are there. A gallery that is encrypted
            with a key of before is lost with it, and fetched anew.

    Raises:
        SyncError: The folder is open to others or cannot be written, a key that is there cannot be
            read, or the id cannot be one.
    """
    there = {name for name in KEYS if (folder / name).exists()}
    made = tuple(name for name in KEYS if name not in there or name in replaces)
    before = None
    if SIGNING in there and SIGNING in made:
        with suppress(ConfigError):
            before = load_key(folder / SIGNING).public_key
    transport = x25519.Identity.generate() if TRANSPORT in made else _kept_transport(folder)
    try:
        signing = PrivateKey.generate(door) if SIGNING in made else _kept_signing(folder)
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
    _write(folder, {name: contents[name] for name in made})
    return Provisioned(file, made, before)


def _kept_transport(folder: Path) -> x25519.Identity:
    try:
        return load_identity(folder / TRANSPORT).secret
    except SyncError as error:
        raise _unread(error, "transport") from error


def _kept_signing(folder: Path) -> PrivateKey:
    try:
        return load_key(folder / SIGNING)
    except ConfigError as error:
        raise _unread(error, "signing") from error


def _unread(error: FaceiddError, name: str) -> SyncError:
    return SyncError(error.what, do=f"correct that, or exchange the key: --replace {name}")


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
