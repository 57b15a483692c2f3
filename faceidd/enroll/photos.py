"""Which photo shows whom: reading a folder of people.

Two layouts, which may be mixed: a folder a person (`Kim/Kim1.jpg`: the folder's name), or photos
side by side (`Kim1.jpg`, `Kim2.jpg`: the file's name without its digits). Where looks are asked
for, a folder in a person's folder (`Kim/mask/1.jpg`) is a look of that person. DeepFace's `db_path`
is the first of them; where its people lie deeper (`office/Kim/1.jpg`), a person is the folder that
holds the photo.
"""

import logging
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from faceidd.enroll.names import person_name
from faceidd.errors import EnrollmentError

_log = logging.getLogger(__name__)

SUFFIXES = frozenset(
    {".avif", ".bmp", ".heic", ".heif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff"}
    | {".webp"}
)
LISTED = 20
"""Folders or endings named in one message."""


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


def find_photos(folder: Path, *, looks: bool = False, nested: bool = False) -> tuple[Photo, ...]:
    """List the photos of a folder, in the order of their paths.

    Hidden files are left out; so are files that are no images by their ending, which is told.

    Args:
        folder: The folder.
        looks: Whether a folder in a person's folder is a look of that person.
        nested: Whether a person is the folder that holds the photo, however deep that lies.

    Raises:
        EnrollmentError: The folder or a person's folder is missing, cannot be listed, or holds no
            photo; a photo gives no name: nothing but digits, too long, or not in UTF-8; or one
            name is found in two places of `nested` folders.
    """
    if not folder.is_dir():
        raise EnrollmentError(f"there is no folder {folder}", do="name a folder of photos")
    paths = _list(folder)
    found = [
        Photo(path, _name(path, folder, nested), _look(path, folder) if looks else "")
        for path in paths
        if path.suffix.lower() in SUFFIXES
    ]
    if not found:
        raise EnrollmentError(
            f"{folder} holds no photos ({', '.join(sorted(SUFFIXES))})",
            do="put them there as NAME/NAME1.jpg or as NAME1.jpg",
        )
    _require_nobody_missed(folder, found)
    if nested:
        _require_one_folder(found)
    _tell_passed_over(paths)
    return tuple(found)


def _list(folder: Path) -> list[Path]:
    """All files that are not hidden; a folder that cannot be listed may hide somebody."""

    def refuse(error: OSError) -> None:
        raise EnrollmentError(
            f"the folder {error.filename} cannot be listed: {error.strerror}",
            do="let this user read it",
        ) from error

    files = []
    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(place, name) for name in names if not name.startswith(".")]
    return sorted(path for path in files if path.is_file())


def _tell_passed_over(paths: Sequence[Path]) -> None:
    endings = Counter(path.suffix.lower() or path.name for path in paths)
    others = [f"{ending} ({count})" for ending, count in sorted(endings.items())
              if ending not in SUFFIXES]  # fmt: skip
    if others:
        _log.info("passed over, for they are no photos: %s", ", ".join(others[:LISTED]))


def _require_one_folder(found: Sequence[Photo]) -> None:
    places: dict[str, set[Path]] = {}
    for photo in found:
        places.setdefault(photo.name, set()).add(photo.path.parent)
    for name, folders in sorted(places.items()):
        if len(folders) > 1:
            listed = ", ".join(str(one) for one in sorted(folders)[:LISTED])
            raise EnrollmentError(
                f"several folders are named {name}: {listed}",
                do="put the photos of one person into one folder, and name people apart",
            )


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
    named = len(parts) > 2  # noqa: PLR2004 - person, look, file
    return person_name(parts[1], of=f"{str(path)!a}") if named else ""


def _name(path: Path, folder: Path, nested: bool) -> str:
    parts = path.relative_to(folder).parts
    holder = parts[-2:-1] if nested else parts[:-1]
    raw = holder[0] if holder else re.sub(r"\d+", "", path.stem).strip(" _-.()")
    if not raw:
        raise EnrollmentError(
            f"the photo {path} is named by digits alone", do="name it after its person: Kim1.jpg"
        )
    return person_name(raw, of=f"{str(path)!a}")
