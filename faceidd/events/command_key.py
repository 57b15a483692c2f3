"""The file of a private key that signs commands: JSON, readable by its owner only."""

import base64
import json
from pathlib import Path

from faceidd.durable import replace_file
from faceidd.errors import ConfigError
from faceidd.events.command import PrivateKey
from faceidd.secret_file import is_open_to_others

MOST_BYTES = 4096
_SEED_BYTES = 32


def save_key(key: PrivateKey, path: Path) -> None:
    """Write a key; never over another file.

    Raises:
        ConfigError: There is a file of this name, or it cannot be written.
    """
    if path.exists():
        raise ConfigError(f"{path} exists already", do="give another name, or delete it first")
    try:
        replace_file(path, key_content(key))
    except OSError as error:
        raise ConfigError(
            f"the key {path} cannot be written: {error.strerror}", do="give a folder that exists"
        ) from error


def key_content(key: PrivateKey) -> bytes:
    """The content of a key's file."""
    seed = base64.b64encode(key.seed).decode()
    return json.dumps({"id": key.id, "seed": seed}).encode() + b"\n"


def load_key(path: Path) -> PrivateKey:
    """Read a key.

    Args:
        path: The file.

    Raises:
        ConfigError: It cannot be read, is open to others, or is none.
    """
    try:
        with path.open("rb") as file:
            mode = path.stat().st_mode
            content = file.read(MOST_BYTES)
    except OSError as error:
        raise ConfigError(
            f"the key {path} cannot be read: {error.strerror}",
            do="make one: faceidd command keygen",
        ) from error
    if is_open_to_others(mode):
        raise ConfigError(f"the key {path} is open to others", do=f"chmod 600 {path}")
    try:
        record = json.loads(content)
        key = PrivateKey(str(record["id"]), base64.b64decode(record["seed"], validate=True))
        if len(key.seed) == _SEED_BYTES:
            return key
    except (ValueError, KeyError, TypeError, RecursionError):
        pass  # told below, without what stands in the file
    raise ConfigError(f"{path} is no key", do="make one: faceidd command keygen")
