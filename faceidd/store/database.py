"""The database of a store, open: transactions for those who read and for the one who writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from faceidd.store.address import shown, store_url
from faceidd.store.engine import checkpoint, make_engine, require_private, transaction
from faceidd.store.schema import PATIENCE, require_schema
from faceidd.units import Seconds


class Database:
    """A database that holds a store; as a context it is closed at the end.

    Args:
        address: A file, or `postgresql://...`; see `store_url`.
        patience: How long to wait for somebody else who writes.

    Attributes:
        name: The address as people may see it, without a password.

    Raises:
        StoreError: It cannot be reached, is none, is of another version, or is open to others.
            Every method raises it too, when the database fails or refuses.
    """

    def __init__(self, address: str, *, patience: Seconds = PATIENCE) -> None:
        url = store_url(address)
        require_private(url)
        self.name = shown(url)
        self._engine = make_engine(url, patience)
        try:
            with transaction(self._engine) as connection:
                require_schema(connection)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close all connections; may be called again."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store throughout."""
        with transaction(self._engine) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction of the one who writes, while others wait."""
        with transaction(self._engine, write=True) as connection:
            yield connection

    def scrub(self) -> None:
        """Leave nothing of what was deleted in SQLite's log; PostgreSQL reuses its pages later."""
        checkpoint(self._engine)
