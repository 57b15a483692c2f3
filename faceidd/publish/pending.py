"""Pending: new metadata of root or targets that waits for the signatures of enough admins."""

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Targets
from tuf.api.serialization import DeserializationError

from faceidd.durable import replace_file, sync_folder
from faceidd.errors import PublishError
from faceidd.publish.folder import PublishFolder
from faceidd.publish.keyring import Keyring
from faceidd.publish.repository import accepts, role_of
from faceidd.publish.settings import RoleName
from faceidd.publish.signing_key import key_name

One = TypeVar("One", Root, Targets)


@dataclass(frozen=True, slots=True)
class Waiting:
    """That metadata waits for signatures.

    Attributes:
        role: Whose.
        version: Its version.
        missing: How many signatures are missing.
        names: Keys that could give them.
    """

    role: RoleName
    version: int
    missing: int
    names: tuple[str, ...]


class Pending:
    """The folder of metadata that waits.

    Args:
        folder: The publisher's folder.
    """

    def __init__(self, folder: PublishFolder) -> None:
        self._folder = folder.pending

    def path(self, role: RoleName) -> Path:
        """Where a role's metadata waits."""
        return self._folder / f"{role}.json"

    def root(self, after: int) -> Metadata[Root] | None:
        """The root that waits, if it is one after this version.

        Raises:
            PublishError: It cannot be read.
        """
        found = self.load("root")
        fits = found is not None and isinstance(found.signed, Root) and found.signed.version > after
        return found if fits else None

    def targets(self, after: int) -> Metadata[Targets] | None:
        """The targets that wait, if they are of a version after this one.

        Raises:
            PublishError: They cannot be read.
        """
        found = self.load("targets")
        if found is None or not isinstance(found.signed, Targets):
            return None
        return found if found.signed.version > after else None

    def save(self, metadata: Metadata[Any]) -> None:
        """Let metadata wait, in place of what waited before.

        Raises:
            PublishError: It cannot be written.
        """
        path = self._folder / f"{metadata.signed.type}.json"
        try:
            replace_file(path, metadata.to_bytes())
        except OSError as error:
            raise PublishError(
                f"{path} cannot be written: {error.strerror}", do="check its owner"
            ) from error

    def drop(self, role: RoleName) -> None:
        """Let it wait no longer."""
        self.path(role).unlink(missing_ok=True)
        sync_folder(self._folder)

    def load(self, role: RoleName) -> Metadata[Any] | None:
        """What waits of a role, whatever is served.

        Raises:
            PublishError: It cannot be read.
        """
        path = self.path(role)
        return read_metadata(path) if path.exists() else None


def read_metadata(path: Path) -> Metadata[Any]:
    """Read a file of metadata; its signatures are not looked at.

    Raises:
        PublishError: It cannot be read, or is none.
    """
    try:
        return Metadata[Any].from_bytes(path.read_bytes())
    except OSError as error:
        raise PublishError(f"{path} cannot be read: {error.strerror}", do="correct it") from error
    except (DeserializationError, RepositoryError) as error:
        raise PublishError(f"{path} is no metadata", do="copy it again") from error


def sign(metadata: Metadata[Any], root: Metadata[Root], keyring: Keyring) -> None:
    """Sign with keys of its role that are at hand, until it is signed enough.

    Args:
        metadata: What to sign; gets the signatures.
        root: Says which keys a role has.
        keyring: The keys at hand.

    Raises:
        PublishError: A signature is missing, and a key that could give it cannot be opened.
    """
    key_ids = root.signed.roles[role_of(metadata)].keyids
    for key_id in key_ids:
        if accepts(root, metadata):
            return
        signer = None if key_id in metadata.signatures else keyring.signer(key_id)
        if signer is not None:
            metadata.sign(signer, append=True)
    if not accepts(root, metadata):
        keyring.require_opened(key_ids)


def waiting(metadata: Metadata[Any], root: Metadata[Root]) -> Waiting:
    """What metadata waits for.

    Args:
        metadata: The metadata.
        root: Whose demands it has to fulfill.
    """
    role = role_of(metadata)
    found = root.signed.get_verification_result(role, metadata.signed_bytes, metadata.signatures)
    names = tuple(sorted(key_name(key) for key in found.unsigned.values()))
    return Waiting(role, metadata.signed.version, found.missing, names)


def copied(metadata: Metadata[One]) -> Metadata[One]:
    """A copy without signatures, to be changed."""
    return Metadata(copy.deepcopy(metadata.signed))
