"""The door's file: what an admin must know of a door to publish galleries for it.

`faceidd provision` writes it on the door, `faceidd fleet add` takes it in. Nothing in it is secret;
whoever changes it on the way gets galleries for a key of theirs, so it is carried by hand, or its
fingerprint is compared on both sides.

    {"schema": "faceidd.door/1", "door": "front", "recipient": "age1...", "model_id": "<sha256>",
     "model_name": "facenet int8", "signing_key": "<Ed25519, base64>"}
"""

import base64
import binascii
import hashlib
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pyrage import RecipientError, x25519

from faceidd.durable import replace_file
from faceidd.errors import SyncError
from faceidd.gallery.gallery import MOST_LETTERS

SCHEMA: Literal["faceidd.door/1"] = "faceidd.door/1"
MOST_BYTES = 1 << 16
KEY_BYTES = 32
FINGERPRINT_DIGITS = 32

Name = Annotated[str, Field(min_length=1, max_length=MOST_LETTERS)]


class DoorFile(BaseModel):
    """A door, as it shows itself to the admin."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_name: Annotated[Literal["faceidd.door/1"], Field(alias="schema")] = SCHEMA
    door: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,200}$")]
    """Its id, as in its configuration and topics."""
    recipient: Annotated[str, Field(max_length=MOST_LETTERS)]
    """The age recipient that galleries are encrypted to, `age1...` (X25519)."""
    model_id: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """Digest of the model it runs."""
    model_name: Name
    """That model as people call it, `facenet int8`."""
    signing_key: str
    """Public Ed25519 key (RFC 8032) that the door signs with, 32 bytes in base64."""

    @field_validator("recipient")
    @classmethod
    def _is_recipient(cls, text: str) -> str:
        try:
            known = str(x25519.Recipient.from_str(text))
        except RecipientError as error:
            raise ValueError(f"it is no age recipient: {error}") from error
        if known != text:  # or one key would have two fingerprints
            raise ValueError("it is not written as age writes a recipient")
        return text

    @field_validator("signing_key")
    @classmethod
    def _is_key(cls, text: str) -> str:
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError(f"it is no base64: {error}") from error
        if len(key) != KEY_BYTES:
            raise ValueError(f"it has {len(key)} bytes, not {KEY_BYTES}")
        return text

    @field_validator("model_name")
    @classmethod
    def _is_printable(cls, text: str) -> str:
        if not re.fullmatch(r"[^\x00-\x1f\x7f]+", text):
            raise ValueError("it holds a control character")
        return text

    @property
    def fingerprint(self) -> str:
        """How the door is known in a publication."""
        return fingerprint(self.recipient)


def fingerprint(recipient: str) -> str:
    """How a door is known in a publication: a digest of its age recipient, in hex."""
    return hashlib.sha256(recipient.encode()).hexdigest()[:FINGERPRINT_DIGITS]


def grouped(fingerprint: str) -> str:
    """A fingerprint in fours, as people compare it."""
    return " ".join(fingerprint[place : place + 4] for place in range(0, len(fingerprint), 4))


def save_door_file(door: DoorFile, path: Path) -> None:
    """Write a door's file, in place of an old one; its owner's only, like all that we write.

    Raises:
        SyncError: It cannot be written.
    """
    content = door.model_dump_json(by_alias=True, indent=1) + "\n"
    try:
        replace_file(path, content.encode())
    except OSError as error:
        raise SyncError(
            f"cannot write the door's file {path}: {error.strerror}",
            do="check that the folder exists, is writable and has room",
        ) from error


def load_door_file(path: Path) -> DoorFile:
    """Read a door's file.

    Raises:
        SyncError: It cannot be read, or is none.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SyncError(
            f"cannot read the door's file {path}: {error.strerror}",
            do="make it on the door: faceidd provision",
        ) from error
    try:
        if len(content) > MOST_BYTES:
            raise ValueError(f"it has more than {MOST_BYTES} bytes")  # noqa: TRY301 - one answer to all that is wrong
        return DoorFile.model_validate_json(content)
    except ValueError as error:
        raise SyncError(
            f"{path} is no door's file: {_reason(error)}",
            do="make it on the door with `faceidd provision`, and copy it whole",
        ) from error


def _reason(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else str(first["msg"])
