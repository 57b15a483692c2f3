"""Kept embeddings of photos: a person's are taken out of a file, the others stay."""

import re
import zipfile
import zlib
from collections.abc import Collection
from enum import StrEnum
from io import BytesIO
from pathlib import Path

import numpy as np

from faceidd.durable import replace_file

KEYS = ("digests", "refused")
"""Tables that name photos by the digests of their files."""
TABLES = {"digests": ("vectors", "norms", "weights"), "refused": ("reasons",)}
"""Those that have a row a photo of these."""
FORM = {*KEYS, *(name for names in TABLES.values() for name in names)}
"""All tables of a file of embeddings."""
NAME = re.compile(r"[0-9a-f]{64}\.npz|.+\.[0-9a-f]{16}\.unfinished\.npz")
"""How evaluation and enrollment call their files of embeddings."""
DAMAGES = (ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile, zlib.error)


class Untaken(StrEnum):
    """Why nothing was taken out of a file, which is of another form."""

    REMOVED = "it was damaged, and is removed"
    FOREIGN = "it is no file of kept embeddings, and was left as it is"


def forget_embeddings(file: Path, digests: Collection[str]) -> int | Untaken:
    """Take what is kept of some photos out of a file of embeddings.

    One that is named as ours and is damaged or of another form is removed: nobody could say what
    it holds, and whoever needs it makes it anew. One of another name is somebody else's, and is
    left.

    Args:
        file: The file, as evaluation and enrollment keep them.
        digests: SHA-256 of the photos' files, in hex.

    Returns:
        How many photos were taken out, or why none could be.

    Raises:
        OSError: It cannot be read, written or removed.
    """
    try:
        with file.open("rb") as content, np.load(content, allow_pickle=False) as tables:
            if set(tables.files) != FORM:
                raise ValueError("it has other tables")
            known = {name: tables[name] for name in tables.files}
        kept = {key: ~np.isin(known[key], list(digests)) for key in KEYS}
        taken = sum(int((~rows).sum()) for rows in kept.values())
        for key, rows in kept.items():
            for name in (key, *TABLES[key]):
                known[name] = known[name][rows] if taken else known[name]
    except DAMAGES:
        if NAME.fullmatch(file.name) is None:
            return Untaken.FOREIGN
        file.unlink()
        return Untaken.REMOVED
    if taken:
        buffer = BytesIO()
        np.savez(buffer, **known)
        replace_file(file, buffer.getvalue())
    return taken
