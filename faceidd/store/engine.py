"""The way to the database: connections set up alike, transactions, faults told in our words."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pgvector.psycopg import register_vector
from psycopg import Connection as PgConnection
from psycopg import Error as PgError
from psycopg.types import TypeInfo
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from faceidd.errors import StoreError
from faceidd.store.address import POSTGRESQL, shown
from faceidd.units import Seconds

CONNECT_S = 10
_WRITER = 0x66616365
"""Key of the lock that whoever writes to a PostgreSQL store holds: one at a time, as in SQLite."""
_WRITES = "faceidd_writes"
_OTHERS = 0o077
_TIMED_OUT = ("55P03", "57014")
"""SQLSTATE of PostgreSQL for a lock or statement that took too long."""


def make_engine(url: URL, patience: Seconds) -> Engine:
    """Make what connects to a store; nothing is connected yet.

    Args:
        url: As of `store_url`.
        patience: How long to wait for somebody else who writes.
    """
    if url.get_backend_name() == POSTGRESQL:
        return _postgresql(url, patience)
    return _sqlite(url, patience)


@contextmanager
def transaction(engine: Engine, *, write: bool = False) -> Iterator[Connection]:
    """A transaction: all of it happens, or nothing.

    Who writes has waited until nobody else does, and sees all that they wrote. Who reads sees one
    state of the store throughout.

    Raises:
        StoreError: The database cannot be reached, is busy for too long, or refuses.
    """
    try:
        with engine.connect() as connection:
            _prepare(connection, write=write)
            with connection.begin():
                if write and engine.dialect.name == POSTGRESQL:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER})
                yield connection
    except SQLAlchemyError as error:
        raise _translated(error, engine.url) from error
    except UnicodeEncodeError as error:
        raise StoreError(
            f"{error.object!a} is no text that a store can hold", do="write it in Unicode"
        ) from error


def checkpoint(engine: Engine) -> None:
    """Bring SQLite's log into its file, and empty it.

    Raises:
        StoreError: The database fails.
    """
    if engine.dialect.name == POSTGRESQL:
        return
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    except SQLAlchemyError as error:
        raise _translated(error, engine.url) from error


def require_private(url: URL) -> None:
    """Refuse a file that others may read.

    Raises:
        StoreError: They may, or it is not there.
    """
    if url.get_backend_name() == POSTGRESQL:
        return
    path = Path(str(url.database))
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise StoreError(
            f"cannot open the store {path}: {error.strerror}",
            do="make one with `faceidd store init`, or name another: --store ADDRESS",
        ) from error
    if mode & _OTHERS:
        raise StoreError(f"the store {path} is open to others", do=f"run chmod 600 {path}")


def _prepare(connection: Connection, *, write: bool) -> None:
    if connection.dialect.name == POSTGRESQL:
        level = "READ COMMITTED" if write else "REPEATABLE READ"
        connection.execution_options(isolation_level=level)
    else:
        connection.execution_options(**{_WRITES: write})


def _sqlite(url: URL, patience: Seconds) -> Engine:
    engine = create_engine(url, connect_args={"timeout": patience}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        # Deleted templates are overwritten; a commit is on the disk when it is told.
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Who means to write locks at once: a lock that is got later may be refused without a wait.
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL, patience: Seconds) -> Engine:
    options: dict[str, Any] = {
        "options": f"-c timezone=UTC -c lock_timeout={int(1000 * patience)}",
        "application_name": "faceidd",
    }
    if "connect_timeout" not in url.query and "PGCONNECT_TIMEOUT" not in os.environ:
        options["connect_timeout"] = CONNECT_S
    engine = create_engine(url, connect_args=options, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _set_up(connection: PgConnection[Any], _: object) -> None:
        connection.autocommit = True
        if TypeInfo.fetch(connection, "vector") is not None:  # or else `init` says what is missing
            register_vector(connection)
        connection.autocommit = False

    return engine


def _translated(error: SQLAlchemyError, url: URL) -> StoreError:
    where = f"the store {shown(url)}"
    cause = error.orig if isinstance(error, DBAPIError) else None
    # What PostgreSQL says beyond its first words may hold a row, and so somebody's template.
    first = cause.diag.message_primary if isinstance(cause, PgError) else None
    reason = " ".join((first or str(cause or error)).split())
    state = getattr(cause, "sqlstate", None)
    if state in _TIMED_OUT or "database is locked" in reason:
        return StoreError(
            f"{where} is busy: somebody else has been writing for too long",
            do="wait until they are done, and run the same command again; nothing was changed",
        )
    if url.get_backend_name() == POSTGRESQL:
        return StoreError(
            f"{where} does not do what was asked: {reason}",
            do="check the server, the database, and what this user may do there; a password comes"
            " from PGPASSFILE (~/.pgpass)",
        )
    return StoreError(
        f"{where} does not do what was asked: {reason}",
        do="check that it is a store, that its folder is writable, and that the disk has room",
    )
