"""Backup: all of a store into a new one, of either kind."""

from sqlalchemy import Connection, Table, func, insert, select

from faceidd.errors import StoreError
from faceidd.store import tables
from faceidd.store.columns import Vector, stack_vectors
from faceidd.store.schema import init_store
from faceidd.store.store import Store

_CHUNK = 1000
"""Rows that are held at once."""


def back_up(store: Store, address: str) -> int:
    """Copy a store, as it is at one moment, into a new one.

    Args:
        store: The store.
        address: Where the new one is made; nothing is there yet.

    Returns:
        Number of people.

    Raises:
        StoreError: There is a store already, or it cannot be written; then it stays empty.
    """
    if not init_store(address):
        raise StoreError(
            "there is a store at that address already", do="name a new one, or remove the old one"
        )
    with Store(address) as new, store.reading() as source, new.writing() as target:
        for table in tables.metadata.sorted_tables:
            if table is not tables.about:
                _copy(table, source, target)
        return int(target.execute(select(func.count()).select_from(tables.people)).scalar_one())


def _copy(table: Table, source: Connection, target: Connection) -> None:
    vectors = [column.name for column in table.columns if isinstance(column.type, Vector)]
    rows = source.execution_options(yield_per=_CHUNK).execute(select(table)).mappings()
    for chunk in rows.partitions():
        copies = [dict(row) for row in chunk]
        for name in vectors:
            for row in copies:
                row[name] = stack_vectors([row[name]], source.dialect.name)[0]
        target.execute(insert(table), copies)
