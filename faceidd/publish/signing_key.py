"""Signing key: an Ed25519 key that signs metadata, as two files that OpenSSH reads too.

The private file is encrypted with a passphrase, stretched by bcrypt as `ssh-keygen` does it. The
public file is one line, `ssh-ed25519 AAAA... NAME`; it is what other admins are given.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
    load_ssh_public_key,
)
from securesystemslib.signer import CryptoSigner, Key, SSlibKey

from faceidd.durable import replace_file
from faceidd.errors import PublishError

PUBLIC_SUFFIX = ".pub"
LEAST_PASSPHRASE = 12
"""Characters of a passphrase, at least: the file may be stolen and tried at leisure."""
NAME_FIELD = "x-faceidd-name"
"""Field of a key in the metadata with its name; TUF lets fields begin with `x-`."""
MOST_BYTES = 1 << 14
_ROUNDS = 24
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of a signing key.

    Attributes:
        name: What people call it, and its file.
        key: What signatures are verified with.
    """

    name: str
    key: SSlibKey

    @property
    def id(self) -> str:
        """Its id in the metadata: a digest of the key."""
        return str(self.key.keyid)


def make_key(private: Path, passphrase: str) -> PublicKey:
    """Draw a new key and write both files; never over others.

    Args:
        private: The private file; its name is the key's. The public file lies beside it.
        passphrase: What encrypts the private file.

    Raises:
        PublishError: There are such files, they cannot be written, or the name or the passphrase
            does not serve.
    """
    require_name(private.name)
    if len(passphrase) < LEAST_PASSPHRASE:
        raise PublishError(
            f"the passphrase of {private} has fewer than {LEAST_PASSPHRASE} characters",
            do="take several words that nobody would guess",
        )
    public = private.with_name(private.name + PUBLIC_SUFFIX)
    for path in (private, public):
        if path.exists():
            raise PublishError(f"{path} exists already", do="give another name")
    drawn = Ed25519PrivateKey.generate()
    how = PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(_ROUNDS).build(passphrase.encode())
    line = drawn.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    try:
        content = drawn.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, how)
        replace_file(private, content)
        replace_file(public, line + f" {private.name}\n".encode(), mode=0o644)
    except UnsupportedAlgorithm as error:
        raise _bcrypt_is_missing() from error
    except OSError as error:
        raise PublishError(
            f"the key {private} cannot be written: {error.strerror}",
            do="give a folder that exists and is writable",
        ) from error
    return named(drawn.public_key(), private.name)


def read_public_key(path: Path) -> PublicKey:
    """Read the public file of a key.

    Raises:
        PublishError: It cannot be read, or holds no Ed25519 key with a name.
    """
    line = _read(path, "public key")
    do = "name the .pub file that `faceidd publish key make` wrote"
    try:
        key = load_ssh_public_key(line)
        name = line.decode("utf-8").split(maxsplit=2)[2].strip()
    except (ValueError, IndexError, UnsupportedAlgorithm) as error:
        raise PublishError(f"{path} is no line of a public key and its name", do=do) from error
    if not isinstance(key, Ed25519PublicKey):
        raise PublishError(f"{path} holds no Ed25519 key", do=do)
    require_name(name)
    return named(key, name)


def open_key(private: Path, public: PublicKey, passphrase: str) -> CryptoSigner | None:
    """Decrypt a private key.

    Args:
        private: Its file.
        public: Its public half.
        passphrase: What may have encrypted it.

    Returns:
        What signs with it; None if the passphrase is another.

    Raises:
        PublishError: The file cannot be read, is open to others, or is no such key.
    """
    content = _read(private, "key")
    if private.stat().st_mode & 0o077:
        raise PublishError(f"the key {private} is open to others", do=f"chmod 600 {private}")
    try:
        key = load_ssh_private_key(content, passphrase.encode())
    except UnsupportedAlgorithm as error:
        raise _bcrypt_is_missing() from error
    except (ValueError, TypeError) as error:
        if "checksum" in str(error):
            return None
        raise PublishError(
            f"{private} is no encrypted private key: {error}",
            do="name a key that `faceidd publish key make` made, or encrypt it: ssh-keygen -p",
        ) from error
    if not isinstance(key, Ed25519PrivateKey) or named(key.public_key(), "").id != public.id:
        raise PublishError(
            f"{private} and {private.name}{PUBLIC_SUFFIX} are not of one key",
            do=f"make the public line anew: ssh-keygen -y -f {private}, and the name behind it",
        )
    return CryptoSigner(key, public.key)


def named(key: Ed25519PublicKey, name: str) -> PublicKey:
    """A public key under the name that people call it by; its id does not depend on the name."""
    known = SSlibKey.from_crypto(key)
    known.unrecognized_fields[NAME_FIELD] = name
    return PublicKey(name, known)


def key_name(key: Key) -> str:
    """What people call a key that stands in metadata; the beginning of its id if it has no name."""
    name = key.unrecognized_fields.get(NAME_FIELD)
    return name if isinstance(name, str) and _NAME.fullmatch(name) else str(key.keyid)[:12]


def require_name(name: str) -> None:
    """Refuse what cannot be a key's name.

    Raises:
        PublishError: It has other characters, or too many.
    """
    if not _NAME.fullmatch(name) or name.endswith(PUBLIC_SUFFIX):
        raise PublishError(
            f"{name!r} cannot be the name of a key",
            do="take up to 64 letters, digits, '.', '_' and '-'",
        )


def _read(path: Path, what: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            return file.read(MOST_BYTES)
    except OSError as error:
        raise PublishError(
            f"the {what} {path} cannot be read: {error.strerror}", do="correct its path or owner"
        ) from error


def _bcrypt_is_missing() -> PublishError:
    return PublishError(
        "keys with a passphrase need the package bcrypt",
        do="install what an admin's machine needs: pip install 'faceidd[store]'",
    )
