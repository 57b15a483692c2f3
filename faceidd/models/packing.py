"""Packing: putting a pack on the disk, so that a power cut leaves the old one or the new one."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from faceidd.durable import replace_file, sync_folder
from faceidd.errors import ModelError
from faceidd.models.manifest import DetectorManifest, EmbedderManifest
from faceidd.models.pack import MANIFEST


def file_name(part: str, content: bytes, suffix: str) -> str:
    """Name for a file of a pack, such as `int8-1f3a5c7e.tflite`: no two contents share one."""
    return f"{part}-{hashlib.sha256(content).hexdigest()[:8]}{suffix}"


def write_pack(
    models: Path, manifest: EmbedderManifest | DetectorManifest, contents: Mapping[str, bytes]
) -> Path:
    """Put a pack on the disk, in the place of an older one of that name.

    The manifest is replaced last and in one step. File names hold digests, so a new file never
    overwrites one that the old manifest names: at any moment the folder is the old pack or the
    new one. Whatever else lies in the folder is then removed.

    Args:
        models: Folder of packs; made if missing.
        manifest: The pack's manifest.
        contents: Content of every file, by the same keys as `manifest.files`.

    Returns:
        The pack's folder.

    Raises:
        ModelError: The folder cannot be written; the old pack, if any, is as it was.
    """
    folder = models / manifest.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(models)
        for part, entry in manifest.files.items():
            replace_file(folder / entry.file, contents[part], mode=0o644)
        replace_file(folder / MANIFEST, _text(manifest), mode=0o644)
        kept = {MANIFEST, *(entry.file for entry in manifest.files.values())}
        for path in folder.iterdir():
            if path.name not in kept and not path.is_dir():
                path.unlink()
    except OSError as error:
        raise _not_written(folder, manifest, error) from error
    return folder


def write_manifest(folder: Path, manifest: EmbedderManifest | DetectorManifest) -> None:
    """Put another manifest into a pack, of the same files.

    Raises:
        ModelError: It cannot be written; the old one is as it was.
    """
    try:
        replace_file(folder / MANIFEST, _text(manifest), mode=0o644)
    except OSError as error:
        raise _not_written(folder, manifest, error) from error


def _text(manifest: EmbedderManifest | DetectorManifest) -> bytes:
    return (manifest.model_dump_json(indent=2) + "\n").encode()


def _not_written(
    folder: Path, manifest: EmbedderManifest | DetectorManifest, error: OSError
) -> ModelError:
    return ModelError(
        f"model pack {manifest.name} cannot be written to {folder}: {error.strerror}",
        do="check the folder's owner and the free space, or name another by --models",
    )
