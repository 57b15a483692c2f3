"""What is kept of an enrollment until its gallery is written, so that nothing is done twice.

It lies beside the gallery and holds embeddings of people, so it is removed as soon as the gallery
is there: `NAME.KEY.unfinished.npz`, where KEY stands for the recognizer and its settings.
"""

from collections.abc import Iterator
from pathlib import Path

from faceidd.enroll.recognizer_digest import recognizer_digest
from faceidd.errors import GalleryError
from faceidd.face.recognizer import Recognizer

_ENDING = ".unfinished.npz"
_KEY = 16
"""Digits of the digest in a file's name."""


def unfinished_path(gallery: Path, recognizer: Recognizer) -> Path:
    """Where the embeddings of an enrollment into a gallery's file are kept until it is done."""
    key = recognizer_digest(recognizer)[:_KEY]
    return gallery.with_name(f"{gallery.stem}.{key}{_ENDING}")


def unfinished_files(gallery: Path) -> Iterator[Path]:
    """What enrollments into a gallery's file have left, with whichever recognizer."""
    known = (path for path in gallery.parent.glob(f"*{_ENDING}"))
    length = len(gallery.stem) + 1 + _KEY + len(_ENDING)
    return (one for one in known
            if one.name.startswith(f"{gallery.stem}.") and len(one.name) == length)  # fmt: skip


def remove_unfinished(gallery: Path) -> None:
    """Remove that.

    Raises:
        GalleryError: A file cannot be removed.
    """
    for file in unfinished_files(gallery):
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise GalleryError(
                f"the gallery was written, but {file} cannot be removed: {error.strerror}",
                do="remove it: it holds embeddings of people",
            ) from error
