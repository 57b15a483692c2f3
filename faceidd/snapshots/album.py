"""Album: the folder of sealed pictures, bounded in age and in space.

Only files that are named as pictures are counted and removed; others in the folder are left alone.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from faceidd.durable import replace_file, sync_folder
from faceidd.snapshots.snapshot import SUFFIX, Snapshot


@dataclass(frozen=True, slots=True)
class AlbumLimits:
    """How much is kept.

    Attributes:
        days: A picture that is older is removed.
        bytes: While all of them have more, the oldest is removed.
    """

    days: float
    bytes: int


@dataclass(frozen=True, slots=True, order=True)
class Kept:
    """A picture in the album.

    Attributes:
        snapshot: What it is of.
        path: Its file.
        size: Of its file, in bytes.
    """

    snapshot: Snapshot
    path: Path
    size: int


class Album:
    """Keeps sealed pictures.

    Args:
        folder: Where; made where it is missing.
        limits: How much is kept.
    """

    def __init__(self, folder: Path, limits: AlbumLimits) -> None:
        self._folder = folder
        self._limits = limits

    def keep(self, snapshot: Snapshot, sealed: bytes, now: datetime) -> None:
        """Keep a picture, and remove what there is no more room or time for.

        Args:
            snapshot: What it is of.
            sealed: Its content.
            now: The present moment by the wall clock.

        Raises:
            OSError: It could not be written; what was kept before is still there.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.prune(now, room_for=len(sealed))
        replace_file(self._folder / snapshot.file_name, sealed)

    def prune(self, now: datetime, *, room_for: int = 0) -> None:
        """Remove pictures that are too old, and the oldest of too many.

        Args:
            now: The present moment by the wall clock.
            room_for: Bytes that are to fit in beside those that stay.

        Raises:
            OSError: One could not be removed.
        """
        since = now - timedelta(days=self._limits.days)
        kept = list(pictures(self._folder))
        total = room_for + sum(one.size for one in kept)
        for one in kept:
            if one.snapshot.time >= since and total <= self._limits.bytes:
                break  # all others are younger
            one.path.unlink(missing_ok=True)
            total -= one.size

    def clean(self) -> None:
        """Remove what a power cut has left of pictures that were being written.

        Raises:
            OSError: Something could not be removed.
        """
        for aside in self._folder.glob(f".*{SUFFIX}.*"):
            aside.unlink(missing_ok=True)


def pictures(folder: Path) -> Iterator[Kept]:
    """The pictures in an album's folder, the oldest first; none where there is no folder.

    Raises:
        OSError: The folder cannot be read.
    """
    found = []
    with suppress(FileNotFoundError):
        for path in folder.iterdir():
            snapshot = Snapshot.parse(path.name)
            if snapshot is not None:
                with suppress(FileNotFoundError):  # removed meanwhile
                    found.append(Kept(snapshot, path, path.stat().st_size))
    return iter(sorted(found))


def remove(kept: Kept) -> None:
    """Remove a picture from its album for good, as far as a file system can.

    Raises:
        OSError: It could not be removed.
    """
    kept.path.unlink(missing_ok=True)
    sync_folder(kept.path.parent)
