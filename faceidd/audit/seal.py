"""Seal: what a door's key signs of its audit log; Ed25519 (RFC 8032) by libsodium.

A *closed* seal ends a file: nothing comes after. The *head* is the seal of the file that is being
written, renewed all the time. Both are one line of JSON; signed is the line up to its signature.
Seals are a chain of their own, so a file and its seal cannot vanish together.
"""

import base64
import hashlib
import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from faceidd.audit.record import Link
from faceidd.errors import AuditError
from faceidd.events.command import PrivateKey

SCHEMA: Literal["faceidd.audit-seal/1"] = "faceidd.audit-seal/1"
"""Name and version of the form; it also keeps a signature from being taken for a command's."""
NO_SEAL = "0" * 64
"""What stands for the seal before the first one."""
MOST_BYTES = 4096

_SIGNED = re.compile(rb'(\{[\x20-\x7e]*),"signature":"([0-9a-f]{128})"\}\n')
_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Number = Annotated[int, Field(ge=0)]


class Seal(BaseModel):
    """What was signed, and the signature, not yet believed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Annotated[Literal["faceidd.audit-seal/1"], Field(alias="schema")]
    """`schema` in the file."""
    door: str
    closed: bool
    """Whether the file is finished."""
    file: str
    """The file it is of; empty before there is any."""
    begin_seq: _Number
    begin_hash: _Digest
    """The record before the file's first one."""
    last_seq: _Number
    last_hash: _Digest
    """The last record that is signed."""
    kept_from: _Number
    """Number of the first record that must still be there; files before it were dropped."""
    previous: _Digest
    """SHA-256 of the closed seal of the file before."""
    sealed_at: AwareDatetime
    key: str
    """The public key, 32 bytes in base64."""
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]

    @property
    def begin(self) -> Link:
        """The record before the file's first one."""
        return Link(self.begin_seq, self.begin_hash)

    @property
    def last(self) -> Link:
        """The last record that is signed."""
        return Link(self.last_seq, self.last_hash)

    @classmethod
    def parse(cls, content: bytes) -> Self:
        """Read a seal from its file.

        Raises:
            ValueError: It is none.
        """
        signed = _SIGNED.fullmatch(content[: MOST_BYTES + 1])
        if signed is None:
            raise ValueError("it is no seal")
        try:
            return cls.model_validate_json(content)
        except ValidationError as error:
            raise ValueError("it is no seal of this version") from error


def sign(said: dict[str, Any], key: PrivateKey) -> bytes:
    """Write a seal's file.

    Args:
        said: All fields of a `Seal` but the schema, the key and the signature.
        key: The door's key.
    """
    whole = {"schema": SCHEMA, **said, "key": key.public_key}
    unsigned = json.dumps(whole, separators=(",", ":"))[:-1].encode("ascii")
    signature = SigningKey(key.seed).sign(unsigned).signature.hex()
    return unsigned + f',"signature":"{signature}"}}\n'.encode()


def is_signed(content: bytes, trusted: Collection[str]) -> bool:
    """Whether a seal's file is signed by a key that is trusted.

    Args:
        content: The file.
        trusted: Public keys, 32 bytes in base64 each.
    """
    found = _SIGNED.fullmatch(content)
    if found is None:
        return False
    unsigned, signature = found.groups()
    try:
        key = str(json.loads(unsigned + b"}")["key"])
        if key not in trusted:
            return False
        VerifyKey(base64.b64decode(key, validate=True)).verify(
            unsigned, bytes.fromhex(signature.decode())
        )
    except (BadSignatureError, ValueError, TypeError, KeyError):
        return False
    return True


def load_signed(path: Path, key: PrivateKey) -> Seal | None:
    """Read a seal of a door's own; None where it is missing or not as it was signed.

    Args:
        path: The file.
        key: The door's key.

    Raises:
        OSError: It cannot be read.
        AuditError: Another key signed it.
    """
    try:
        content = path.read_bytes()
        seal = Seal.parse(content)
    except (FileNotFoundError, ValueError):
        return None
    if is_signed(content, {key.public_key}):
        return seal
    if is_signed(content, {seal.key}):
        raise AuditError(
            f"the audit log {path.parent} is signed with another key",
            do="keep that log and its public key elsewhere; a new key begins a new folder",
        )
    return None


def digest_of(content: bytes) -> str:
    """What the next seal calls a seal's file by."""
    return hashlib.sha256(content).hexdigest()
