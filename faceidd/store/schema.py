"""The store's schema: made once, and refused where it is another."""

import os
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect, select, text
from sqlalchemy.exc import ProgrammingError

from faceidd.durable import sync_folder
from faceidd.errors import StoreError
from faceidd.store.address import POSTGRESQL, shown, store_url
from faceidd.store.engine import make_engine, transaction
from faceidd.store.tables import SCHEMA, about, metadata
from faceidd.units import Seconds

PATIENCE = Seconds(60)
_INLINE = text("ALTER TABLE faceidd_templates ALTER COLUMN vector SET STORAGE MAIN")
"""Vectors lie in their rows as far as they fit a page: fetched from aside, a comparison takes five
times as long (docs/store.md)."""


def init_store(address: str, *, patience: Seconds = PATIENCE) -> bool:
    """Make a store at an address.

    Args:
        address: As of `store_url`; the database of PostgreSQL exists already.
        patience: How long to wait for somebody else who writes.

    Returns:
        Whether it was made; False where there was one already.

    Raises:
        StoreError: It cannot be made, there is one of another version, or PostgreSQL has no
            pgvector.
    """
    url = store_url(address)
    if url.get_backend_name() != POSTGRESQL:
        _make_file(Path(str(url.database)))
    engine = make_engine(url, patience)
    try:
        if url.get_backend_name() == POSTGRESQL:
            _add_pgvector(engine)
        with transaction(engine, write=True) as connection:
            if inspect(connection).has_table(about.name):
                require_schema(connection)
                return False
            metadata.create_all(connection, checkfirst=False)
            if url.get_backend_name() == POSTGRESQL:
                connection.execute(_INLINE)
            connection.execute(insert(about).values(id=1, schema_version=SCHEMA))
            return True
    finally:
        engine.dispose()


def require_schema(connection: Connection) -> None:
    """Refuse a database that holds no store, or one of another version.

    Raises:
        StoreError: It does.
    """
    where = shown(connection.engine.url)
    if not inspect(connection).has_table(about.name):
        raise StoreError(f"{where} holds no store", do="make one: faceidd store init")
    version = connection.execute(select(about.c.schema_version)).scalar_one_or_none()
    if version != SCHEMA:
        raise StoreError(
            f"the store {where} has schema {version}, this faceidd knows {SCHEMA}",
            do="use the faceidd that made it, or bring this one up to date",
        )


def _make_file(path: Path) -> None:
    """Make an empty file, its owner's only, that SQLite will fill."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        sync_folder(path.parent)
    except FileExistsError:
        return
    except OSError as error:
        raise StoreError(
            f"cannot make the store {path}: {error.strerror}",
            do="name a file in a folder that is writable: --store FILE",
        ) from error


def _add_pgvector(engine: Engine) -> None:
    with transaction(engine, write=True) as connection:
        if connection.execute(text("SELECT 1 FROM pg_extension WHERE extname = 'vector'")).first():
            return
        available = text("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
        if not connection.execute(available).first():
            version = connection.execute(text("SHOW server_version_num")).scalar_one()
            raise StoreError(
                f"the PostgreSQL of {shown(engine.url)} has no pgvector",
                do=f"install it on the server (Debian: apt install"
                f" postgresql-{int(version) // 10000}-pgvector), and run the same command again",
            )
        try:
            connection.execute(text("CREATE EXTENSION vector"))
        except ProgrammingError as error:
            raise StoreError(
                f"this user may not add pgvector to {shown(engine.url)}",
                do="let the database's owner run CREATE EXTENSION vector there",
            ) from error
    engine.dispose()  # connections learn the new type when they are made
