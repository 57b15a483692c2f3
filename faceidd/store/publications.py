"""What was published, as rows."""

from dataclasses import asdict

from sqlalchemy import Connection, insert, select

from faceidd.errors import StoreError
from faceidd.store import tables
from faceidd.store.publication import Publication


def read_publications(connection: Connection, edition: str | None) -> tuple[Publication, ...]:
    """All versions of an edition, or of all; in their order."""
    table = tables.publications
    wanted = select(table).order_by(table.c.edition, table.c.version)
    if edition is not None:
        wanted = wanted.where(table.c.edition == edition)
    return tuple(Publication(**row) for row in connection.execute(wanted).mappings())


def add_publication(connection: Connection, publication: Publication) -> None:
    """Remember a publication.

    Raises:
        StoreError: Its version is no higher than one before it.
    """
    earlier = read_publications(connection, publication.edition)
    if earlier and earlier[-1].version >= publication.version:
        raise StoreError(
            f"version {publication.version} of edition {publication.edition} cannot follow"
            f" version {earlier[-1].version}",
            do="publish again: somebody else has published in between",
        )
    connection.execute(insert(tables.publications), asdict(publication))
