"""The key of a device, which its gallery lies encrypted under: 32 bytes of chance in a file."""

import os
from dataclasses import dataclass
from pathlib import Path

from faceidd.durable import create_file
from faceidd.errors import GalleryError
from faceidd.secret_file import is_open_to_others

KEY_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class GalleryKey:
    """A key; never shown.

    Attributes:
        secret: 32 bytes.
    """

    secret: bytes

    def __repr__(self) -> str:
        return "GalleryKey(********)"


def make_key(path: Path) -> GalleryKey:
    """Make a key and write it, readable by its owner only; never over another file.

    Whoever loses it loses the galleries that are encrypted with it; they are enrolled or synced
    anew.

    Args:
        path: The file; its folder must exist.

    Raises:
        GalleryError: There is a file of this name, or it cannot be written.
    """
    key = GalleryKey(os.urandom(KEY_BYTES))
    try:
        create_file(path, key.secret)
    except FileExistsError as error:
        raise GalleryError(
            f"{path} exists already", do="use this key, or give another name"
        ) from error
    except OSError as error:
        raise GalleryError(
            f"cannot write the key {path}: {error.strerror}",
            do="check that the folder exists and is writable",
        ) from error
    return key


def key_of(file: Path | None) -> GalleryKey | None:
    """The key that a gallery is encrypted with; None where no file is named, and it is plain.

    Raises:
        GalleryError: It cannot be read, is open to others, or is none.
    """
    return None if file is None else read_key(file)


def read_key(path: Path) -> GalleryKey:
    """Read a key.

    Raises:
        GalleryError: It cannot be read, is open to others, or is none.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            secret = file.read(KEY_BYTES + 1)
    except OSError as error:
        raise GalleryError(
            f"cannot read the gallery's key {path}: {error.strerror}",
            do="make one (faceidd gallery key), have the unit load the credential, or correct"
            " gallery.key_file",
        ) from error
    if is_open_to_others(mode):
        raise GalleryError(f"the gallery's key {path} is open to others", do=f"chmod 600 {path}")
    if len(secret) != KEY_BYTES:
        raise GalleryError(
            f"{path} is no key: a key has {KEY_BYTES} bytes", do="make one: faceidd gallery key"
        )
    return GalleryKey(secret)
