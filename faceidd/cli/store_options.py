"""The options that name a store, and who in it is meant, which several commands share."""

import argparse
from collections.abc import Iterable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from faceidd.errors import ModelError, StoreError

if TYPE_CHECKING:
    from faceidd.gallery.gallery import Person
    from faceidd.store.store import Store
    from faceidd.store.templates import StoredModel

MOST_ALIKE = 1.0


def add_store_option(command: argparse.ArgumentParser) -> None:
    """Add the option that names a store."""
    command.add_argument(
        "--store",
        metavar="ADDRESS",
        help="the store: a file, or postgresql://USER@HOST/DATABASE (default: the environment's"
        " FACEIDD_STORE, or else ~/.local/share/faceidd/people.store)",
    )


def add_groups_option(command: argparse.ArgumentParser, help: str) -> None:  # noqa: A002 - argparse's word
    """Add the option that names groups."""
    command.add_argument("--groups", type=groups, metavar="A,B", help=help)


def add_model_option(command: argparse.ArgumentParser) -> None:
    """Add the option that names one of the models that the store has templates of."""
    command.add_argument(
        "--model",
        metavar="MODEL",
        help="by name or the first digits of its id (default: the only one in the store)",
    )


def add_alike_option(command: argparse.ArgumentParser) -> None:
    """Add the option on when two people are taken for one."""
    command.add_argument(
        "--alike",
        type=cosine,
        metavar="COSINE",
        help="from which similarity on two people are taken for one (default: the threshold of"
        " the model's pack)",
    )


def groups(text: str) -> tuple[str, ...]:
    """Read names of groups, separated by commas; nothing is no group.

    Raises:
        ArgumentTypeError: A name is empty.
    """
    if not text.strip():
        return ()
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise argparse.ArgumentTypeError(f"a group in {text!r} has no name")
    return names


def cosine(text: str) -> float:
    """Read a cosine from which people are taken for one.

    Raises:
        ValueError: It is none, or so low that everybody would look like everybody.
    """
    value = float(text)
    if not 0 < value <= MOST_ALIKE:
        raise ValueError(text)
    return value


def store_address(args: argparse.Namespace) -> str:
    """The store's address: named on the command line, or else the default.

    Raises:
        StoreError: What a store needs is not installed.
    """
    require_store()
    from faceidd.store.address import default_address

    return args.store or default_address()


def open_store(args: argparse.Namespace) -> "Store":
    """Open the store.

    Raises:
        StoreError: What it needs is not installed, or it cannot be opened.
    """
    address = store_address(args)
    from faceidd.store.store import Store

    return Store(address)


def require_store() -> None:
    """Make sure that what a store needs is installed.

    Raises:
        StoreError: It is not.
    """
    for package in ("pgvector", "psycopg", "sqlalchemy"):
        if find_spec(package) is None:
            raise StoreError(
                f"a store needs {package}, which is not installed",
                do="install faceidd[store], on an admin's machine rather than on the door",
            )


def chosen_model(store: "Store", wanted: str | None) -> "StoredModel":
    """The model that was named, or the only one that the store has templates of.

    Raises:
        StoreError: There is no such, or several.
    """
    models = store.models()
    if wanted is not None:
        models = tuple(one for one in models if one.name == wanted or one.id.startswith(wanted))
    if len(models) == 1:
        return models[0]
    known = ", ".join(f"{one.name} ({one.id[:12]})" for one in store.models())
    if known:
        what = "has several models" if models else f"has no model {wanted}"
        raise StoreError(f"the store {what}: {known}", do="name one of these: --model MODEL")
    raise StoreError(
        "there are no templates in the store",
        do="enroll people into it: faceidd enroll folder PHOTOS --store ADDRESS",
    )


def alike_of(args: argparse.Namespace, model_name: str, model_id: str) -> float:
    """From which cosine on two people are taken for one.

    Raises:
        StoreError: It was not named, and no pack of that model is there to say it.
    """
    from faceidd.models.pack import load_embedder

    if args.alike is not None:
        return float(args.alike)
    pack, _, variant = model_name.partition(" ")
    try:
        manifest = load_embedder(args.models, pack).manifest
        if variant in manifest.files and manifest.model_id(variant) == model_id:
            return manifest.thresholds["cosine"]
        reason = f"the pack {pack} in {args.models} is another model"
    except ModelError as error:
        reason = error.what
    raise StoreError(
        f"nothing says from when on two people look like one to {model_name}: {reason}",
        do="name the folder of its pack: --models DIR, or the similarity: --alike 0.7",
    )


def print_table(rows: Iterable[tuple[str, ...]]) -> None:
    """Print rows, the first of which is the heading, in columns."""
    table = list(rows)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def named(person: "Person") -> str:
    """A person as people call them, with the id where that is another."""
    return person.name if person.name == person.id else f"{person.name} ({person.id})"
