"""Store: everybody who is enrolled and every door, in SQLite or PostgreSQL.

Each method is a transaction of its own: all of it happens, or nothing. The rows themselves are
read and written by the modules beside this one.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self

from faceidd.store import doors, publications
from faceidd.store.address import shown, store_url
from faceidd.store.door_record import DoorRecord
from faceidd.store.engine import make_engine, require_private, transaction
from faceidd.store.publication import Publication
from faceidd.store.schema import PATIENCE, require_schema
from faceidd.sync.door_file import DoorFile
from faceidd.units import Seconds


class Store:
    """A store that is open; as a context it is closed at the end.

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

    def doors(self) -> tuple[DoorRecord, ...]:
        """All doors, the revoked ones too, in the order of their ids."""
        with transaction(self._engine) as connection:
            return doors.read_doors(connection)

    def door(self, door: str) -> DoorRecord:
        """One door, by its id.

        Raises:
            StoreError: There is none.
        """
        with transaction(self._engine) as connection:
            return doors.read_door(connection, door)

    def add_door(
        self,
        file: DoorFile,
        site: str,
        groups: Collection[str],
        now: datetime,
        *,
        replaces: bool = False,
    ) -> DoorRecord:
        """Take in a door as it shows itself in its file.

        Args:
            file: Its file.
            site: Where it stands.
            groups: Whom it is for.
            now: The present moment, in UTC.
            replaces: Whether it takes the place of one of its id, whose key is then worth nothing;
                one that was revoked serves again.

        Raises:
            StoreError: There is one of that id already, another has the same key, or it is for
                nobody.
        """
        with transaction(self._engine, write=True) as connection:
            return doors.add_door(connection, file, site, groups, now, replaces=replaces)

    def change_door(self, door: str, change: Callable[[DoorRecord], DoorRecord]) -> DoorRecord:
        """Change what is recorded of a door.

        Args:
            door: Its id.
            change: Makes the new record from the present one; keeps the id.

        Raises:
            StoreError: There is none, or the new record names no group or no site.
        """
        with transaction(self._engine, write=True) as connection:
            changed = change(doors.read_door(connection, door))
            doors.save_door(connection, replace(changed, id=door))
            return changed

    def revoke_door(self, door: str, now: datetime) -> DoorRecord:
        """Let nothing be published for a door any more; it stays known, as revoked.

        Raises:
            StoreError: There is none.
        """
        with transaction(self._engine, write=True) as connection:
            return doors.revoke_door(connection, door, now)

    def remove_door(self, door: str) -> None:
        """Forget a door.

        Raises:
            StoreError: There is none.
        """
        with transaction(self._engine, write=True) as connection:
            doors.read_door(connection, door)
            doors.remove_door(connection, door)

    def publications(self, edition: str | None = None) -> tuple[Publication, ...]:
        """What was published of an edition, or of all, by edition and version."""
        with transaction(self._engine) as connection:
            return publications.read_publications(connection, edition)

    def add_publication(self, publication: Publication) -> None:
        """Remember a publication.

        Raises:
            StoreError: Its version is no higher than one before it.
        """
        with transaction(self._engine, write=True) as connection:
            publications.add_publication(connection, publication)
