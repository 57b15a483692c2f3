"""Target files: what is served beside metadata, under names that begin with their digest.

So a file is never changed: a door in the middle of a sync finds what it was promised.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from tuf.api.metadata import TargetFile, Targets

from faceidd.durable import replace_file
from faceidd.errors import PublishError
from faceidd.publish.folder import PublishFolder
from faceidd.publish.state import Made, State


class TargetFiles:
    """The targets of a publication, as they are put together.

    Args:
        folder: The publisher's folder.
        before: The targets before.
        state: Says of what they were made; gets what is made now.
    """

    def __init__(self, folder: PublishFolder, before: Targets, state: State) -> None:
        self._folder, self._before, self._state = folder.targets, before.targets, state
        self.targets: dict[str, TargetFile] = {}
        """All that were kept or made: what is to be published."""

    def keep(self, group: str, made_from: str) -> bool:
        """Take over the files of a group, if they were made of the same and are all still there.

        Args:
            group: `editions/<id>` or the like.
            made_from: Digest of all that goes into them.
        """
        made = self._state.made.get(group)
        if made is None or made.made_from != made_from or not made.files:
            return False
        if not all(self._is_there(target, digest) for target, digest in made.files.items()):
            return False
        self.targets.update({target: self._before[target] for target in made.files})
        return True

    def make(self, group: str, made_from: str, files: Mapping[str, bytes]) -> None:
        """Write the files of a group.

        Args:
            group: As above.
            made_from: As above.
            files: Target -> content.

        Raises:
            PublishError: One cannot be written.
        """
        digests = {target: self._write(target, content) for target, content in files.items()}
        self._state.made[group] = Made(made_from=made_from, files=digests)

    def _is_there(self, target: str, digest: str) -> bool:
        known = self._before.get(target)
        return (
            known is not None
            and known.hashes.get("sha256") == digest
            and self._path(target, digest).exists()
        )

    def _write(self, target: str, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(target, digest)
        try:
            for folder in reversed(path.parents[: target.count("/")]):
                if not folder.is_dir():
                    folder.mkdir()
                    folder.chmod(0o755)  # whatever the umask is: the server must read it
            if not path.exists():
                replace_file(path, content, mode=0o644)
        except OSError as error:
            raise PublishError(
                f"{path} cannot be written: {error.strerror}",
                do="check the folder's owner and the free space, and publish again",
            ) from error
        self.targets[target] = TargetFile(len(content), {"sha256": digest}, target)
        return digest

    def _path(self, target: str, digest: str) -> Path:
        return self._folder / prefixed(target, digest)


def prefixed(target: str, digest: str) -> str:
    """The name that a target has on the server: consistent snapshots, as TUF calls it."""
    folder, slash, name = target.rpartition("/")
    return f"{folder}{slash}{digest}.{name}"


def served_name(target: TargetFile) -> str:
    """As above."""
    return prefixed(target.path, target.hashes["sha256"])
