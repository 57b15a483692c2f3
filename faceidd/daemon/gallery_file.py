"""Gallery file: the door's gallery as its configuration says, or one of nobody whatever it says."""

import logging
from contextlib import suppress
from pathlib import Path

from faceidd.daemon.config import Config
from faceidd.errors import GalleryError
from faceidd.gallery.file import load_gallery
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.key import GalleryKey, key_of

_log = logging.getLogger(__name__)


def open_gallery(config: Config) -> Gallery:
    """Load the door's gallery; where it should be encrypted, a plain one of nobody is taken too.

    That one is what a sync leaves at a door that is revoked and whose key it cannot read. Who puts
    it there without right shuts the door, as whoever removes the file does.

    Raises:
        GalleryError: It is missing or damaged, or its key cannot be read.
    """
    file = config.gallery.file
    try:
        return load_gallery(file, gallery_key(config))
    except GalleryError:
        nobody = None if config.gallery.key_file is None else _plain_nobody(file)
        if nobody is None:
            raise
        _log.warning("the gallery is plain, gallery.key_file is set; it is taken: it knows nobody")
        return nobody


def gallery_key(config: Config) -> GalleryKey | None:
    """The key that the door's gallery is encrypted with; None where it is plain.

    Raises:
        GalleryError: The key cannot be read, is open to others, or is none.
    """
    return key_of(config.gallery.key_file)


def _plain_nobody(file: Path) -> Gallery | None:
    if not file.is_file():  # what is read from a pipe once need not come again
        return None
    with suppress(GalleryError):
        gallery = load_gallery(file)
        if not gallery.people:
            return gallery
    return None
