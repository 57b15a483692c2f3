"""OutboxFile: events that wait, in SQLite. For one thread at a time.

Write-ahead log, brought to the disk at each commit (`synchronous = FULL`): what was committed
outlives a power cut. The file is locked for as long as it is open, so two daemons never share one.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from faceidd.events.entry import Entry, Moment
from faceidd.events.envelope import Worth
from faceidd.units import Seconds

VERSION = 1
OVERHEAD = 256
"""Bytes that an event takes beside its JSON, about."""
LOG_PAGES = 100
"""Pages of the write-ahead log after which they are put into their places."""
MOST_LOG = 1 << 20
"""Bytes that the log keeps when it is empty."""
LOCK_TIMEOUT_S = 0.2
_SCHEMA = (
    """CREATE TABLE events (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, worth TEXT NOT NULL,
        owed INTEGER NOT NULL, boot TEXT NOT NULL, born REAL NOT NULL, wall REAL NOT NULL,
        lifetime REAL NOT NULL, payload TEXT NOT NULL)""",
    "CREATE INDEX by_worth ON events (worth, number)",
    """CREATE TABLE losses (
        reader TEXT NOT NULL, loss TEXT NOT NULL, events INTEGER NOT NULL,
        PRIMARY KEY (reader, loss))""",
    f"PRAGMA user_version = {VERSION}",
)
_SIZE = f"LENGTH(CAST(payload AS BLOB)) + {OVERHEAD}"
_TOTALS = f"SELECT SUM({_SIZE}), COUNT(*), MAX(number) FROM events"  # noqa: S608 - put together of constants of this module
_OWED = "FROM events WHERE number > ? AND owed & ?"
_ALARM = f"worth = '{Worth.ALARM}'"


class OutboxFile:
    """A file of events; open until it is closed.

    Args:
        path: The file; it is made, and its folder, where there is none.

    Attributes:
        bytes: What the events take.
        count: How many there are.
        last: The greatest number.
        losses: What was lost and not told when it was opened, by reader and why.

    Raises:
        sqlite3.Error: It cannot be opened, is locked, or is no outbox.
        OSError: Its folder cannot be made.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._db = sqlite3.connect(
            path, timeout=LOCK_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare()
            size, count, last = self._db.execute(_TOTALS).fetchone()
            rows = self._db.execute("SELECT reader, loss, events FROM losses").fetchall()
        except BaseException:
            self._db.close()
            raise
        self.losses: Mapping[tuple[str, str], int] = {(row[0], row[1]): row[2] for row in rows}
        self.bytes: int = size or 0
        self.count: int = count
        self.last: int = last or 0

    def next(self, bit: int, after: int, *, alarms: bool) -> Entry | None:
        """The next event that somebody has not heard; None if there is none.

        Args:
            bit: Who.
            after: Number of the last one that they know.
            alarms: Whether a silent alarm, or another one.
        """
        which = _ALARM if alarms else f"NOT {_ALARM}"
        statement = f"SELECT * {_OWED} AND {which} ORDER BY number LIMIT 1"
        found = self._db.execute(statement, (after, bit))
        row = found.fetchone()
        return None if row is None else _entry(row)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is done meanwhile is brought to the disk together, or not at all."""
        before = self.bytes, self.count, self.last
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            self.bytes, self.count, self.last = before
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def add(self, entries: Iterable[Entry]) -> None:
        """Keep events; one that is here already is not kept twice."""
        for entry in entries:
            added = self._db.execute(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO NOTHING",
                (
                    entry.number, entry.id, entry.worth.value, entry.owed, entry.boot,
                    entry.born, entry.wall, entry.lifetime, entry.payload,
                ),
            ).rowcount  # fmt: skip
            self.bytes += added * (len(entry.payload.encode()) + OVERHEAD)
            self.count += added
            self.last = entry.number

    def forget(self, told: Mapping[str, int]) -> None:
        """Let go of events as far as they were told.

        Args:
            told: Ids of events, and the bits of whom they were told.
        """
        for event, bits in told.items():
            gone = self._delete("id = ? AND owed & ~? = 0", (event, bits))
            if not gone:
                self._db.execute("UPDATE events SET owed = owed & ~? WHERE id = ?", (bits, event))

    def owe_only(self, bits: int) -> None:
        """Let go of what is owed to others than these."""
        self._db.execute("UPDATE events SET owed = owed & ? WHERE owed & ~?", (bits, bits))
        self._delete("owed = 0")

    def drop_lapsed(self, now: Moment) -> None:
        """Let go of what is worth nothing any more."""
        self._delete(
            f"worth = '{Worth.PASSING}' AND (boot != ? OR born + lifetime <= ?)", (now.boot, now.at)
        )

    def drop_old(self, now: Moment, keep: Seconds) -> list[int]:
        """Let go of what waited for too long; gives whom each was owed."""
        return self._delete(
            "boot = ? AND born < ? OR boot != ? AND wall < ?",
            (now.boot, now.at - keep, now.boot, now.wall - keep),
        )

    def drop_beyond(self, most_bytes: int) -> list[int]:
        """Let go of the oldest until the others have room, silent alarms last; as `drop_old`."""
        dropped: list[int] = []
        for which in (f"NOT {_ALARM}", _ALARM):
            while self.bytes > most_bytes:
                oldest = f"SELECT number FROM events WHERE {which} ORDER BY number LIMIT 1"  # noqa: S608 - put together of constants of this module
                gone = self._delete(f"number IN ({oldest})")
                if not gone:
                    break
                dropped += gone
        return dropped

    def keep_losses(self, losses: Mapping[tuple[str, str], int]) -> None:
        """Keep what was lost and not told yet."""
        self._db.execute("DELETE FROM losses")
        rows = [(reader, loss, events) for (reader, loss), events in losses.items()]
        self._db.executemany("INSERT INTO losses VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _prepare(self) -> None:
        execute = self._db.execute
        execute("PRAGMA locking_mode = EXCLUSIVE")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = FULL")
        execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        execute(f"PRAGMA journal_size_limit = {MOST_LOG}")
        with closing(execute("PRAGMA quick_check(1)")) as check:
            if check.fetchone() != ("ok",):
                raise sqlite3.DatabaseError("its pages are damaged")
        version = execute("PRAGMA user_version").fetchone()[0]
        if version == VERSION:
            return
        if version or execute("SELECT COUNT(*) FROM sqlite_master").fetchone() != (0,):
            raise sqlite3.DatabaseError(f"it is of version {version}, not {VERSION}")
        for statement in ("BEGIN EXCLUSIVE", *_SCHEMA, "COMMIT"):
            execute(statement)

    def _delete(self, where: str, values: tuple[object, ...] = ()) -> list[int]:
        statement = f"DELETE FROM events WHERE {where} RETURNING owed, {_SIZE}"  # noqa: S608 - put together of constants of this module
        rows = self._db.execute(statement, values).fetchall()
        self.bytes -= sum(size for _, size in rows)
        self.count -= len(rows)
        return [owed for owed, _ in rows]


def is_damage(error: Exception) -> bool:
    """Whether an error says that the file is no sound outbox, and not that the disk is at fault."""
    return type(error) in {sqlite3.DatabaseError, sqlite3.IntegrityError}


def set_aside(path: Path) -> Path:
    """Put a damaged outbox out of the way, over one that was put there before.

    Raises:
        OSError: It cannot be moved.
    """
    aside = path.with_name(f"{path.name}.damaged")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.replace(aside.with_name(aside.name + suffix))
    return aside


def _entry(row: tuple[Any, ...]) -> Entry:
    number, event, worth, owed, boot, born, wall, lifetime, payload = row
    try:
        worth = Worth(worth)
    except ValueError as error:
        raise sqlite3.DatabaseError(f"an event is worth {worth!r}") from error
    return Entry(number, event, worth, owed, boot, born, wall, lifetime, payload)
