"""Small archives of both kinds, each with one network inside."""

import hashlib
import io
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from faceidd.models.archives import Archive, ArchiveKind

NETWORK = b"a network"
# Of one platform only, as the portraits' wheels are.
TAG = "cp311-cp311-manylinux2014_x86_64"


@dataclass(frozen=True)
class Tiny:
    """An archive on the disk, and how it is pinned."""

    path: Path
    archive: Archive
    member: str


def tiny(kind: ArchiveKind, folder: Path, *, extra: bytes = b"") -> Tiny:
    """Write an archive into a folder; `extra` makes it another one with the same network."""
    write = _wheel if kind == "wheel" else _npm_package
    path, distribution, member = write(folder, extra)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    members = {member: hashlib.sha256(NETWORK).hexdigest()}
    return Tiny(path, Archive(distribution, digest, members, kind), member)


def _wheel(folder: Path, extra: bytes) -> tuple[Path, str, str]:
    path, member = folder / f"tiny_faces-1.0-{TAG}.whl", "tiny_faces/net.bin"
    about = "tiny_faces-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(member, NETWORK)
        wheel.writestr("tiny_faces/__init__.py", b"raise RuntimeError('was imported')" + extra)
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny-faces\nVersion: 1.0")
        wheel.writestr(f"{about}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {TAG}")
        wheel.writestr(f"{about}/RECORD", "")
    return path, "tiny-faces==1.0", member


def _npm_package(folder: Path, extra: bytes) -> tuple[Path, str, str]:
    path, member = folder / "tiny-faces-1.0.0.tgz", "package/net.bin"
    with tarfile.open(path, "w:gz") as package:
        for name, content in (
            ("package/package.json", b'{"name": "tiny-faces", "version": "1.0.0"}' + extra),
            (member, NETWORK),
        ):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            package.addfile(entry, io.BytesIO(content))
    return path, "tiny-faces@1.0.0", member
