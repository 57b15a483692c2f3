"""Source: where a log is read from: the folder of a door, or an export."""

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from faceidd.audit.segment import HEAD, Segment
from faceidd.errors import AuditError

MOST_BYTES = 64 << 20
"""No file of a log is larger."""
MANIFEST = "export.json"
"""File of an export that lists which files of the log are in it."""


class Source(Protocol):
    """Files of a log by their names."""

    label: str
    """How people find it."""

    def names(self) -> list[str]:
        """Names of all files, sorted.

        Raises:
            AuditError: It cannot be read.
        """

    def read(self, name: str) -> bytes:
        """The content of a file.

        Raises:
            AuditError: It cannot be read, or is too large.
        """

    def listed(self) -> list[str] | None:
        """The files that must be there; None where the log's own head says so.

        Raises:
            AuditError: It cannot be read.
        """


class Folder:
    """A door's log.

    Args:
        folder: Where it lies.
    """

    def __init__(self, folder: Path) -> None:
        self.label = str(folder)
        self._folder = folder

    def names(self) -> list[str]:
        """Names of all files, sorted."""
        try:
            return sorted(entry.name for entry in self._folder.iterdir() if entry.is_file())
        except OSError as error:
            raise _unreadable(self.label, error) from error

    def read(self, name: str) -> bytes:
        """The content of a file."""
        try:
            with (self._folder / name).open("rb") as file:
                content = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise _unreadable(f"{self._folder / name}", error) from error
        if len(content) > MOST_BYTES:
            raise _too_large(f"{self._folder / name}")
        return content

    def listed(self) -> list[str] | None:
        """A door's own log must be whole."""
        return None


class Export:
    """A ZIP that `faceidd audit export` wrote.

    Args:
        file: The ZIP.

    Raises:
        AuditError: It cannot be read, or is no export.
    """

    def __init__(self, file: Path) -> None:
        self.label = str(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except (OSError, zipfile.BadZipFile) as error:
            raise _unreadable(self.label, error) from error

    def names(self) -> list[str]:
        """Names of all files, sorted."""
        return sorted(self._zip.namelist())

    def read(self, name: str) -> bytes:
        """The content of a file; what ZIP itself finds changed is read all the same."""
        try:
            with self._zip.open(name) as file:
                content = file.read(MOST_BYTES + 1)
        except (OSError, KeyError, ValueError, zipfile.BadZipFile, EOFError) as error:
            raise _unreadable(f"{self.label}: {name}", error) from error
        if len(content) > MOST_BYTES:
            raise _too_large(f"{self.label}: {name}")
        return content

    def listed(self) -> list[str] | None:
        """The files that it says it holds."""
        try:
            listed = json.loads(self.read(MANIFEST))["files"]
            return [str(name) for name in listed]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise AuditError(
                f"{self.label} is no export of an audit log", do="name what `audit export` wrote"
            ) from error


def open_source(path: Path) -> Source:
    """Open a folder or an export.

    Raises:
        AuditError: It cannot be read, or is neither.
    """
    return Export(path) if path.is_file() else Folder(path)


def segments_of(source: Source) -> list[Segment]:
    """The files of records, in the order of the chain.

    Raises:
        AuditError: As `Source.names`.
    """
    return segments_among(source.names())


def segments_among(names: Iterable[str]) -> list[Segment]:
    """Those names that are of files of records, in the order of the chain."""
    named = (Segment.parse(name) for name in names if name.endswith(".jsonl"))
    return sorted(one for one in named if one is not None)


def is_log(source: Source) -> bool:
    """Whether anything of a log is there.

    Raises:
        AuditError: As `Source.names`.
    """
    return any(name == HEAD or Segment.parse(name) is not None for name in source.names())


def _unreadable(what: str, error: Exception) -> AuditError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return AuditError(
        f"the audit log {what} cannot be read: {reason}",
        do="name audit.dir of the door, or an export; it is its owner's to read",
    )


def _too_large(what: str) -> AuditError:
    return AuditError(f"{what} is larger than any file of an audit log", do="look what wrote it")
