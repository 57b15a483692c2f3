"""Claim: what a running daemon drives, written down where no broken configuration can hide it.

`faceidd door release` reads it after the daemon: by then the configuration may be another one, or
none. Imports little, so that this is quick.
"""

import fcntl
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError

from faceidd.door.relay import RelaySettings, rest
from faceidd.errors import DoorError

DEFAULT_FOLDER = Path("/run/faceidd")
MOST_BYTES = 64 * 1024
SUFFIX = ".pins.json"
LOCKS = Path("/proc/locks")

_PINS = TypeAdapter(dict[str, RelaySettings])
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rested:
    """A pin that a dead daemon drove.

    Attributes:
        name: What it drove: `relay`, `buzzer` ...
        pin: The pin.
        fault: Why it could not be put at rest; None if it was.
    """

    name: str
    pin: str
    fault: DoorError | None = None


def claim_folder() -> Path:
    """Where claims lie: the service's runtime directory, as systemd tells it, or the usual one.

    It is no setting of the configuration, because it must be found without one.
    """
    named = os.environ.get("RUNTIME_DIRECTORY", "").split(":")[0]
    return Path(named) if named else DEFAULT_FOLDER


@contextmanager
def claimed(folder: Path, door: str, pins: Mapping[str, RelaySettings]) -> Iterator[None]:
    """Write down what is about to be driven, and hold it for as long as it is.

    The file stays; only `rest_left_behind` takes it away. One that cannot be written is told in the
    log and stops no door.

    Args:
        folder: Where claims lie.
        door: The door's id.
        pins: What is driven, by its name.

    Raises:
        DoorError: A daemon runs that drives this door.
    """
    with ExitStack() as stack:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = stack.enter_context((folder / f"{door}{SUFFIX}").open("a+b", buffering=0))
            if not _lock(file.fileno()):
                raise DoorError(f"another daemon drives door {door}", do="stop that one first")
            file.truncate(0)
            file.write(_PINS.dump_json(dict(pins)))
        except OSError as error:
            _log.error("after a crash only the configuration tells the pins: %s", error)
        yield


def holder(folder: Path, door: str, locks: Path = LOCKS) -> int | None:
    """Which process drives a door's pins now; None where none does, or it cannot be told.

    It is read from the kernel's list of locks. Trying the lock would keep a daemon that starts in
    that moment from it.

    Args:
        folder: Where claims lie.
        door: The door's id.
        locks: The kernel's list, proc_locks(5).
    """
    try:
        claim = (folder / f"{door}{SUFFIX}").stat()
        listed = locks.read_text().splitlines()
    except OSError:
        return None
    device = claim.st_dev
    place = f"{os.major(device):02x}:{os.minor(device):02x}:{claim.st_ino}"
    for line in listed:
        words = line.split()  # 1: FLOCK ADVISORY WRITE 4711 b3:02:1234 0 EOF
        if words[1:2] == ["FLOCK"] and words[5:6] == [place]:
            return int(words[4])
    return None


def rest_left_behind(folder: Path) -> Iterator[Rested]:
    """Put at rest what daemons drove that run no more, and forget what is.

    A claim that cannot be read, or not be put at rest, is kept; the first is told in the log.

    Args:
        folder: Where claims lie.
    """
    for file in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            opened = file.open("rb")
        except OSError as error:
            _log.error("the pins in %s are not known: %s", file, error)
            continue
        with opened:
            if not _lock(opened.fileno()):  # its daemon runs, and rests them itself
                continue
            rested = [_rest(name, settings) for name, settings in _read(opened, file).items()]
            if rested and all(one.fault is None for one in rested):
                with suppress(OSError):
                    file.unlink()
        yield from rested


def _read(opened: BinaryIO, file: Path) -> dict[str, RelaySettings]:
    try:
        return _PINS.validate_json(opened.read(MOST_BYTES))
    except (OSError, ValidationError) as error:
        _log.error("the pins in %s are not known: %s", file, type(error).__name__)
        return {}


def _rest(name: str, settings: RelaySettings) -> Rested:
    try:
        rest(settings)
    except DoorError as error:
        return Rested(name, settings.pin, error)
    return Rested(name, settings.pin)


def _lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
