"""Examination: is a store whole, and what is in it?"""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from faceidd.errors import GalleryError, StoreError
from faceidd.gallery.gallery import Gallery
from faceidd.store.address import POSTGRESQL
from faceidd.store.store import Store


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """What was found.

    Attributes:
        database: Which database it is, with its version.
        people: Number of people, also of those who are being forgotten.
        galleries: Everybody's gallery, of each model.
        doors: Number of doors.
        revoked: Number of these that are revoked.
    """

    database: str
    people: int
    galleries: tuple[Gallery, ...]
    doors: int
    revoked: int


def examine(store: Store) -> Examined:
    """Read all of a store.

    Raises:
        StoreError: It is damaged, or cannot be read.
    """
    with store.reading() as connection:
        database = _database(connection)
    try:
        galleries = tuple(store.gallery(model.id) for model in store.models())
    except GalleryError as error:
        raise StoreError(
            f"the store {store.name} is damaged: {error.what}",
            do="copy a backup back into a new store: faceidd store backup --store BACKUP --to NEW",
        ) from error
    doors = store.doors()
    return Examined(
        database=database,
        people=len(store.people()),
        galleries=galleries,
        doors=len(doors),
        revoked=sum(door.revoked_at is not None for door in doors),
    )


def _database(connection: Connection) -> str:
    if connection.dialect.name == POSTGRESQL:
        server = connection.execute(text("SHOW server_version")).scalar_one()
        wanted = text("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        return f"PostgreSQL {server}, pgvector {connection.execute(wanted).scalar_one()}"
    faults = [
        *connection.execute(text("PRAGMA integrity_check")).scalars(),
        *(f"a row of {row[0]} belongs to nothing" for row in _orphans(connection)),
    ]
    if faults != ["ok"]:
        raise StoreError(
            f"the store is damaged: {'; '.join(faults[:3])}",
            do="copy a backup back into a new store: faceidd store backup --store BACKUP --to NEW",
        )
    version = connection.execute(text("SELECT sqlite_version()")).scalar_one()
    return f"SQLite {version}"


def _orphans(connection: Connection) -> list[tuple[str, ...]]:
    return [tuple(row) for row in connection.execute(text("PRAGMA foreign_key_check"))]
