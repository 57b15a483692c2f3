"""Secret: the hash of a PIN or a card, so that a policy file does not tell them.

scrypt (RFC 7914) with n = 2^14, r = 8, p = 1: 16 MiB and some tenths of a second on a board. A
short PIN can still be found by trying all: who can read the hash needs no more tries than there are
PINs. The file is therefore kept like the gallery. Pure but for the salt that it draws.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re

PATTERN = r"^scrypt\$16384\$8\$1\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=$"
"""What a hash looks like: parameters, salt of 16 bytes and key of 32 in base64."""
MOST_LETTERS = 64
"""Longest secret that is looked at."""

_PARAMETERS = "scrypt$16384$8$1"
_SALT_BYTES, _KEY_BYTES = 16, 32


def hash_secret(secret: str, salt: bytes | None = None) -> str:
    """Hash a PIN, or what a card reader types.

    Args:
        secret: The PIN or card.
        salt: 16 bytes; None draws some.

    Raises:
        ValueError: The secret is empty or too long, or the salt has another length.
    """
    if not 0 < len(secret) <= MOST_LETTERS:
        raise ValueError(f"a secret has 1 to {MOST_LETTERS} letters")
    salt = os.urandom(_SALT_BYTES) if salt is None else salt
    if len(salt) != _SALT_BYTES:
        raise ValueError(f"a salt has {_SALT_BYTES} bytes")
    return f"{_PARAMETERS}${_text(salt)}${_text(_key(secret, salt))}"


def is_secret(secret: str, hashed: str) -> bool:
    """Whether a secret is the one that was hashed; takes as long for a wrong one as for the right.

    Never fails: what is no hash, and what is no secret, fits nothing.
    """
    if not 0 < len(secret) <= MOST_LETTERS or not re.fullmatch(PATTERN, hashed):
        return False
    salt, key = hashed.split("$")[-2:]
    try:
        return hmac.compare_digest(_key(secret, base64.b64decode(salt)), base64.b64decode(key))
    except (binascii.Error, UnicodeEncodeError):
        return False


def _key(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=salt, n=2**14, r=8, p=1, dklen=_KEY_BYTES)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
