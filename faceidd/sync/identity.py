"""Identity: the door's own key, which only it can read its galleries with."""

import io
import os
import re
from dataclasses import dataclass
from pathlib import Path

import pyrage

from faceidd.secret_file import is_open_to_others
from faceidd.sync.door_file import fingerprint
from faceidd.sync.refused import Reason, RefusedError

MOST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Identity:
    """An age identity on X25519.

    Attributes:
        secret: The key; never told.
        fingerprint: What the repository calls the door by.
    """

    secret: pyrage.x25519.Identity
    fingerprint: str

    def __repr__(self) -> str:
        return f"Identity({self.fingerprint})"

    def open(self, content: bytes, name: str) -> bytes:
        """Decrypt what was encrypted to this door, among others.

        Args:
            content: An age file.
            name: What it is called, for the message.

        Raises:
            RefusedError: It is not for this door, or is damaged.
        """
        plain = io.BytesIO()
        try:
            # Not `pyrage.decrypt`: of a file for a thousand doors that takes fifty times as long.
            pyrage.decrypt_io(io.BytesIO(content), plain, [self.secret])
        except (pyrage.DecryptError, OSError) as error:
            raise RefusedError(
                Reason.NOT_READABLE,
                f"{name} is not encrypted to this door ({self.fingerprint}), or is damaged",
                do="compare the fingerprint with the admin's register: faceidd provision",
            ) from error
        return plain.getvalue()


def load_identity(path: Path) -> Identity:
    """Read the door's key.

    Args:
        path: A file as age-keygen writes it, closed to others.

    Raises:
        RefusedError: It cannot be read, is open to others, or holds no key.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(MOST_BYTES).decode("ascii", "replace")
    except OSError as error:
        raise RefusedError(
            Reason.SETUP,
            f"the door's key {path} cannot be read: {error.strerror}",
            do="make one with faceidd provision, or correct sync.key_file",
        ) from error
    if is_open_to_others(mode):
        raise RefusedError(
            Reason.SETUP,
            f"the door's key {path} is open to others",
            do=f"chmod 600 {path}; if others may have read it, make a new one and revoke this",
        )
    keys = re.findall(r"^(AGE-SECRET-KEY-1[0-9A-Z]+)\s*$", text, re.MULTILINE)
    try:
        (key,) = keys
        secret = pyrage.x25519.Identity.from_str(key)
    except (ValueError, pyrage.IdentityError):
        raise RefusedError(
            Reason.SETUP,
            f"{path} does not hold one key of a door",
            do="make one with faceidd provision",
        ) from None  # the message could show a part of it
    return Identity(secret, fingerprint(str(secret.to_public())))
