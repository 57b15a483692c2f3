"""Pack: a model's folder on disk, read so that what was verified is what is run.

`manifest.json` names every other file by digest. A file is read once, its digest is compared,
and those same bytes go to the interpreter; nothing is opened a second time. Who wrote the
manifest is not checked here: the folder's permissions are the admin's.
"""

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from faceidd.errors import ModelDigestError, ModelError
from faceidd.models.manifest import PACK_NAME, DetectorManifest, EmbedderManifest, Manifest

MANIFEST = "manifest.json"
MOST_MANIFEST_BYTES = 64 * 1024
PACKAGED = ("blazeface", "facenet", "mtcnn")
"""What the Debian package faceidd-models brings."""
_ADAPTER: TypeAdapter[EmbedderManifest | DetectorManifest] = TypeAdapter(Manifest)

Kind_co = TypeVar("Kind_co", bound=EmbedderManifest | DetectorManifest, covariant=True)


@dataclass(frozen=True, slots=True)
class Pack(Generic[Kind_co]):
    """A pack whose manifest was read; its files are verified as they are read.

    Attributes:
        folder: The pack's folder.
        manifest: What it holds.
    """

    folder: Path
    manifest: Kind_co

    def read(self, part: str) -> bytes:
        """Content of one file, its size and digest verified.

        Args:
            part: Variant of an embedder (`int8`), part of a detector (`short_range`).

        Raises:
            ModelDigestError: The file is not the one that the manifest names.
            ModelError: The pack has no such part, or the file is missing or unreadable.
        """
        entry = self.manifest.files.get(part)
        if entry is None:
            raise ModelError(
                f"model pack {self.manifest.name} has no {part}",
                do=f"choose one of: {', '.join(self.manifest.files)}",
            )
        path = self.folder / entry.file
        content = _read(path, entry.size_bytes, self.manifest.name)
        found = hashlib.sha256(content).hexdigest()
        if len(content) > entry.size_bytes:
            found = f"more than its {entry.size_bytes} bytes"
        if found != entry.sha256:
            raise ModelDigestError(
                f"{path} is not the file that its manifest names:"
                f" expected sha256 {entry.sha256}, found {found}",
                do=_rebuild(self.manifest.name),
            )
        return content

    def verify(self) -> None:
        """Read every file.

        Raises:
            ModelDigestError: A file is not the one that the manifest names.
            ModelError: A file is missing or unreadable.
        """
        for part in self.manifest.files:
            self.read(part)


def pack_names(models: Path) -> tuple[str, ...]:
    """Names of the packs in a folder, in order; a folder that does not exist holds none.

    Raises:
        ModelError: The folder cannot be read.
    """
    try:
        found = [path.name for path in models.iterdir() if path.is_dir()]
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ModelError(
            f"the folder of model packs {models} cannot be read: {error.strerror}",
            do="check its owner, or name another folder",
        ) from error
    return tuple(sorted(name for name in found if re.fullmatch(PACK_NAME, name)))


def load_pack(models: Path, name: str) -> Pack[EmbedderManifest | DetectorManifest]:
    """Read a pack's manifest.

    Args:
        models: Folder of packs.
        name: The pack's name, which is its folder's.

    Raises:
        ModelError: There is no such pack, or its manifest is damaged.
    """
    if not re.fullmatch(PACK_NAME, name):
        raise ModelError(f"{name!r} cannot be the name of a model pack", do="correct the name")
    folder = models / name
    if not folder.is_dir():
        raise ModelError(
            f"there is no model pack {name} in {models}",
            do=_bring(name, models),
        )
    path = folder / MANIFEST
    content = _read(path, MOST_MANIFEST_BYTES, name)
    if len(content) > MOST_MANIFEST_BYTES:
        raise ModelError(f"{path} is larger than {MOST_MANIFEST_BYTES} bytes", do=_rebuild(name))
    try:
        manifest = _ADAPTER.validate_json(content)
    except ValidationError as error:
        raise ModelError(f"{path} is damaged: {_problems(error)}", do=_rebuild(name)) from error
    if manifest.name != name:
        raise ModelError(
            f"{path} belongs to a pack named {manifest.name}", do=f"rename {folder} to that name"
        )
    return Pack(folder, manifest)


def load_embedder(models: Path, name: str) -> Pack[EmbedderManifest]:
    """Read the manifest of an embedder; see `load_pack`.

    Raises:
        ModelError: There is no such pack, its manifest is damaged, or it is no embedder.
    """
    pack = load_pack(models, name)
    if not isinstance(pack.manifest, EmbedderManifest):
        raise ModelError(
            f"model pack {name} is a {pack.manifest.kind}, not an embedder",
            do="name an embedder pack, such as facenet",
        )
    return Pack(pack.folder, pack.manifest)


def load_detector(models: Path, name: str) -> Pack[DetectorManifest]:
    """Read the manifest of a detector; see `load_pack`.

    Raises:
        ModelError: There is no such pack, its manifest is damaged, or it is no detector.
    """
    pack = load_pack(models, name)
    if not isinstance(pack.manifest, DetectorManifest):
        raise ModelError(
            f"model pack {name} is an {pack.manifest.kind}, not a detector",
            do="name a detector pack, such as blazeface",
        )
    return Pack(pack.folder, pack.manifest)


def _read(path: Path, most: int, name: str) -> bytes:
    """Content of a regular file of at most `most` bytes, or one byte more of a longer one."""
    try:
        # Not to block on a pipe, and not to be led out of the folder.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
            content = file.read(most + 1) if regular else b""
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}", do=_rebuild(name)) from error
    if not regular:
        raise ModelError(f"{path} is no regular file", do=_rebuild(name))
    return content


def _bring(name: str, models: Path) -> str:
    packaged = "install the package faceidd-models, or " if name in PACKAGED else ""
    return (
        f"on a door, {packaged}copy the pack there from a machine that built it;"
        f" on an admin's machine, build it: faceidd model build {name} --models {models}"
    )


def _rebuild(name: str) -> str:
    return f"copy the pack again, or rebuild it: faceidd model build {name}"


def _problems(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(step) for step in problem['loc']) or 'file'}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)
    )
