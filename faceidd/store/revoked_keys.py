"""The keys of doors that were revoked or replaced, as rows: they outlive the doors."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from faceidd.store.door_record import DoorRecord
from faceidd.store.tables import revoked_keys


def revoke_key(connection: Connection, door: DoorRecord, now: datetime) -> None:
    """Remember that a door's key is worth nothing any more; the first moment stays."""
    if revoked_at(connection, door.fingerprint) is None:
        row = {"fingerprint": door.fingerprint, "door_id": door.id, "revoked_at": now}
        connection.execute(insert(revoked_keys), row)


def revoked_at(connection: Connection, fingerprint: str) -> datetime | None:
    """Since when a key is worth nothing, in UTC; None where it was never revoked."""
    asked = select(revoked_keys.c.revoked_at).where(revoked_keys.c.fingerprint == fingerprint)
    found: datetime | None = connection.execute(asked).scalar_one_or_none()
    return found


def reinstate_key(connection: Connection, fingerprint: str) -> None:
    """Let a key serve again; one that was not revoked is no fault."""
    connection.execute(delete(revoked_keys).where(revoked_keys.c.fingerprint == fingerprint))
