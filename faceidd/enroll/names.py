"""A person's name: what galleries, files and events can carry."""

import unicodedata

from faceidd.errors import EnrollmentError
from faceidd.gallery.gallery import MOST_LETTERS

MOST_BYTES = 200
"""Bytes of a name in UTF-8 that a folder and numbered files can be named by."""


def person_name(raw: str, *, of: str) -> str:
    """Read a name: composed (NFC), for not every system writes Korean or accents alike.

    Args:
        raw: The name as it was found.
        of: What bears it, as people read it.

    Raises:
        EnrollmentError: It is too long for a gallery, or not Unicode.
    """
    name = unicodedata.normalize("NFC", raw)
    if len(name) > MOST_LETTERS or any(unicodedata.category(one) == "Cs" for one in name):
        raise EnrollmentError(
            f"the name of {of} is longer than {MOST_LETTERS} letters or not in UTF-8",
            do="rename it",
        )
    return name


def file_name(raw: str) -> str:
    """Read a name that photos are to be filed under.

    Any letters serve, of any language, emoji too.

    Raises:
        EnrollmentError: No folder can be named so, or it would be hidden, or be too long.
    """
    name = unicodedata.normalize("NFC", raw).strip()
    if not name or name.startswith(".") or any(_is_no_letter(one) for one in name):
        raise EnrollmentError(
            f"{raw!a} names no person: it is empty, begins with a dot, or holds a slash or a"
            " control character",
            do="name the person without these",
        )
    length = len(name.encode())
    if length > MOST_BYTES:
        raise EnrollmentError(
            f"the name {name[:20]}... has {length} bytes in UTF-8, more than the {MOST_BYTES}"
            " that photos can be filed under",
            do="shorten it",
        )
    return name


def _is_no_letter(one: str) -> bool:
    return one in "/\\" or unicodedata.category(one) in {"Cc", "Cs"}
