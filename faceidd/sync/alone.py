"""Alone: one sync at a time, which begins by tidying up after one that was killed."""

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from faceidd.sync.refused import Reason, RefusedError


@contextmanager
def alone(state: Path) -> Iterator[None]:
    """Let no second sync of this door run.

    Args:
        state: The sync's state; made where it is missing.

    Raises:
        RefusedError: Another runs, or the state cannot be written.
    """
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (state / "lock").open("ab")
    except OSError as error:
        raise RefusedError(
            Reason.SETUP,
            f"sync.state_dir {state} cannot be written: {error.strerror}",
            do="make it the user faceidd's",
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RefusedError(
                Reason.BUSY, "another sync of this door is running", do="wait until it has ended"
            ) from None
        yield


def clear(file: Path, state: Path) -> None:
    """Remove what a sync that was killed had written aside, as `faceidd.durable` names it.

    Args:
        file: The gallery's.
        state: The sync's state.
    """
    metadata = state / "metadata"
    for folder in (state, metadata, metadata / "root_history"):
        _unlink(folder.glob(".*.????????"))
    _unlink(file.parent.glob(f".{file.name}.????????"))


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink()
