"""Durable files: after a power cut there is the old file or the new one, never half of one."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


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
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for part in [content] if isinstance(content, bytes) else content:
                file.write(part)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


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
