"""The registry of doors, as rows."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from faceidd.errors import StoreError
from faceidd.store import tables
from faceidd.store.door_record import DoorRecord
from faceidd.store.revoked_keys import reinstate_key, revoke_key, revoked_at
from faceidd.store.text import require_text
from faceidd.sync.door_file import DoorFile

_SEE = "see which there are: faceidd fleet list"


def read_doors(connection: Connection) -> tuple[DoorRecord, ...]:
    """All doors, in the order of their ids."""
    groups: dict[str, list[str]] = {}
    for door, group in connection.execute(select(tables.door_groups)):
        groups.setdefault(door, []).append(group)
    rows = connection.execute(select(tables.doors)).mappings()
    found = (DoorRecord(**row, groups=tuple(groups.get(row["id"], ()))) for row in rows)
    return tuple(sorted(found, key=lambda door: door.id))


def read_door(connection: Connection, name: str) -> DoorRecord:
    """One door.

    Raises:
        StoreError: There is none of that id.
    """
    for door in read_doors(connection):
        if door.id == name:
            return door
    raise StoreError(f"no door is called {name}", do=_SEE)


def add_door(
    connection: Connection,
    file: DoorFile,
    site: str,
    groups: Collection[str],
    now: datetime,
    *,
    replaces: bool,
    reinstates: bool,
) -> DoorRecord:
    """Take in a door as it shows itself; one that replaces another of its id takes its place.

    Raises:
        StoreError: There is one of that id, and it is not to be replaced, or another has its key,
            or its key was revoked and is not to be reinstated.
    """
    door = DoorRecord(
        id=file.door,
        site=site,
        groups=tuple(groups),
        recipient=file.recipient,
        model_id=file.model_id,
        model_name=file.model_name,
        signing_key=file.signing_key,
        added_at=now,
    )
    known = {one.id: one for one in read_doors(connection)}
    if door.id in known and not replaces:
        raise StoreError(
            f"there is a door {door.id} already",
            do="give the new one another door.id; or, if it takes the place of the old one, whose"
            " key is worth nothing from then on, add it with --replace",
        )
    for one in known.values():
        if one.recipient == door.recipient and one.id != door.id:
            raise StoreError(
                f"door {one.id} has the same key", do="make each door its own: faceidd provision"
            )
    if reinstates:
        reinstate_key(connection, door.fingerprint)
    _require_good_key(connection, door)
    old = known.get(door.id)
    if old is not None and old.recipient != door.recipient:
        revoke_key(connection, old, now)
    save_door(connection, door)
    return door


def save_door(connection: Connection, door: DoorRecord) -> None:
    """Write a door in the place of the one of its id, if there is one.

    Raises:
        StoreError: Its site or a group cannot be a name, or it is for no group.
    """
    require_text("the site", door.site)
    for group in door.groups:
        require_text("a group", group)
    if not door.groups:
        raise StoreError(
            f"door {door.id} is for no group, so for nobody", do="name some: --groups A,B"
        )
    remove_door(connection, door.id)
    row = {column.name: getattr(door, column.name) for column in tables.doors.columns}
    connection.execute(insert(tables.doors), row)
    members = [{"door_id": door.id, "group_name": group} for group in door.groups]
    connection.execute(insert(tables.door_groups), members)


def revoke_door(connection: Connection, name: str, now: datetime) -> DoorRecord:
    """Let nothing be published for a door any more; its key is not taken again.

    Raises:
        StoreError: There is none of that id.
    """
    door = read_door(connection, name)
    if door.revoked_at is None:
        door = replace(door, revoked_at=now)
        save_door(connection, door)
        revoke_key(connection, door, now)
    return door


def remove_door(connection: Connection, name: str) -> None:
    """Forget a door; one that is not there is no fault."""
    connection.execute(delete(tables.doors).where(tables.doors.c.id == name))


def _require_good_key(connection: Connection, door: DoorRecord) -> None:
    since = revoked_at(connection, door.fingerprint)
    if since is not None:
        raise StoreError(
            f"the key of {door.id} was revoked or replaced at {since:%Y-%m-%d %H:%M} UTC",
            do="make a new one on the door (faceidd provision --replace); or, if nobody else can"
            " have it, take it back with --reinstate",
        )
