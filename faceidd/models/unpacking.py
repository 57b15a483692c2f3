"""Unpacking: one member of an archive as bytes, bounded, and nothing on the disk."""

import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from faceidd.errors import ModelError
from faceidd.models.archives import Archive, ArchiveKind

MOST_BYTES = 512 * 2**20
"""The largest member that is unpacked."""


def unpack(path: Path, archive: Archive, member: str) -> bytes:
    """Read a member; whether it is the pinned one is left to the caller.

    Args:
        path: The archive's file.
        archive: What it is.
        member: Path inside the archive.

    Returns:
        Its content, cut at `MOST_BYTES`.

    Raises:
        ModelError: The archive is damaged, or has no such file.
    """
    try:
        return _READERS[archive.kind](path, member)
    except (KeyError, OSError, EOFError, zlib.error, zipfile.BadZipFile, tarfile.TarError) as error:
        raise ModelError(
            f"{archive.distribution} cannot give {member}: {error}", do="report this as a bug"
        ) from error


def _from_zip(path: Path, member: str) -> bytes:
    with zipfile.ZipFile(path) as container, container.open(member) as file:
        return file.read(MOST_BYTES)


def _from_tar(path: Path, member: str) -> bytes:
    with tarfile.open(path, "r:gz") as container:
        entry = container.getmember(member)
        file = container.extractfile(entry) if entry.isreg() else None
        if file is None:
            raise KeyError("it is no regular file")
        return file.read(MOST_BYTES)


_READERS: dict[ArchiveKind, Callable[[Path, str], bytes]] = {"wheel": _from_zip, "npm": _from_tar}
