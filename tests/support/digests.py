"""Digests of files, as records name them."""

import hashlib
from pathlib import Path


def digest_of(file: Path) -> str:
    """SHA-256 of a file, in hex."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
