"""People and their groups, as rows."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    bindparam,
    delete,
    insert,
    select,
    true,
    update,
)

from faceidd.errors import StoreError
from faceidd.gallery.consent import Consent
from faceidd.gallery.gallery import MOST_GROUPS, Person
from faceidd.store import tables
from faceidd.store.text import require_text

LISTED = 20
"""People named in one message."""
MOST_NAMED = 1000
"""People named in one question to the database; for more, all are read."""


def read_people(
    connection: Connection,
    groups: Collection[str] | None = None,
    *,
    ids: Collection[str] | None = None,
) -> dict[str, Person]:
    """People, by id and in the order of the ids.

    Args:
        connection: To the store.
        groups: Only those who belong to one of these.
        ids: Only these.
    """
    members, table = tables.memberships, tables.people
    belonging: dict[str, list[str]] = {}
    for person, group in connection.execute(select(members).where(among(members.c.person_id, ids))):
        belonging.setdefault(person, []).append(group)
    wanted = select(table).where(among(table.c.id, ids))
    if groups is not None:
        wanted = wanted.where(table.c.id.in_(members_of(groups)))
    rows = connection.execute(wanted).mappings()
    found = {row["id"]: _person(row, belonging.get(row["id"], ())) for row in rows}
    # Not sorted by the database: each has an order of its own.
    return {one: found[one] for one in sorted(found) if ids is None or one in ids}


def among(column: ColumnElement[str], ids: Collection[str] | None) -> ColumnElement[bool]:
    """A condition that all rows of some people meet; those of others too, where these are many."""
    return true() if ids is None or len(ids) > MOST_NAMED else column.in_(ids)


def members_of(groups: Collection[str]) -> Select[tuple[str]]:
    """Choose the ids of those who belong to one of some groups."""
    columns = tables.memberships.c
    return select(columns.person_id).where(columns.group_name.in_(set(groups)))


def find_person(connection: Connection, name: str) -> Person:
    """Find somebody by id, or by name if only one is called that.

    Raises:
        StoreError: Nobody is, or several are.
    """
    table = tables.people
    either = (table.c.id == name) | (table.c.name == name)
    ids = set(connection.execute(select(table.c.id).where(either)).scalars())
    people = read_people(connection, ids=ids)
    if name in people:
        return people[name]
    found = list(people.values())
    if len(found) == 1:
        return found[0]
    if found:
        named = ", ".join(one.id for one in found[:LISTED])
        raise StoreError(f"{len(found)} people are called {name}", do=f"name one by id: {named}")
    raise StoreError(
        f"the store knows nobody called {name}", do="see who is in it: faceidd store list"
    )


def write_people(connection: Connection, people: Collection[Person]) -> None:
    """Write people in the place of those of their ids, if there are some; their templates stay.

    Raises:
        StoreError: A name, a group or what is recorded of a consent cannot be told.
    """
    for person in people:
        _require_words(person)
    column = tables.people.c.id
    wanted = select(column).where(among(column, {one.id for one in people}))
    known = set(connection.execute(wanted).scalars())
    old = [_row(one) for one in people if one.id in known]
    new = [_row(one) for one in people if one.id not in known]
    if old:
        by_id = tables.people.c.id == bindparam("known_id")
        values = [{"known_id": row.pop("id"), **row} for row in old]
        connection.execute(update(tables.people).where(by_id), values)
        by_person = tables.memberships.c.person_id == bindparam("known_id")
        gone = [{"known_id": row["known_id"]} for row in values]
        connection.execute(delete(tables.memberships).where(by_person), gone)
    if new:
        connection.execute(insert(tables.people), new)
    members = [
        {"person_id": person.id, "group_name": group}
        for person in people
        for group in person.groups
    ]
    if members:
        connection.execute(insert(tables.memberships), members)


def remove_person(connection: Connection, person: str) -> None:
    """Remove a person, with all that belongs to them."""
    connection.execute(delete(tables.people).where(tables.people.c.id == person))


def _require_words(person: Person) -> None:
    require_text("a person's id", person.id)
    require_text("a person", person.name)
    if len(person.groups) > MOST_GROUPS:
        raise StoreError(
            f"{person.name} would be in {len(person.groups)} groups",
            do=f"leave at most {MOST_GROUPS}",
        )
    for group in person.groups:
        require_text("a group", group)
    if person.consent is not None:
        require_text("who gave a consent", person.consent.by)
        require_text("the text of a consent", person.consent.text_version)


def _row(person: Person) -> dict[str, Any]:
    consent = person.consent
    return {
        "id": person.id,
        "name": person.name,
        "valid_from": person.valid_from,
        "expires_at": person.expires_at,
        "consent_by": consent and consent.by,
        "consent_at": consent and consent.recorded_at,
        "consent_text": consent and consent.text_version,
    }


def _person(row: RowMapping, groups: Collection[str]) -> Person:
    consent = None
    if row["consent_by"] is not None:
        consent = Consent(row["consent_by"], row["consent_at"], row["consent_text"])
    return Person(
        row["id"],
        row["name"],
        groups=tuple(groups),
        valid_from=row["valid_from"],
        expires_at=row["expires_at"],
        consent=consent,
    )
