"""Text that names something: short, of one line, as galleries take it too."""

import unicodedata

from faceidd.errors import StoreError
from faceidd.gallery.gallery import MOST_LETTERS


def require_text(what: str, text: str) -> None:
    """Refuse what cannot be a name.

    Args:
        what: What it is the name of, for the message.
        text: The name.

    Raises:
        StoreError: It is empty, too long, or has letters that cannot be seen, as a line's end.
    """
    if (
        text != text.strip()
        or not 0 < len(text) <= MOST_LETTERS
        or any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in text)
    ):
        raise StoreError(
            f"{what} cannot be called {text[:MOST_LETTERS]!r}",
            do=f"use 1 to {MOST_LETTERS} letters on one line, with no blank around them",
        )
