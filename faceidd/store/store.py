"""Store: everybody who is enrolled and every door, in SQLite or PostgreSQL.

Each method is a transaction of its own: all of it happens, or nothing. The rows themselves are
read and written by the modules beside this one.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from faceidd.enroll.report_file import TemplateEntry
from faceidd.gallery.gallery import Gallery, Person
from faceidd.store import doors, publications
from faceidd.store.addition import (
    Addition,
    AdditionRules,
    Likeness,
    add_gallery,
    find_duplicates,
    find_similar,
    read_leaves,
)
from faceidd.store.database import Database
from faceidd.store.door_record import DoorRecord
from faceidd.store.enrollments import read_entries
from faceidd.store.likeness import Pair
from faceidd.store.people import find_person, read_people, write_people
from faceidd.store.publication import Publication
from faceidd.store.templates import (
    StoredModel,
    StoredPerson,
    find_model,
    read_gallery,
    read_holdings,
    read_models,
)
from faceidd.sync.door_file import DoorFile


class Store(Database):
    """A store that is open; see `Database` for its arguments.

    Raises:
        StoreError: It cannot be reached, is none, is of another version, or is open to others.
            Every method raises it too, when the database fails or refuses.
    """

    def people(self, groups: Collection[str] | None = None) -> tuple[StoredPerson, ...]:
        """Everybody who belongs to one of some groups, or everybody, in the order of their ids."""
        with self.reading() as connection:
            holdings = read_holdings(connection)
            people = read_people(connection, groups)
            return tuple(StoredPerson(one, holdings.get(one.id, ())) for one in people.values())

    def find(self, name: str) -> StoredPerson:
        """Somebody by id, or by name if only one is called that.

        Raises:
            StoreError: Nobody is, or several are.
        """
        with self.reading() as connection:
            person = find_person(connection, name)
            return StoredPerson(person, read_holdings(connection, {person.id}).get(person.id, ()))

    def models(self) -> tuple[StoredModel, ...]:
        """The models that there are templates of, in the order of their names."""
        with self.reading() as connection:
            return read_models(connection)

    def gallery(self, model_id: str, groups: Collection[str] | None = None) -> Gallery:
        """Make the gallery of everybody who has templates of a model.

        Args:
            model_id: Digest of the model.
            groups: Whom it is for: who belongs to one of them; None is everybody.

        Returns:
            The gallery in its canonical order: people by id, their templates as enrolled. The same
            people give the same gallery, whatever the database; nobody may be in it, as when the
            last person was forgotten.

        Raises:
            StoreError: There never were templates of that model.
        """
        with self.reading() as connection:
            return read_gallery(connection, find_model(connection, model_id), groups)

    def add(
        self,
        gallery: Gallery,
        rules: AdditionRules,
        now: datetime,
        *,
        entries: Collection[TemplateEntry] = (),
    ) -> Addition:
        """Take the people of a gallery in, all of them or, if somebody stands against it, nobody.

        Those who are in the store already get the gallery's templates in place of those they had
        of its model; what is recorded of them stays.

        Args:
            gallery: The gallery.
            rules: On what conditions.
            now: The present moment, in UTC.
            entries: Which photos they were enrolled from on this machine.

        Raises:
            StoreError: The templates do not fit those of their model in the store.
        """
        with self.writing() as connection:
            return add_gallery(connection, gallery, entries, rules, now)

    def change(
        self, names: Sequence[str], change: Callable[[Person], Person]
    ) -> tuple[Person, ...]:
        """Change what is recorded of people, of all that are named or of nobody.

        Args:
            names: The people, by name or id.
            change: Makes a new record from the present one; the id stays.

        Raises:
            StoreError: Nobody is called that, or several are, or a new record cannot be told.
        """
        with self.writing() as connection:
            found = [find_person(connection, name) for name in names]
            changed = {one.id: replace(change(one), id=one.id) for one in found}
            write_people(connection, changed.values())
            return tuple(changed.values())

    def entries(self, person: str) -> tuple[TemplateEntry, ...]:
        """What is known of the photos somebody was enrolled from, by their id."""
        with self.reading() as connection:
            return read_entries(connection, person)

    def similar(self, name: str, model_id: str, count: int) -> tuple[Likeness, ...]:
        """Who looks most like a person, the nearest first.

        Args:
            name: The person, by name or id.
            model_id: By which model.
            count: How many at most.

        Raises:
            StoreError: Nobody is called that, or several are, or there are no templates of that
                model.
        """
        with self.reading() as connection:
            find_model(connection, model_id)
            return find_similar(connection, find_person(connection, name), model_id, count)

    def duplicates(self, model_id: str, floor: float) -> tuple[Likeness, ...]:
        """All pairs of people that look alike, the nearest first.

        Args:
            model_id: By which model.
            floor: Least cosine.

        Raises:
            StoreError: There are no templates of that model.
        """
        with self.reading() as connection:
            find_model(connection, model_id)
            return find_duplicates(connection, model_id, floor)

    def leaves(self, model_id: str) -> dict[Pair, str]:
        """Pairs of people, by ids, who were let look alike to a model, each with why."""
        with self.reading() as connection:
            return read_leaves(connection, model_id)

    def doors(self) -> tuple[DoorRecord, ...]:
        """All doors, the revoked ones too, in the order of their ids."""
        with self.reading() as connection:
            return doors.read_doors(connection)

    def door(self, door: str) -> DoorRecord:
        """One door, by its id.

        Raises:
            StoreError: There is none.
        """
        with self.reading() as connection:
            return doors.read_door(connection, door)

    def add_door(
        self,
        file: DoorFile,
        site: str,
        groups: Collection[str],
        now: datetime,
        *,
        replaces: bool = False,
        reinstates: bool = False,
    ) -> DoorRecord:
        """Take in a door as it shows itself in its file.

        Args:
            file: Its file.
            site: Where it stands.
            groups: Whom it is for.
            now: The present moment, in UTC.
            replaces: Whether it takes the place of one of its id, whose key is then worth nothing.
            reinstates: Whether a key that was revoked or replaced is taken back.

        Raises:
            StoreError: There is one of that id already, another has the same key, the key was
                revoked, or it is for nobody.
        """
        with self.writing() as connection:
            return doors.add_door(
                connection, file, site, groups, now, replaces=replaces, reinstates=reinstates
            )

    def change_door(self, door: str, change: Callable[[DoorRecord], DoorRecord]) -> DoorRecord:
        """Change what is recorded of a door.

        Args:
            door: Its id.
            change: Makes the new record from the present one; keeps the id.

        Raises:
            StoreError: There is none, or the new record names no group or no site.
        """
        with self.writing() as connection:
            changed = change(doors.read_door(connection, door))
            doors.save_door(connection, replace(changed, id=door))
            return changed

    def revoke_door(self, door: str, now: datetime) -> DoorRecord:
        """Let nothing be published for a door any more; it stays known, as revoked.

        Raises:
            StoreError: There is none.
        """
        with self.writing() as connection:
            return doors.revoke_door(connection, door, now)

    def remove_door(self, door: str) -> None:
        """Forget a door.

        Raises:
            StoreError: There is none.
        """
        with self.writing() as connection:
            doors.read_door(connection, door)
            doors.remove_door(connection, door)

    def publications(self, edition: str | None = None) -> tuple[Publication, ...]:
        """What was published of an edition, or of all, by edition and version."""
        with self.reading() as connection:
            return publications.read_publications(connection, edition)

    def add_publication(self, publication: Publication) -> None:
        """Remember a publication.

        Raises:
            StoreError: Its version is no higher than one before it.
        """
        with self.writing() as connection:
            publications.add_publication(connection, publication)
