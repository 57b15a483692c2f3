"""Stores of both kinds, empty and ready."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from support.postgres import Postgres, PostgresUnavailableError

from faceidd.store.address import store_url
from faceidd.store.schema import init_store
from faceidd.store.store import Store
from faceidd.store.tables import metadata


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL with pgvector."""
    try:
        server = Postgres()
    except PostgresUnavailableError as missing:
        pytest.skip(str(missing))
    yield server
    server.stop()


@pytest.fixture
def postgres_address(postgres: Postgres) -> Iterator[str]:
    """Where a database without any table is."""
    yield postgres.address
    engine = create_engine(store_url(postgres.address))
    metadata.drop_all(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty store is, of each kind."""
    if request.param == "sqlite":
        found = str(tmp_path / "people.store")
    else:
        found = request.getfixturevalue("postgres_address")
    assert init_store(found)
    return found


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """An empty store of each kind."""
    with Store(address) as opened:
        yield opened
