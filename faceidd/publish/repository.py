"""Repository: the signed metadata that is served, read and written file by file.

Every file but `timestamp.json` has its version in its name and is never changed. What counts is
what the timestamp names; a file that it does not lead to is a remainder, and its version is not
given again.
"""

import re
from dataclasses import dataclass
from typing import Any, TypeVar

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp
from tuf.api.serialization import DeserializationError

from faceidd.durable import replace_file
from faceidd.errors import PublishError
from faceidd.publish.folder import PublishFolder
from faceidd.publish.settings import ROLES, RoleName

TIMESTAMP_FILE = "timestamp.json"
_VERSIONED = re.compile(r"([0-9]{1,9})\.(root|targets|snapshot)\.json")

One = TypeVar("One", Root, Targets, Snapshot, Timestamp)


@dataclass(frozen=True, slots=True)
class Published:
    """What doors are served.

    Attributes:
        root: The newest root.
        targets: The targets that the timestamp leads to.
        snapshot: Likewise.
        timestamp: The timestamp.
    """

    root: Metadata[Root]
    targets: Metadata[Targets]
    snapshot: Metadata[Snapshot]
    timestamp: Metadata[Timestamp]


class Repository:
    """The metadata of a publisher's folder.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: PublishFolder) -> None:
        self._folder = folder.metadata

    def published(self) -> Published | None:
        """Read what is served, every signature verified; None before the first publication.

        Raises:
            PublishError: A file is missing, damaged, or not signed by the keys of its role.
        """
        roots = self.roots()
        if not roots or not (self._folder / TIMESTAMP_FILE).exists():
            return None
        timestamp = self._believed(roots, TIMESTAMP_FILE, Timestamp)
        version = timestamp.signed.snapshot_meta.version
        snapshot = self._believed(roots, f"{version}.snapshot.json", Snapshot)
        version = snapshot.signed.meta["targets.json"].version
        targets = self._believed(roots, f"{version}.targets.json", Targets)
        return Published(roots[-1], targets, snapshot, timestamp)

    def roots(self) -> list[Metadata[Root]]:
        """All roots, the first one first; each signed by the one before it.

        Raises:
            PublishError: One is damaged or not signed enough.
        """
        roots: list[Metadata[Root]] = []
        while (self._folder / f"{len(roots) + 1}.root.json").exists():
            name = f"{len(roots) + 1}.root.json"
            root = self._read(name, Root)
            before = roots[-1].signed if roots else None
            if not root.signed.get_root_verification_result(
                before, root.signed_bytes, root.signatures
            ):
                raise _unsigned(name)
            roots.append(root)
        return roots

    def next_version(self, role: RoleName) -> int:
        """A version that no file of a role has."""
        found = (_VERSIONED.fullmatch(path.name) for path in self._folder.iterdir())
        return 1 + max((int(one[1]) for one in found if one and one[2] == role), default=0)

    def write(self, metadata: Metadata[Any]) -> None:
        """Write metadata to its own file, or the timestamp in place of the old one.

        Raises:
            PublishError: It cannot be written.
        """
        signed = metadata.signed
        name = f"{signed.version}.{signed.type}.json"
        if isinstance(signed, Timestamp):
            name = TIMESTAMP_FILE
        try:
            replace_file(self._folder / name, metadata.to_bytes(), mode=0o644)
        except OSError as error:
            raise PublishError(
                f"{self._folder / name} cannot be written: {error.strerror}",
                do="check the folder's owner and the free space, and do the same again",
            ) from error

    def _believed(self, roots: list[Metadata[Root]], name: str, kind: type[One]) -> Metadata[One]:
        """Metadata signed as some root demanded: the newest may have been put there just now."""
        metadata = self._read(name, kind)
        for root in reversed(roots):
            if root.signed.get_verification_result(
                kind.type, metadata.signed_bytes, metadata.signatures
            ):
                return metadata
        raise _unsigned(name)

    def _read(self, name: str, kind: type[One]) -> Metadata[One]:
        path = self._folder / name
        try:
            metadata = Metadata[Any].from_bytes(path.read_bytes())
        except OSError as error:
            raise PublishError(
                f"{path} cannot be read: {error.strerror}", do="restore it from a copy"
            ) from error
        except (DeserializationError, RepositoryError) as error:
            raise PublishError(f"{path} is damaged", do="restore it from a copy") from error
        if not isinstance(metadata.signed, kind):
            raise PublishError(f"{path} is {metadata.signed.type}", do="restore it from a copy")
        return metadata


def role_of(metadata: Metadata[Any]) -> RoleName:
    """The role that signs metadata."""
    for role in ROLES:
        if role == metadata.signed.type:
            return role
    raise AssertionError(metadata.signed.type)


def accepts(root: Metadata[Root], metadata: Metadata[Any]) -> bool:
    """Whether metadata bears as many signatures of its role's keys as a root demands."""
    role = role_of(metadata)
    return bool(
        root.signed.get_verification_result(role, metadata.signed_bytes, metadata.signatures)
    )


def _unsigned(name: str) -> PublishError:
    return PublishError(
        f"{name} is not signed by enough keys of its role",
        do="restore it from a copy: somebody changed it",
    )
