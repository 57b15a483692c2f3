"""Kept embeddings of photos: a person's are taken out of a file, the others stay."""

import zipfile
import zlib
from collections.abc import Collection
from io import BytesIO
from pathlib import Path

import numpy as np

from faceidd.durable import replace_file

KEYS = ("digests", "refused")
"""Tables that name photos by the digests of their files."""
TABLES = {"digests": ("vectors", "norms", "weights"), "refused": ("reasons",)}
"""Those that have a row a photo of these."""
DAMAGES = (ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


def forget_embeddings(file: Path, digests: Collection[str]) -> int:
    """Take what is kept of some photos out of a file of embeddings.

    A file that is damaged or of another form is removed: nobody could say what it holds, and
    whoever needs it makes it anew.

    Args:
        file: The file, as evaluation and enrollment keep them.
        digests: SHA-256 of the photos' files, in hex.

    Returns:
        How many photos were taken out; -1 where the file was removed.

    Raises:
        OSError: It cannot be read or written.
    """
    try:
        with file.open("rb") as content, np.load(content, allow_pickle=False) as tables:
            known = {name: tables[name] for name in tables.files}
        kept = {key: ~np.isin(known[key], list(digests)) for key in KEYS}
    except DAMAGES:
        file.unlink()
        return -1
    taken = sum(int((~rows).sum()) for rows in kept.values())
    if taken:
        for key, rows in kept.items():
            for name in (key, *TABLES[key]):
                known[name] = known[name][rows]
        buffer = BytesIO()
        np.savez(buffer, **known)
        replace_file(file, buffer.getvalue())
    return taken
