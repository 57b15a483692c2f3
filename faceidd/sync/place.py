"""Place: where the door's gallery lies, and what lies there now."""

import logging
from dataclasses import dataclass
from pathlib import Path

from faceidd.durable import FileState, file_state
from faceidd.errors import GalleryError
from faceidd.gallery.file import load_gallery, save_gallery
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.key import GalleryKey, key_of
from faceidd.sync.refused import Reason, RefusedError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GalleryPlace:
    """The file that the daemon opens.

    Attributes:
        file: The gallery's file.
        key_file: The key that it is encrypted with there; None leaves it plain.
    """

    file: Path
    key_file: Path | None = None

    def key(self) -> GalleryKey | None:
        """The key that the file is encrypted with; None where it is plain.

        Raises:
            GalleryError: The key cannot be read, is open to others, or is none.
        """
        return key_of(self.key_file)

    def stamp(self) -> FileState | None:
        """What tells the file that lies there from others; None where none lies."""
        return file_state(self.file)

    def load(self) -> Gallery | None:
        """The gallery that lies there; None where none lies that can be read.

        Raises:
            GalleryError: The key cannot be read.
        """
        if self.stamp() is None:
            return None
        key = self.key()
        try:
            return load_gallery(self.file, key)
        except GalleryError as error:
            _log.warning("the gallery at hand is passed over: %s", error)
            return None

    def put(self, gallery: Gallery) -> FileState:
        """Put a gallery in the place of the one that lies there.

        Raises:
            RefusedError: It cannot be written; the old one is as it was.
            GalleryError: The key cannot be read.
        """
        return self._put(gallery, self.key())

    def put_nobody(self, gallery: Gallery) -> FileState:
        """Put a gallery of nobody there; plain if its key cannot be read, for it holds no secret.

        Raises:
            RefusedError: It cannot be written; the old one is as it was.
        """
        try:
            key = self.key()
        except GalleryError as error:
            _log.error("the gallery of nobody is written plain, because %s", error)
            key = None
        return self._put(gallery, key)

    def _put(self, gallery: Gallery, key: GalleryKey | None) -> FileState:
        try:
            save_gallery(gallery, self.file, key)
        except GalleryError as error:
            raise RefusedError(Reason.DISK, error.what, do=error.do) from error
        stamp = self.stamp()
        if stamp is None:
            raise RefusedError(
                Reason.DISK,
                f"the gallery {self.file} is gone right after it was written",
                do="find out what removes it",
            )
        return stamp
