"""Disk: the file of an outbox on a disk that may be full, read-only, broken or slow.

Nothing raises here. What cannot be written is for the outbox to keep and to try again.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from faceidd.events.entry import Entry
from faceidd.events.outbox_file import OutboxFile, is_damage, set_aside

_log = logging.getLogger(__name__)


class Disk:
    """An outbox's file, opened whenever it can be. Safe for many threads; who writes waits alone.

    Args:
        path: The file; None is no disk at all.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file: OutboxFile | None = None
        self._said = ""
        self.durable = False
        """Whether the last thing to be written is on the disk."""
        self.damages = 0
        """How often a damaged file was set aside."""

    @property
    def absent(self) -> bool:
        """Whether there is none, and never will be."""
        return self._path is None

    @property
    def count(self) -> int:
        """How many events are on it, as far as is known; never waits."""
        file = self._file
        return 0 if file is None else file.count

    def open(self) -> OutboxFile | None:
        """Open the file if it is not; gives it if it was opened just now."""
        if self._path is None or self._file is not None:
            return None
        with self._lock:
            try:
                self._file = self._opened(self._path)
            except (sqlite3.Error, OSError) as error:
                self._fail(error)
                return None
            self.durable = True
            return self._file

    def write(self, work: Callable[[OutboxFile], None]) -> bool:
        """Do something to the file in one transaction; says whether it is on the disk."""
        with self._lock:
            file = self._file
            if file is None:
                return False
            try:
                with file.transaction():
                    work(file)
            except (sqlite3.Error, OSError) as error:
                self._fail(error)
                return False
            if self._said:
                _log.warning("events are brought to the disk again")
            self.durable, self._said = True, ""
            return True

    def next(self, bit: int, after: int, *, alarms: bool) -> Entry | None:
        """As `OutboxFile.next`; None also if the file cannot be read."""
        with self._lock:
            if self._file is None:
                return None
            try:
                return self._file.next(bit, after, alarms=alarms)
            except (sqlite3.Error, OSError) as error:
                self._fail(error)
                return None

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _opened(self, path: Path) -> OutboxFile:
        try:
            return OutboxFile(path)
        except sqlite3.Error as error:
            if not is_damage(error):
                raise
            self._set_aside(error)
            return OutboxFile(path)

    def _set_aside(self, error: sqlite3.Error) -> None:
        assert self._path is not None  # noqa: S101 - there was a file
        aside = set_aside(self._path)
        self.damages += 1
        _log.error("the outbox is damaged (%s); it lies in %s, another is begun", error, aside)

    def _fail(self, error: Exception) -> None:
        self.durable = False
        if isinstance(error, sqlite3.Error) and is_damage(error) and self._file is not None:
            self._file.close()
            self._file = None
            try:
                self._set_aside(error)
            except OSError as stuck:
                error = stuck
            else:
                return
        if str(error) != self._said:  # a disk that is full for a week is told once
            self._said = str(error)
            _log.error("events wait in memory only, %s: %s", self._path, error)
