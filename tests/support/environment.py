"""Environments made of a lock alone, to see what runs where nothing else is installed."""

import hashlib
import platform
import subprocess
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_INSTALL = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
_LOCKED = ("--require-hashes", "--only-binary=:all:", "--requirement")


def python_of(lock: str) -> Path:
    """The Python of an environment that has what a lock lists, and nothing else of ours.

    It lies in the repository's `var` and is made anew when the lock or Python's version changes.

    Args:
        lock: A file of `requirements`, without its ending.
    """
    listing = ROOT / "requirements" / f"{lock}.txt"
    digest = hashlib.sha256(listing.read_bytes()).hexdigest()
    made_of = f"{digest} {platform.python_version()}"
    folder = ROOT / "var" / f"venv-{lock}"
    python, stamp = folder / "bin" / "python", folder / "made-of"
    if not (stamp.is_file() and stamp.read_text() == made_of):
        venv.create(folder, clear=True, with_pip=True)
        done = subprocess.run(
            [python, *_INSTALL, *_LOCKED, listing],
            check=False,
            capture_output=True,
            text=True,
            timeout=900,
        )
        if done.returncode:
            pytest.fail(f"the environment of {listing} cannot be made: {done.stderr}")
        stamp.write_text(made_of)
    return python
