"""Traces: files that still hold a person's name or the digest of a photo of theirs."""

import json
import os
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import BinaryIO

from faceidd.enroll.photos import SUFFIXES
from faceidd.errors import ModelError
from faceidd.models.pack import MANIFEST, load_pack

MOST_BYTES = 1 << 30
"""Larger files are named without being read."""
CHUNK_BYTES = 1 << 20
ENCODINGS = {"utf-8": 1, "utf-16-le": 2, "utf-32-le": 4}
"""Each with the bytes that its letters come in."""
EDGE = 8
"""Bytes beside a name that are read to see whether it is a word; a letter has at most 4."""
NAMES = "it may still name the person or a photo"

Trace = tuple[Path, str]
"""A file, and why it is to be looked at."""


def find_traces(folders: Collection[Path], name: str, digests: Collection[str]) -> list[Trace]:
    """Search all files of some folders, hidden ones too, by their names and all their bytes.

    A name is searched for as a whole word, so one that is part of another person's name may be
    found in that one's place. Model packs hold nothing of anybody, and are passed over. A file or
    folder that cannot be read is among the traces, with the reason.

    Args:
        folders: Where to search, with all that lies in them; those that are missing are left out.
        name: The person's name.
        digests: SHA-256 of their photos' files, in hex.
    """
    wanted = _Wanted(name, digests)
    found: dict[Path, str] = {}

    def refused(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            found[Path(error.filename)] = f"it could not be looked at: {error.strerror}"

    for file in sorted({file for folder in folders for file in _files(folder, refused)}):
        try:
            if wanted.named_by(file) or wanted.held_by(file):
                found[file] = NAMES
        except OSError as error:
            found[file] = f"it could not be looked at: {error.strerror}"
    return sorted(found.items())


class _Wanted:
    def __init__(self, name: str, digests: Collection[str]) -> None:
        forms = {unicodedata.normalize(form, name) for form in ("NFC", "NFD")}
        forms |= {json.dumps(form)[1:-1] for form in forms}  # as JSON writes what is not ASCII
        self._name = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in forms))
        self._digests = [
            one
            for digest in digests
            for one in (bytes.fromhex(digest), *(digest.encode(code) for code in ENCODINGS))
        ]
        self._names = [(form.encode(code), code) for form in forms for code in ENCODINGS]
        longest = max(len(one) for one in (*self._digests, *(name for name, _ in self._names)))
        self._tail = longest + 2 * EDGE

    def named_by(self, file: Path) -> bool:
        """Whether the name stands in the path's last two parts, digits apart."""
        parts = (re.sub(r"[\d_]+", " ", part) for part in (file.parent.name, file.stem))
        return any(self._name.search(part) for part in parts)

    def held_by(self, file: Path) -> bool:
        """Whether the name or a digest stands in the file.

        Raises:
            OSError: It cannot be read.
        """
        if file.stat().st_size > MOST_BYTES:
            return True
        picture = file.suffix.lower() in SUFFIXES
        with file.open("rb") as content:
            return any(
                any(one in window for one in self._digests)
                # A picture's bytes are none of a text, and a short name comes up in them by chance.
                or (not picture and self._is_named_in(window, first=first, last=last))
                for window, first, last in self._windows(content)
            )

    def _windows(self, content: BinaryIO) -> Iterator[tuple[bytes, bool, bool]]:
        """A file's bytes in pieces that overlap, each with whether it is the first, the last."""
        window, first = content.read(CHUNK_BYTES), True
        while window:
            more = content.read(CHUNK_BYTES)
            yield window, first, not more
            window, first = (window[-self._tail :] + more if more else b""), False

    def _is_named_in(self, window: bytes, *, first: bool, last: bool) -> bool:
        for name, encoding in self._names:
            start = window.find(name)
            while start >= 0:
                end = start + len(name)
                # What stands at a cut is judged in the other piece, which has its neighbors.
                whole = (first or start >= EDGE) and (last or end + EDGE <= len(window))
                if whole and _is_word(window, start, end, encoding):
                    return True
                start = window.find(name, start + 1)
        return False


def _is_word(window: bytes, start: int, end: int, encoding: str) -> bool:
    """Whether no letter of a text stands right before or after these bytes of it."""
    width = ENCODINGS[encoding]
    before = window[max(start % width, start - EDGE) : start].decode(encoding, "replace")
    after = window[end : end + EDGE].decode(encoding, "replace")
    return re.match(r"\w", before[-1:]) is None and re.match(r"\w", after[:1]) is None


def _files(folder: Path, refused: Callable[[OSError], None]) -> Iterator[Path]:
    """All files in a folder, but those of model packs."""
    for place, _, names in os.walk(folder, onerror=refused):
        packed = _packed(Path(place)) if MANIFEST in names else set()
        for name in names:
            file = Path(place, name)
            try:
                if name not in packed and file.is_file():
                    yield file
            except OSError as error:
                refused(error)


def _packed(folder: Path) -> set[str]:
    try:
        manifest = load_pack(folder.parent, folder.name).manifest
    except ModelError:  # no pack, though a manifest
        return set()
    return {MANIFEST, *(one.file for one in manifest.files.values())}
