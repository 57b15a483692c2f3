"""Command: what a door may be told to do from afar, signed; JSON on the wire.

What is signed is not the JSON but its canonical bytes: the fields' values in a fixed order, a line
each, under a first line that names form and version. No value can hold a line end, so two
different commands never have the same bytes. Keys are Ed25519 (RFC 8032) by libsodium.
"""

import base64
import re
import secrets
from dataclasses import dataclass
from typing import Annotated, Literal, Self, get_args

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from pydantic import BaseModel, ConfigDict, Field

SCHEMA: Literal["faceidd.command/1"] = "faceidd.command/1"
"""Name and version of the form; a door refuses any other."""
CommandName = Literal["unlock", "lockdown", "release", "reload", "identify"]
COMMANDS: tuple[CommandName, ...] = get_args(CommandName)
MOST_BYTES = 1024
"""A longer message is no command."""

_Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_Moment = Annotated[int, Field(ge=0, lt=1 << 53)]


class Command(BaseModel):
    """A command as it was written, not yet believed.

    Raises:
        ValidationError: A field is missing, of another type, or out of bounds.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, serialize_by_alias=True, validate_by_name=True
    )

    schema_: Annotated[Literal["faceidd.command/1"], Field(alias="schema")]
    """`schema` on the wire."""
    command: CommandName
    door: _Word
    """The one door it is for."""
    key: _Word
    """Id of the key that signed it."""
    nonce: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    """128 random bits: tells a command that comes twice from two commands."""
    issued_at: _Moment
    """When it was signed, in milliseconds since 1970 UTC."""
    expires_at: _Moment
    """From when on nobody may act on it, likewise."""
    signature: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{86}==$")]
    """64 bytes in base64."""

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read a command from its JSON.

        Raises:
            ValueError: It is none.
        """
        if len(payload) > MOST_BYTES:
            raise ValueError(f"a command has at most {MOST_BYTES} bytes")
        return cls.model_validate_json(payload)

    @property
    def visit(self) -> str:
        """What an opening by it is called by, and all that it leads to."""
        return f"command-{self.nonce[:12]}"

    def is_signed_by(self, public_key: str) -> bool:
        """Whether the signature is that key's.

        Args:
            public_key: 32 bytes in base64.
        """
        try:
            key = VerifyKey(base64.b64decode(public_key, validate=True))
            key.verify(_canonical(self), base64.b64decode(self.signature, validate=True))
        except (BadSignatureError, ValueError, TypeError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """What signs commands.

    Attributes:
        id: Its name in the policy's `keys`.
        seed: 32 bytes; whoever has them can sign. Never shown.
    """

    id: str
    seed: bytes

    def __repr__(self) -> str:
        return f"PrivateKey({self.id})"

    @classmethod
    def generate(cls, key: str) -> Self:
        """Draw a new key.

        Raises:
            ValueError: The id is no name of letters, digits, '_' and '-'.
        """
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", key):
            raise ValueError("a key's id has letters, digits, '_' and '-', at most 64")
        return cls(key, bytes(SigningKey.generate()))

    @property
    def public_key(self) -> str:
        """What its signatures are verified with, in base64."""
        return base64.b64encode(bytes(SigningKey(self.seed).verify_key)).decode()

    def sign(self, command: CommandName, door: str, issued_at: int, lifetime_ms: int) -> Command:
        """Write a command.

        Args:
            command: What to do.
            door: Which door is to do it.
            issued_at: Now, in milliseconds since 1970 UTC.
            lifetime_ms: For how long a door may act on it, in milliseconds.

        Raises:
            ValueError: The door's id or the lifetime cannot stand in a command.
        """
        unsigned = Command(
            schema_=SCHEMA,
            command=command,
            door=door,
            key=self.id,
            nonce=secrets.token_hex(16),
            issued_at=issued_at,
            expires_at=issued_at + lifetime_ms,
            signature="A" * 86 + "==",
        )
        signature = SigningKey(self.seed).sign(_canonical(unsigned)).signature
        return unsigned.model_copy(update={"signature": base64.b64encode(signature).decode()})


def _canonical(command: Command) -> bytes:
    lines = (
        SCHEMA, command.door, command.command, command.key, command.nonce,
        str(command.issued_at), str(command.expires_at),
    )  # fmt: skip
    return "\n".join(lines).encode("ascii")
