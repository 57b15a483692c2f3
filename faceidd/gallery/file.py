"""The gallery file: one self-contained safetensors file, without pickle.

The tensors are the gallery's tables; the header's metadata holds the rest as JSON and a digest
of all of it, so that a torn or edited file is refused. Signatures and encryption are the work
of the sync that brings galleries to doors.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

from faceidd.durable import replace_file
from faceidd.errors import GalleryError
from faceidd.gallery.consent import Consent
from faceidd.gallery.gallery import MOST_GROUPS, MOST_LETTERS, Gallery, Person
from faceidd.gallery.revision import canonical

SCHEMA: Literal[3] = 3
MOST_BYTES = 1 << 30
"""A larger file is refused before it is read: 100,000 people of 512 floats take a quarter."""

Tables = dict[str, NDArray[np.generic]]
Text = Annotated[str, Field(min_length=1, max_length=MOST_LETTERS)]


class _ConsentRecord(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)
    by: Text
    recorded_at: AwareDatetime
    text_version: Text

    def consent(self) -> Consent:
        return Consent(self.by, self.recorded_at, self.text_version)


class _PersonRecord(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)
    id: Text
    name: Text
    groups: Annotated[list[Text], Field(max_length=MOST_GROUPS)]
    valid_from: AwareDatetime | None
    expires_at: AwareDatetime | None
    consent: _ConsentRecord | None

    def person(self) -> Person:
        consent = None if self.consent is None else self.consent.consent()
        return Person(
            self.id,
            self.name,
            groups=tuple(self.groups),
            valid_from=self.valid_from,
            expires_at=self.expires_at,
            consent=consent,
        )


class _Sealed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    sha256: str
    header: str


class _Header(BaseModel):
    model_config = ConfigDict(extra="forbid")
    schema_version: Literal[3]
    model_id: Text
    model_name: Text
    detector: Text
    version: Annotated[int, Field(ge=0)]
    people: list[_PersonRecord]


def save_gallery(gallery: Gallery, path: Path) -> None:
    """Write a gallery: aside, to the disk, then in place of the old one; readable by its owner.

    Raises:
        GalleryError: The folder is missing or not writable, or the disk is full, or a name is
            empty or too long; an old file stays as it was.
    """
    try:
        replace_file(path, gallery_bytes(gallery))
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
    gallery = canonical(gallery)
    header = _header(gallery)
    tables: Tables = {
        "vectors": gallery.vectors,
        "norms": gallery.norms,
        "owners": gallery.owners.astype(np.int64),
        "photos": gallery.photos,
    }
    # One entry only: safetensors writes several in an order of chance.
    sealed = _Sealed(sha256=_digest(header, tables), header=header).model_dump_json()
    content = save(tables, metadata={"gallery": sealed})
    if len(content) > MOST_BYTES:
        raise GalleryError(
            f"the gallery would take {len(content)} bytes, more than any gallery",
            do="divide the people among several galleries",
        )
    return content


def parse_gallery(content: bytes) -> Gallery:
    """Read the content of a gallery's file, and check it through and through.

    Raises:
        GalleryError: It is too large, damaged, edited, or of another schema.
    """
    if len(content) > MOST_BYTES:
        raise GalleryError(
            f"{len(content)} bytes are more than any gallery", do="check where they come from"
        )
    return _gallery(content, "the gallery")


def load_gallery(path: Path) -> Gallery:
    """Read a gallery and check it through and through.

    Raises:
        GalleryError: The file is missing, unreadable, too large, damaged, edited, or of another
            schema.
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


def _gallery(content: bytes, where: object) -> Gallery:
    try:
        # First, because it bounds the header and proves its form before Python's json reads it.
        tables = load(content)
        sealed = _Sealed.model_validate_json(_metadata(content)["gallery"])
        header = _Header.model_validate_json(sealed.header)
        _require_digest(sealed, tables)
        return Gallery(
            model_id=header.model_id,
            model_name=header.model_name,
            detector=header.detector,
            people=tuple(record.person() for record in header.people),
            vectors=tables["vectors"].astype(np.float32, copy=False),
            norms=tables["norms"].astype(np.float32, copy=False),
            owners=tables["owners"].astype(np.intp, copy=False),
            photos=tables["photos"].astype(np.int64, copy=False),
            version=header.version,
        )
    except (SafetensorError, ValidationError, ValueError, KeyError, TypeError) as error:
        reason = "unknown header" if isinstance(error, ValidationError) else str(error)
        raise GalleryError(
            f"{where} is damaged or no faceidd gallery: {reason}",
            do="copy it again or enroll it again; an older copy still works",
        ) from error


def _header(gallery: Gallery) -> str:
    try:
        return _Header(
            schema_version=SCHEMA,
            model_id=gallery.model_id,
            model_name=gallery.model_name,
            detector=gallery.detector,
            version=gallery.version,
            people=[_PersonRecord.model_validate(person) for person in gallery.people],
        ).model_dump_json()
    except ValidationError as error:
        raise GalleryError(
            f"a name in the gallery, or what is recorded of a consent, is empty, longer than"
            f" {MOST_LETTERS} letters, or not Unicode",
            do="enroll that person under another name, or record the consent in other words",
        ) from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > MOST_BYTES:
                raise GalleryError(
                    f"{path} has {size} bytes, more than any gallery",
                    do="check what gallery.file points to",
                )
            return file.read(MOST_BYTES)
    except OSError as error:
        raise GalleryError(
            f"cannot read the gallery {path}: {error.strerror}",
            do="enroll people first (faceidd enroll folder), or correct gallery.file",
        ) from error


def _metadata(content: bytes) -> dict[str, str]:
    length = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + length]).get("__metadata__")
    if not isinstance(metadata, dict) or "gallery" not in metadata:
        raise ValueError("it holds no gallery")
    return metadata


def _require_digest(sealed: _Sealed, tables: Tables) -> None:
    if _digest(sealed.header, tables) != sealed.sha256:
        raise ValueError("its content does not fit its digest")


def _digest(header: str, tables: Tables) -> str:
    digest = hashlib.sha256(header.encode())
    for name in sorted(tables):
        array = np.ascontiguousarray(tables[name])
        digest.update(f"{name}:{array.dtype.str}:{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
