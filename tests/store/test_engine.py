"""Opening, refusing, and several admins at once."""

import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text, update
from support.postgres import Postgres
from support.stored import MODEL, NOW, RULES, faces, people

from faceidd.errors import StoreError
from faceidd.store import tables
from faceidd.store.address import store_url
from faceidd.store.forgetting import forget_stored
from faceidd.store.schema import init_store
from faceidd.store.store import Store
from faceidd.units import Seconds

ADMIN = textwrap.dedent("""
    import sys
    from dataclasses import replace
    from support.stored import MODEL, NOW, RULES, faces, people
    from faceidd.store.store import Store

    address, first = sys.argv[1], int(sys.argv[2])
    with Store(address) as store:
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(first, first + 4):
            assert store.add(people({f"p{number}": faces(99)[number]}), RULES, NOW).done
            store.change(["shared"], lambda one: replace(one, groups=(*one.groups, f"g{number}")))
""")


@contextmanager
def admin(address: str, first: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", ADMIN, address, str(first)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(Path(__file__).parents[1]), "OPENBLAS_NUM_THREADS": "1"},
        cwd=Path(__file__).parents[2],
    )
    with process:
        yield process


def test_two_processes_at_once_lose_nobody_and_no_change(store: Store, address: str) -> None:
    store.add(people({"shared": faces(99)[98]}), RULES, NOW)
    with admin(address, 0) as one, admin(address, 4) as other:
        for process in (one, other):
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in (one, other):
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.close()
        assert (one.wait(60), other.wait(60)) == (0, 0)
    assert len(store.gallery(MODEL).people) == 9
    assert len(store.find("shared").person.groups) == 8


def test_who_waits_for_too_long_is_told_and_changes_nothing(store: Store, address: str) -> None:
    with (
        Store(address, patience=Seconds(0.2)) as other,
        store.writing(),
        pytest.raises(StoreError, match="is busy"),
    ):
        other.add(people({"Kim": faces(1)}), RULES, NOW)
    assert store.people() == ()


def test_who_reads_waits_for_nobody(store: Store, address: str) -> None:
    store.add(people({"Kim": faces(1)}), RULES, NOW)
    with Store(address) as other, store.writing() as connection:
        connection.execute(update(tables.people).values(name="Lee"))
        assert other.find("Kim").person.name == "Kim"


def test_nothing_is_kept_of_what_fails(store: Store) -> None:
    def fail() -> None:
        with store.writing() as connection:
            row = {"id": "x", "name": "x", "detector": "x", "dimension": 1}
            connection.execute(tables.models.insert(), row)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.reading() as connection:
        assert connection.execute(tables.models.select()).all() == []


def test_a_store_is_made_once(store: Store, address: str) -> None:
    store.add(people({"Kim": faces(1)}), RULES, NOW)
    assert not init_store(address)
    assert len(store.people()) == 1


def test_a_store_of_another_version_is_refused(address: str) -> None:
    engine = create_engine(store_url(address))
    with engine.begin() as connection:
        connection.execute(update(tables.about).values(schema_version=tables.SCHEMA + 1))
    engine.dispose()
    with pytest.raises(
        StoreError, match=f"has schema {tables.SCHEMA + 1}, this faceidd knows {tables.SCHEMA}"
    ):
        Store(address)
    with pytest.raises(StoreError, match=f"has schema {tables.SCHEMA + 1}"):
        init_store(address)


def test_a_database_that_holds_no_store_is_refused(tmp_path: Path, postgres_address: str) -> None:
    file = tmp_path / "other.db"
    file.touch(mode=0o600)
    for address in (str(file), postgres_address):
        with pytest.raises(StoreError, match="holds no store"):
            Store(address)


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="faceidd store init"):
        Store(str(tmp_path / "none.store"))
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(b"picture" * 100)
    file.chmod(0o600)
    with pytest.raises(StoreError, match="not a database"):
        Store(str(file))


def test_a_file_is_its_owners_only(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "people.store"
    init_store(str(file))
    with Store(str(file)) as store:
        store.add(people({"Kim": faces(1)}), RULES, NOW)
        modes = {stat.S_IMODE(one.stat().st_mode) for one in file.parent.iterdir()}
        assert modes == {0o600}
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    file.chmod(0o640)
    with pytest.raises(StoreError, match="chmod 600"):
        Store(str(file))


def test_what_is_deleted_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "people.store"
    init_store(str(file))
    vector = faces(1)[0]
    with Store(str(file)) as store:
        store.add(people({"Kim": vector}), RULES, NOW)
        kept = b"".join(one.read_bytes() for one in tmp_path.iterdir())
        assert vector.tobytes() in kept
        forget_stored(store, "Kim", (), elsewhere_gone=False)
        kept = b"".join(one.read_bytes() for one in tmp_path.iterdir())
        assert vector.tobytes() not in kept
        assert b"Kim" not in kept


def test_rows_that_belong_to_nobody_cannot_be(store: Store) -> None:
    def add() -> None:
        with store.writing() as connection:
            row = {"person_id": "nobody", "group_name": "staff"}
            connection.execute(tables.memberships.insert(), row)

    with pytest.raises(StoreError, match=r"(?i)foreign key"):
        add()


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"No such file") as refused:
        Store(f"postgresql://ann:secret@/people?host={tmp_path}")
    assert "secret" not in str(refused.value)


def test_a_postgresql_without_pgvector_says_what_is_missing(postgres: Postgres) -> None:
    engine = create_engine(store_url(postgres.address), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE bare"))
        connection.execute(text("CREATE ROLE guest LOGIN"))
    address = postgres.address.replace("postgres@", "guest@").replace("/postgres?", "/bare?")
    try:
        with pytest.raises(StoreError, match=r"may not add pgvector .* CREATE EXTENSION vector"):
            init_store(address)
    finally:
        with engine.connect() as connection:
            connection.execute(text("DROP DATABASE bare"))
            connection.execute(text("DROP ROLE guest"))
        engine.dispose()


def test_a_change_keeps_the_id(store: Store) -> None:
    store.add(people({"Kim": faces(1)}), RULES, NOW)
    store.change(["Kim"], lambda one: replace(one, id="other", name="Lee"))
    assert store.find("Lee").person.id == "Kim"
