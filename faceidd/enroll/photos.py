"""Which photo shows whom: reading a folder of people.

Two layouts, which may be mixed: a folder a person (`Kim/Kim1.jpg`: the folder's name), or photos
side by side (`Kim1.jpg`, `Kim2.jpg`: the file's name without its digits). Where looks are asked
for, a folder in a person's folder (`Kim/mask/1.jpg`) is a look of that person.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from faceidd.errors import EnrollmentError
from faceidd.gallery.gallery import MOST_LETTERS

SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".webp"})


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo, the name of the person it is filed under, and the look, if it has a name."""

    path: Path
    name: str
    look: str = ""

    @property
    def of(self) -> str:
        """Person and look as people read them."""
        return f"{self.name} ({self.look})" if self.look else self.name


def find_photos(folder: Path, *, looks: bool = False) -> tuple[Photo, ...]:
    """List the photos of a folder, in the order of their paths.

    Hidden files and files that are no images by their ending are left out.

    Args:
        folder: The folder.
        looks: Whether a folder in a person's folder is a look of that person.

    Raises:
        EnrollmentError: The folder or a person's folder is missing or holds no photo, or a
            photo gives no name: nothing but digits, too long, or not in UTF-8.
    """
    if not folder.is_dir():
        raise EnrollmentError(f"there is no folder {folder}", do="name a folder of photos")
    found = [
        Photo(path, _name(path, folder), _look(path, folder) if looks else "")
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    if not found:
        raise EnrollmentError(
            f"{folder} holds no photos ({', '.join(sorted(SUFFIXES))})",
            do="put them there as NAME/NAME1.jpg or as NAME1.jpg",
        )
    _require_nobody_missed(folder, found)
    return tuple(found)


def _require_nobody_missed(folder: Path, found: Sequence[Photo]) -> None:
    """Refuse a person's folder without photos: whoever made it expects them to be known."""
    filled = {photo.path.relative_to(folder).parts[0] for photo in found}
    missed = sorted(
        entry.name
        for entry in folder.iterdir()
        if entry.is_dir() and not entry.name.startswith(".") and entry.name not in filled
    )
    if missed:
        raise EnrollmentError(
            f"no photo ({', '.join(sorted(SUFFIXES))}) can be seen in these folders of {folder}:"
            f" {', '.join(missed)}",
            do="put photos there, or remove these folders",
        )


def _look(path: Path, folder: Path) -> str:
    parts = path.relative_to(folder).parts
    return _named(path, parts[1]) if len(parts) > 2 else ""  # noqa: PLR2004 - person, look, file


def _name(path: Path, folder: Path) -> str:
    parts = path.relative_to(folder).parts
    raw = parts[0] if len(parts) > 1 else re.sub(r"\d+", "", path.stem).strip(" _-.()")
    if not raw:
        raise EnrollmentError(
            f"the photo {path} is named by digits alone", do="name it after its person: Kim1.jpg"
        )
    return _named(path, raw)


def _named(path: Path, raw: str) -> str:
    name = unicodedata.normalize("NFC", raw)
    if len(name) > MOST_LETTERS or any(unicodedata.category(one) == "Cs" for one in name):
        raise EnrollmentError(
            f"the name of {str(path)!a} is longer than {MOST_LETTERS} letters or not in UTF-8",
            do="rename it",
        )
    return name
