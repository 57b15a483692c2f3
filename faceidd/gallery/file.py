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
from faceidd.gallery.gallery import MOST_LETTERS, Gallery
from faceidd.gallery.people import People, are_ends, table, tabulated
from faceidd.gallery.reading import TooLargeError, read_bounded
from faceidd.gallery.revision import canonical
from faceidd.gallery.sealed import DAMAGES, Content, Tables, sealed, unsealed

KIND = "gallery"
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


def save_gallery(gallery: Gallery, path: Path) -> None:
    """Write a gallery: aside, to the disk, then in place of the old one; readable by its owner.

    Raises:
        GalleryError: The folder is missing or not writable, or the disk is full, or a name is
            empty or too long; an old file stays as it was.
    """
    try:
        replace_file(path, _parts(gallery))
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


def load_gallery(path: Path) -> Gallery:
    """Read a gallery and check it through and through.

    It is read once, into memory of its own: whatever is done to the file later, what was checked
    stays as it is.

    Raises:
        GalleryError: The file is missing, unreadable, too large, damaged, or of another schema.
    """
    return _gallery(_read(path), path)


def load_known_gallery(path: Path) -> tuple[Gallery, str]:
    """Read a gallery as `load_gallery` does, and say which bytes it was read from.

    Returns:
        The gallery, and the SHA-256 of its whole file, in hex.

    Raises:
        GalleryError: As of `load_gallery`.
    """
    content = _read(path)
    return _gallery(content, path), hashlib.sha256(content).hexdigest()


def _gallery(content: Content, where: object) -> Gallery:
    try:
        text, tables = unsealed(KIND, content)
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
        )
    except DAMAGES as error:
        reason = "unknown header" if isinstance(error, ValidationError) else str(error)
        raise GalleryError(
            f"{where} is damaged or no faceidd gallery: {reason}",
            do="copy it again or enroll it again; an older copy still works",
        ) from error


def _parts(gallery: Gallery) -> list[Content]:
    gallery = canonical(gallery)
    try:
        header = _Header(
            schema_version=SCHEMA,
            model_id=gallery.model_id,
            model_name=gallery.model_name,
            detector=gallery.detector,
            version=gallery.version,
        ).model_dump_json()
        parts = sealed(KIND, header, _tables(gallery))
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


def _tables(gallery: Gallery) -> Tables:
    return {
        "vectors": gallery.vectors,
        "norms": gallery.norms,
        "photos": gallery.photos,
        "template_ends": np.cumsum(
            np.bincount(gallery.owners, minlength=len(gallery.people)), dtype=np.int64
        ),
        **tabulated(gallery.people),
    }


def _read(path: Path) -> Content:
    try:
        return read_bounded(path, MOST_BYTES)
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
