"""The gallery file: one self-contained safetensors file, without pickle.

Its tables are the gallery's, people in the order of their ids and templates in that of people; the
header says of which model they are. Equal galleries have equal files, to the byte.
"""

import hashlib
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from faceidd.durable import replace_file
from faceidd.errors import GalleryError
from faceidd.gallery.calibration import Calibration, calibration_of, calibration_parts
from faceidd.gallery.encrypted import WrongKeyError, encrypted, is_encrypted, read_encrypted
from faceidd.gallery.gallery import MOST_LETTERS, Gallery
from faceidd.gallery.key import GalleryKey
from faceidd.gallery.people import People, are_ends, tabulated
from faceidd.gallery.reading import TooLargeError, read_bounded
from faceidd.gallery.revision import canonical
from faceidd.gallery.sealed import DAMAGES, Content, Tables, sealed, table, unsealed

KIND = "gallery"
COHORT = "cohort_"
"""What the names of the calibration's tables begin with."""
SCHEMA: Literal[3] = 3
MOST_BYTES = 1 << 30
"""A larger file is refused before it is read: 100,000 people of 512 floats take a quarter."""

Text = Annotated[str, Field(min_length=1, max_length=MOST_LETTERS)]


class _Header(BaseModel):
    model_config = ConfigDict(extra="forbid")
    schema_version: Literal[3]
    model_id: Text
    model_name: Text
    detector: Text
    version: Annotated[int, Field(ge=0)]
    calibration: str | None
    """As in the header of a calibration's own file."""


def save_gallery(gallery: Gallery, path: Path, key: GalleryKey | None = None) -> None:
    """Write a gallery: aside, to the disk, then in place of the old one; readable by its owner.

    Args:
        gallery: The gallery.
        path: Its file.
        key: The device's, to encrypt it with; None leaves it plain.

    Raises:
        GalleryError: The folder is missing or not writable, or the disk is full, or a name is
            empty or too long; an old file stays as it was.
    """
    parts = _parts(gallery)
    try:
        replace_file(path, parts if key is None else encrypted(parts, key))
    except OSError as error:
        raise GalleryError(
            f"cannot write the gallery {path}: {error.strerror}",
            do="check that the folder exists, is writable and has room",
        ) from error


def gallery_bytes(gallery: Gallery) -> bytes:
    """The content of a gallery's file: the same for the same people, in whichever order they are.

    Raises:
        GalleryError: A name is empty or too long, or the file would be too large.
    """
    return b"".join(_parts(gallery))


def gallery_digest(gallery: Gallery) -> str:
    """SHA-256 of `gallery_bytes`, in hex, without putting them together.

    Raises:
        GalleryError: As of `gallery_bytes`.
    """
    digest = hashlib.sha256()
    for part in _parts(gallery):
        digest.update(part)
    return digest.hexdigest()


def parse_gallery(content: Content) -> Gallery:
    """Read the content of a gallery's file, and check it through and through.

    Args:
        content: All of the file; the templates are used where they lie in it.

    Raises:
        GalleryError: It is too large, damaged, or of another schema.
    """
    if len(content) > MOST_BYTES:
        raise GalleryError(
            f"{len(content)} bytes are more than any gallery", do="check where they come from"
        )
    return _gallery(content, "the gallery")


def load_gallery(path: Path, key: GalleryKey | None = None) -> Gallery:
    """Read a gallery and check it through and through.

    It is read once, into memory of its own: whatever is done to the file later, what was checked
    stays as it is.

    Args:
        path: The file.
        key: The device's, for one that is encrypted with it; None for a plain one. Neither is taken
            for the other.

    Raises:
        GalleryError: The file is missing, unreadable, too large, damaged, of another schema, or
            encrypted with another key.
    """
    return _gallery(_read(path, key), path, checked=key is not None)


def load_known_gallery(path: Path, key: GalleryKey | None = None) -> tuple[Gallery, str]:
    """Read a gallery as `load_gallery` does, and say which bytes it was read from.

    Returns:
        The gallery, and the SHA-256 of its whole file, in hex; of an encrypted one's content.

    Raises:
        GalleryError: As of `load_gallery`.
    """
    content = _read(path, key)
    return _gallery(content, path, checked=key is not None), hashlib.sha256(content).hexdigest()


