"""Traces: files that still hold a person's name or the digest of a photo of theirs."""

import json
import re
import unicodedata
from collections.abc import Collection, Iterator
from pathlib import Path

from faceidd.enroll.photos import SUFFIXES

MOST_BYTES = 1 << 30
"""Larger files are named without being read."""
ENCODINGS = ("utf-8", "utf-16-le", "utf-32-le")


def find_traces(folders: Collection[Path], name: str, digests: Collection[str]) -> list[Path]:
    """Search all files of some folders, hidden ones too, by their names and all their bytes.

    A name is searched for as a whole word, so one that is part of another person's name may be
    found in that one's place.

    Args:
        folders: Where to search, with all that lies in them; those that are missing are left out.
        name: The person's name.
        digests: SHA-256 of their photos' files, in hex.

    Raises:
        OSError: A file cannot be read.
    """
    wanted = _Wanted(name, digests)
    files = sorted({file for folder in folders for file in folder.rglob("*") if file.is_file()})
    return [file for file in files if wanted.named_by(file) or wanted.held_by(file)]


class _Wanted:
    def __init__(self, name: str, digests: Collection[str]) -> None:
        forms = {unicodedata.normalize(form, name) for form in ("NFC", "NFD")}
        forms |= {json.dumps(form)[1:-1] for form in forms}  # as JSON writes what is not ASCII
        self._name = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in forms))
        self._bytes = [
            one for digest in digests for one in (bytes.fromhex(digest), *_encoded(digest))
        ]
        self._names = [one for form in forms for one in _encoded(form)]

    def named_by(self, file: Path) -> bool:
        """Whether the name stands in the path's last two parts, digits apart."""
        parts = (re.sub(r"[\d_]+", " ", part) for part in (file.parent.name, file.stem))
        return any(self._name.search(part) for part in parts)

    def held_by(self, file: Path) -> bool:
        size = file.stat().st_size
        if size > MOST_BYTES:
            return True
        content = file.read_bytes()
        if any(one in content for one in self._bytes):
            return True
        # A picture's bytes are none of a text, and a short name comes up in them by chance.
        if file.suffix.lower() in SUFFIXES or not any(one in content for one in self._names):
            return False
        return any(
            self._name.search(content[offset:].decode(encoding, "replace"))
            for encoding, offset in _readings()
        )


def _encoded(text: str) -> Iterator[bytes]:
    for encoding in ENCODINGS:
        yield text.encode(encoding)


def _readings() -> Iterator[tuple[str, int]]:
    """Encodings, with every place where a text may begin."""
    for encoding, width in zip(ENCODINGS, (1, 2, 4), strict=True):
        for offset in range(width):
            yield encoding, offset
