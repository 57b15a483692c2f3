"""Repository: the signed files as python-tuf verifies them, with every refusal named.

What was verified is kept durably: python-tuf works on a copy of the metadata, because it does not
bring its files to the disk, and what proved good replaces the old, file by file.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from tuf.api import exceptions as tuf
from tuf.api.metadata import Metadata, TargetFile, Timestamp
from tuf.ngclient import Updater, UpdaterConfig

from faceidd.clock import WallClock, wall
from faceidd.durable import replace_file, sync_folder
from faceidd.sync.refused import Reason, RefusedError
from faceidd.sync.trust import Trust
from faceidd.sync.urllib3 import Urllib3Fetcher

MOST_ROOT_ROTATIONS = 64
MOST_DELEGATIONS = 8
MOST_ROOT_BYTES, MOST_TIMESTAMP_BYTES = 512_000, 16_384
MOST_SNAPSHOT_BYTES, MOST_TARGETS_BYTES = 2_000_000, 64_000_000
"""Targets hold about 250 bytes a door where they are not delegated."""
CLOCKS_DIFFER = timedelta(hours=6)
"""A server whose clock differs by more from the door's makes the door's worth a look."""

_KINDS: tuple[tuple[type[Exception], Reason, str], ...] = (
    (
        tuf.ExpiredMetadataError,
        Reason.EXPIRED,
        "renew it: faceidd publish refresh; if it was renewed, the server withholds it",
    ),
    (
        tuf.BadVersionNumberError,
        Reason.ROLLED_BACK,
        "find out who put old files on the server; the door goes on with what it has",
    ),
    (
        tuf.UnsignedMetadataError,
        Reason.UNSIGNED,
        "sign with enough keys of the role; if all did, somebody changed the server's files",
    ),
    (
        tuf.LengthOrHashMismatchError,
        Reason.CHANGED,
        "upload the repository again as a whole; if it is whole, somebody changed its files",
    ),
    (
        tuf.DownloadLengthMismatchError,
        Reason.TOO_LARGE,
        "upload the repository again as a whole; if it is whole, somebody changed its files",
    ),
    (tuf.SlowRetrievalError, Reason.TOO_SLOW, "look at the network, or at sync's limits"),
    (tuf.DownloadHTTPError, Reason.ANSWER, "upload the repository as a whole, and check sync.url"),
    (tuf.DownloadError, Reason.UNREACHABLE, "check network, name and certificate of the server"),
    (tuf.RepositoryError, Reason.DAMAGED, "upload the repository again as a whole"),
    (OSError, Reason.DISK, "check the owner of sync.state_dir, and the free space"),
)


class Repository:
    """The files of one repository, for one sync; a context.

    Args:
        trust: Where it is, and whom it is believed.
        folder: Where verified metadata is kept.
        fetcher: Fetches files.
        wall_clock: The door's clock, for messages.
    """

    def __init__(
        self, trust: Trust, folder: Path, fetcher: Urllib3Fetcher, wall_clock: WallClock = wall
    ) -> None:
        self._trust = trust
        self._kept = folder / "metadata"
        self._work = folder / "work"
        self._fetcher = fetcher
        self._wall_clock = wall_clock
        self._updater: Updater | None = None

    def __enter__(self) -> Self:
        with self._told("the metadata"):
            self._clear()
            self._kept.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copytree(self._kept, self._work, ignore=shutil.ignore_patterns(".*"))
            (self._work / "targets").mkdir(mode=0o700)
        return self

    def __exit__(self, *_: object) -> None:
        with self._told("the metadata"):
            self._keep()
            self._clear()

    def refresh(self) -> None:
        """Fetch and verify root, timestamp, snapshot and targets.

        Raises:
            RefusedError: Something is not as it must be, and what.
        """
        with self._told("the repository's metadata"):
            self._updater = Updater(
                str(self._work),
                f"{self._trust.url}metadata/",
                str(self._work / "targets"),
                f"{self._trust.url}targets/",
                self._fetcher,
                UpdaterConfig(
                    max_root_rotations=MOST_ROOT_ROTATIONS,
                    max_delegations=MOST_DELEGATIONS,
                    root_max_length=MOST_ROOT_BYTES,
                    timestamp_max_length=MOST_TIMESTAMP_BYTES,
                    snapshot_max_length=MOST_SNAPSHOT_BYTES,
                    targets_max_length=MOST_TARGETS_BYTES,
                ),
                bootstrap=self._trust.root,
            )
            self._updater.refresh()

    @property
    def timestamp(self) -> tuple[int, datetime]:
        """Version of the verified timestamp, and when it expires."""
        signed = Metadata[Timestamp].from_file(str(self._work / "timestamp.json")).signed
        return signed.version, signed.expires

    def find(self, name: str) -> TargetFile | None:
        """What the signed metadata says of a target; None if there is no such target.

        Raises:
            RefusedError: Metadata that says so is not as it must be.
        """
        with self._told(name):
            return self._ready.get_targetinfo(name)

    def fetch(self, target: TargetFile, *, most: int, held: Path | None = None) -> bytes:
        """Content of a target, verified.

        Args:
            target: As `find` gave it.
            most: A larger one is not fetched.
            held: Where the newest one is kept, so that the same is not fetched twice; None keeps
                none.

        Raises:
            RefusedError: It is too large, cannot be fetched, or is not what was signed.
        """
        if target.length > most:
            raise RefusedError(
                Reason.TOO_LARGE,
                f"{target.path} has {target.length} bytes, more than {most}",
                do="find out why it is so large, or raise sync.most_mb",
            )
        with self._told(target.path):
            if held is not None and self._ready.find_cached_target(target, str(held)):
                return held.read_bytes()
            content = self._download(target)
            if held is not None:
                replace_file(held, content)
            return content

    def _download(self, target: TargetFile) -> bytes:
        path = self._work / "targets" / "newest"
        try:
            self._ready.download_target(target, str(path))
        except tuf.LengthOrHashMismatchError:
            if not self._fetcher.resumed:
                raise
            # What an earlier sync left may be torn; the whole file may be right.
            self._ready.download_target(target, str(path))
        return path.read_bytes()

    @property
    def _ready(self) -> Updater:
        if self._updater is None:
            raise RuntimeError("the metadata was not refreshed")
        return self._updater

    def _keep(self) -> None:
        """Bring what was verified to the disk, roots first."""
        (self._kept / "root_history").mkdir(mode=0o700, exist_ok=True)
        sync_folder(self._kept)
        roots = sorted((self._work / "root_history").glob("*.root.json"))
        others = sorted(path for path in self._work.glob("*.json") if not path.is_symlink())
        for path in (*roots, *others):
            kept = self._kept / path.relative_to(self._work)
            content = path.read_bytes()
            if not kept.exists() or kept.read_bytes() != content:
                replace_file(kept, content)

    def _clear(self) -> None:
        if self._work.exists():
            shutil.rmtree(self._work)

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Turn what python-tuf and the disk raise into refusals."""
        try:
            yield
        except RefusedError:
            raise
        except (tuf.RepositoryError, tuf.DownloadError, OSError) as error:
            raise self._refused(what, error) from error

    def _refused(self, what: str, error: Exception) -> RefusedError:
        reason, do = next((one, do) for kind, one, do in _KINDS if isinstance(error, kind))
        told = f"{what}: {str(error).rstrip('.') or type(error).__name__}"
        hint = self._clocks(error) if reason in {Reason.EXPIRED, Reason.UNREACHABLE} else None
        if hint is None:
            return RefusedError(reason, told, do=do)
        return RefusedError(
            Reason.CLOCK, f"{told}; {hint}", do="set this door's clock right, then sync again"
        )

    def _clocks(self, error: Exception) -> str | None:
        """What speaks for a wrong clock on this door, if anything does."""
        now, there = self._wall_clock(), self._fetcher.server_time
        if there is not None and abs(now - there) > CLOCKS_DIFFER:
            there_says = f"the server's {there:%Y-%m-%d %H:%M}"
            return f"this door's clock says {now:%Y-%m-%d %H:%M} UTC, {there_says}"
        cause = error.__cause__
        if isinstance(cause, Exception) and "not yet valid" in str(cause):
            return f"this door's clock says {now:%Y-%m-%d %H:%M} UTC"
        return None
