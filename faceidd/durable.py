"""Durable files: after a power cut there is the old file or the new one, never half of one."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

FileState = tuple[int, int, int]
"""What tells one file from another in its place: inode, size, and when it was changed."""


def replace_file(
    path: Path, content: bytes | Iterable[bytes | memoryview], *, mode: int = 0o600
) -> None:
    """Write a file aside, bring it to the disk, and put it in the place of the old one.

    Args:
        path: The file; its folder must exist.
        content: All of it, at once or in parts that follow each other.
        mode: Permissions of the new file.

    Raises:
        OSError: The old file is as it was; or, if only the folder could not be synced, the new
            one is in its place but may not outlive a power cut.
    """
    with _aside(path, content, mode) as aside:
        aside.replace(path)
    sync_folder(path.parent)


def create_file(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write a new file like `replace_file`, but never over another one.

    Raises:
        FileExistsError: There is a file of that name; it is as it was.
        OSError: There is none, or, if only the folder could not be synced, the new one is there
            but may not outlive a power cut.
    """
    with _aside(path, content, mode) as aside:
        os.link(aside, path)
        aside.unlink()
    sync_folder(path.parent)


def file_state(path: Path) -> FileState | None:
    """What tells a file from another in its place; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


@contextmanager
def _aside(path: Path, content: bytes | Iterable[bytes | memoryview], mode: int) -> Iterator[Path]:
    """A file beside another one with its content on the disk; what fails leaves none."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for part in [content] if isinstance(content, bytes) else content:
                file.write(part)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        yield aside
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of names to the disk.

    Raises:
        OSError: The folder cannot be opened or synced.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