def _gallery(content: Content, where: object, *, checked: bool = False) -> Gallery:
    try:
        text, tables = unsealed(KIND, content, checked=checked)
        header = _Header.model_validate_json(text)
        people = People(tables)
        vectors = table(tables["vectors"], np.float32, 2)
        ends = table(tables["template_ends"], np.int64, 1)
        if len(ends) != len(people) or not are_ends(ends, len(vectors)):
            raise ValueError("its templates and people do not belong to each other")
        return Gallery(
            model_id=header.model_id,
            model_name=header.model_name,
            detector=header.detector,
            people=people,
            vectors=vectors,
            norms=table(tables["norms"], np.float32, 1),
            owners=np.repeat(np.arange(len(people)), np.diff(ends, prepend=0)),
            photos=table(tables["photos"], np.int64, 1),
            version=header.version,
            calibration=_calibration(header, tables),
        )
    except DAMAGES as error:
        reason = "unknown header" if isinstance(error, ValidationError) else str(error)
        raise GalleryError(
            f"{where} is damaged or no faceidd gallery: {reason}",
            do="copy it again or enroll it again; an older copy still works",
        ) from error


def _calibration(header: _Header, tables: Tables) -> Calibration | None:
    if header.calibration is None:
        return None
    strangers = {
        name.removeprefix(COHORT): found
        for name, found in tables.items()
        if name.startswith(COHORT)
    }
    return calibration_of(header.calibration, strangers)


def _parts(gallery: Gallery) -> list[Content]:
    gallery = canonical(gallery)
    calibration, strangers = None, Tables()
    if gallery.calibration is not None:
        calibration, strangers = calibration_parts(gallery.calibration)
    try:
        header = _Header(
            schema_version=SCHEMA,
            model_id=gallery.model_id,
            model_name=gallery.model_name,
            detector=gallery.detector,
            version=gallery.version,
            calibration=calibration,
        ).model_dump_json()
        parts = sealed(KIND, header, _tables(gallery, strangers))
    except (ValidationError, ValueError) as error:
        raise GalleryError(
            f"a name or group in the gallery, or what is recorded of a consent, is empty, longer"
            f" than {MOST_LETTERS} letters, or not Unicode",
            do="enroll that person under another name, or record the consent in other words",
        ) from error
    if (size := sum(map(len, parts))) > MOST_BYTES:
        raise GalleryError(
            f"the gallery would take {size} bytes, more than any gallery",
            do="divide the people among several galleries",
        )
    return parts


def _tables(gallery: Gallery, strangers: Tables) -> Tables:
    return {
        "vectors": gallery.vectors,
        **{COHORT + name: found for name, found in strangers.items()},
        "norms": gallery.norms,
        "photos": gallery.photos,
        "template_ends": np.cumsum(
            np.bincount(gallery.owners, minlength=len(gallery.people)), dtype=np.int64
        ),
        **tabulated(gallery.people),
    }


def _read(path: Path, key: GalleryKey | None) -> Content:
    try:
        if key is not None:
            return read_encrypted(path, key, MOST_BYTES)
        content = read_bounded(path, MOST_BYTES)
    except TooLargeError as error:
        raise GalleryError(
            f"{path} has {error.size} bytes, more than any gallery",
            do="check what gallery.file points to",
        ) from error
    except OSError as error:
        raise GalleryError(
            f"cannot read the gallery {path}: {error.strerror}",
            do="enroll people first (faceidd enroll folder), or correct gallery.file",
        ) from error
    except WrongKeyError as error:
        raise GalleryError(
            f"{path} was encrypted with another key, or changed since",
            do="set gallery.key_file to its key, or enroll or sync it again",
        ) from error
    except ValueError as error:
        raise GalleryError(
            f"{path} cannot be decrypted: {error}",
            do="encrypt a plain gallery first (faceidd gallery encrypt); copy a damaged one again",
        ) from error
    if is_encrypted(content):
        raise GalleryError(
            f"{path} is encrypted", do="set gallery.key_file, or name the key: --key-file"
        )
    return content
