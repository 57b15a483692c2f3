"""The address of a store: a file for SQLite, or `postgresql://...`. Passwords are never shown."""

import os
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from faceidd.errors import StoreError

ENVIRONMENT = "FACEIDD_STORE"
POSTGRESQL = "postgresql"
_SERVERS = ("postgresql://", "postgres://")
_FILE = "sqlite:///"
_MASK = "***"


def store_url(address: str) -> URL:
    """Read an address.

    Args:
        address: A path, with or without `sqlite:///` before it, or `postgresql://...` as libpq
            reads it; what it leaves out comes from libpq's PGHOST, PGPASSFILE and the like.

    Raises:
        StoreError: It is neither.
    """
    if address.startswith(_SERVERS):
        try:
            url = make_url(address)
        except (ArgumentError, ValueError) as error:
            # The text of the fault may hold the password.
            raise StoreError(
                "the store's address cannot be read",
                do="write it as postgresql://USER@HOST:PORT/DATABASE, with % before hex digits"
                " for other signs",
            ) from error
        return url.set(drivername=f"{POSTGRESQL}+psycopg")
    path = address.removeprefix(_FILE)
    if not path or "://" in path or "\0" in path:
        raise StoreError(
            "that is no address of a store",  # and may hold a password
            do="name a file, or postgresql://USER@HOST/DATABASE",
        )
    return URL.create("sqlite", database=str(Path(path).absolute()))


def default_address() -> str:
    """The environment's FACEIDD_STORE, or else a file in this user's data folder."""
    configured = os.environ.get(ENVIRONMENT)
    if configured:
        return configured
    data = Path(os.environ.get("XDG_DATA_HOME", ""))
    user = data if data.is_absolute() else Path.home() / ".local" / "share"
    return str(user / "faceidd" / "people.store")


def shown(url: URL) -> str:
    """An address for people: without what must not be read over their shoulders."""
    if url.get_backend_name() != POSTGRESQL:
        return str(url.database)
    secret = {name: _MASK for name in url.query if "password" in name}
    plain = url.set(drivername=POSTGRESQL).update_query_dict(secret)
    return unquote(plain.render_as_string(hide_password=True))
