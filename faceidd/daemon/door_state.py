"""DoorState: what a door must know again after a restart, in a file of its own.

That is: for whom it opened last, and which commands it took. Passages are kept by the wall clock,
because the monotonic one ends with the boot. After that clock was set back some seem to lie ahead.
The door's own are taken for ones of just now, which restricts. Those of another door let somebody
pass again, so there they are left out.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from faceidd.access.recent import MOST_PASSAGES, PassageKey
from faceidd.clock import Clock, WallClock, monotonic, wall
from faceidd.durable import replace_file
from faceidd.errors import ConfigError
from faceidd.events.command_check import MOST_MARKS, Mark
from faceidd.units import Instant

MOST_BYTES = 8 << 20

_log = logging.getLogger(__name__)


class _Passage(BaseModel):
    model_config = ConfigDict(extra="forbid")
    door: str
    person: str
    at: AwareDatetime


class _Mark(BaseModel):
    model_config = ConfigDict(extra="forbid")
    issued_at: int
    nonce: str


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")
    schema_version: Literal[1] = 1
    passages: Annotated[list[_Passage], Field(max_length=MOST_PASSAGES)] = []
    marks: Annotated[dict[str, _Mark], Field(max_length=MOST_MARKS)] = {}


class DoorState:
    """The state of one door, and a look at that of others on the same board.

    Args:
        folder: Where doors keep their states; None keeps nothing.
        door: The door's id.
        clock: The clock of passages.
        wall_clock: What they are written down by.

    Attributes:
        passages: When it last opened for somebody.
        marks: The newest command it took of each key.

    Raises:
        ConfigError: The folder cannot be made, or the file cannot be read or is damaged.
    """

    def __init__(
        self,
        folder: Path | None,
        door: str,
        *,
        clock: Clock = monotonic,
        wall_clock: WallClock = wall,
    ) -> None:
        self._folder = folder
        self._door = door
        self._clock = clock
        self._wall_clock = wall_clock
        self._others: dict[str, tuple[int, Mapping[PassageKey, Instant]]] = {}
        record = self._open()
        self.passages: Mapping[PassageKey, Instant] = self._instants(record.passages)
        self.marks = {key: Mark(one.issued_at, one.nonce) for key, one in record.marks.items()}

    def save(self) -> None:
        """Bring the state to the disk.

        Raises:
            OSError: The state on the disk is as it was.
        """
        if self._folder is None:
            return
        now, at = self._wall_clock(), self._clock()
        record = _Record(
            passages=[
                _Passage(door=door, person=person, at=now - timedelta(seconds=max(0.0, at - when)))
                for (door, person), when in self.passages.items()
            ],
            marks={
                key: _Mark(issued_at=mark.issued_at, nonce=mark.nonce)
                for key, mark in self.marks.items()
            },
        )
        replace_file(self._file(self._folder, self._door), record.model_dump_json().encode())

    def remember(self, marks: Mapping[str, Mark]) -> None:
        """Bring the marks of commands to the disk.

        Raises:
            OSError: The state on the disk is as it was.
        """
        self.marks = dict(marks)
        self.save()

    def passages_at(self, door: str) -> Mapping[PassageKey, Instant]:
        """What another door on this board wrote down; nothing where it cannot be read.

        Passages that seem to lie ahead when they are read are left out, until that door writes
        them down anew: it is not known when they were.

        Args:
            door: The other door's id.
        """
        if self._folder is None:
            return {}
        file = self._file(self._folder, door)
        try:
            changed = file.stat().st_mtime_ns
            known, passages = self._others.get(door, (0, {}))
            if changed != known:
                now = self._wall_clock()
                passages = self._instants(one for one in _read(file).passages if one.at <= now)
                self._others[door] = (changed, passages)
        except (OSError, ValueError) as error:
            _log.warning("what passed door %s is not known: %s", door, error)
            return {}
        return passages

    def _open(self) -> _Record:
        if self._folder is None:
            return _Record()
        file = self._file(self._folder, self._door)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return _read(file) if file.exists() else _Record()
        except OSError as error:
            raise ConfigError(
                f"the door's state {file} cannot be read: {error.strerror}",
                do="set policy.state_dir to a folder that the user faceidd may write",
            ) from error
        except ValueError as error:
            raise ConfigError(
                f"the door's state {file} is damaged",
                do="delete it; that forgets who passed",
            ) from error

    def _instants(self, passages: Iterable[_Passage]) -> dict[PassageKey, Instant]:
        now, at = self._wall_clock(), self._clock()
        return {
            (one.door, one.person): Instant(at - max(0.0, (now - one.at).total_seconds()))
            for one in passages
        }

    @staticmethod
    def _file(folder: Path, door: str) -> Path:
        return folder / f"{door}.json"


def _read(file: Path) -> _Record:
    with file.open("rb") as opened:
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES} bytes")
    try:
        return _Record.model_validate(json.loads(content), strict=False)
    except (ValidationError, RecursionError) as error:
        raise ValueError("it is no state of a door") from error
