"""Sealing: age files (age-encryption.org/v1, X25519) that only an admin's key opens.

The door holds the public half: whoever takes its card, or is root on it, opens no picture of
before. `age -d -i KEY FILE` opens them too.
"""

import os
import re
from pathlib import Path

import pyrage

from faceidd.clock import wall
from faceidd.durable import replace_file
from faceidd.errors import SnapshotError

MOST_KEY_BYTES = 4096


class Seal:
    """Closes what only the owner of a key can open.

    Args:
        recipient: The public half of that key, `age1...`.

    Raises:
        ValueError: It is none.
    """

    def __init__(self, recipient: str) -> None:
        try:
            self._recipient = pyrage.x25519.Recipient.from_str(recipient)
        except pyrage.RecipientError as error:
            raise ValueError("must be the public half of an age key, age1...") from error

    def close(self, content: bytes) -> bytes:
        """Encrypt."""
        sealed: bytes = pyrage.encrypt(content, [self._recipient])
        return sealed


class Opener:
    """Opens what was sealed to a key.

    Args:
        path: The key's file, as age-keygen writes it, readable by its owner only.

    Raises:
        SnapshotError: It cannot be read, is open to others, or holds no key.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                text = file.read(MOST_KEY_BYTES).decode("ascii", "replace")
        except OSError as error:
            raise SnapshotError(
                f"the key {path} cannot be read: {error.strerror}",
                do="name the key that snapshots are sealed to: --key FILE",
            ) from error
        if mode & 0o077:
            raise SnapshotError(f"the key {path} is open to others", do=f"chmod 600 {path}")
        keys = re.findall(r"^(AGE-SECRET-KEY-1[0-9A-Z]+)\s*$", text, re.MULTILINE)
        try:
            self._keys = [pyrage.x25519.Identity.from_str(key) for key in keys]
        except pyrage.IdentityError:
            self._keys = []  # its text could show a part of the key
        if not self._keys:
            raise SnapshotError(f"{path} holds no key", do="make one: faceidd snapshots keygen")

    def open(self, content: bytes, name: str) -> bytes:
        """Decrypt.

        Args:
            content: A sealed file.
            name: What it is called, for the message.

        Raises:
            SnapshotError: It was sealed to another key, or is damaged.
        """
        try:
            opened: bytes = pyrage.decrypt(content, self._keys)
        except pyrage.DecryptError as error:
            raise SnapshotError(
                f"{name} is damaged, or not sealed to the key in {self._path}",
                do="name the key whose public half was snapshots.recipient then",
            ) from error
        return opened


def make_key(path: Path) -> str:
    """Draw a key and write its file; never over another one.

    Returns:
        Its public half, for `snapshots.recipient`.

    Raises:
        SnapshotError: There is a file of this name, or it cannot be written.
    """
    if path.exists():
        raise SnapshotError(f"{path} exists already", do="give another name, or delete it first")
    key = pyrage.x25519.Identity.generate()
    recipient = str(key.to_public())
    made_at = f"{wall():%Y-%m-%dT%H:%M:%SZ}"
    text = f"# created: {made_at}\n# public key: {recipient}\n{key}\n"
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise SnapshotError(
            f"the key {path} cannot be written: {error.strerror}", do="give a folder that exists"
        ) from error
    return recipient
