"""Pack: the model that a synced gallery was made with, beside the packs that an admin copied.

Each lies in a folder of its model's id, so that no synced pack takes the place of one that runs.
A published pack is a tar file; nothing of it is believed before its manifest's digests are met and
the digest of the model is the one that was signed.
"""

import io
import re
import shutil
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from faceidd.durable import sync_folder
from faceidd.errors import ModelError
from faceidd.models.manifest import EmbedderManifest
from faceidd.models.pack import MANIFEST, MOST_MANIFEST_BYTES, Pack, load_embedder, pack_names
from faceidd.models.packing import write_pack
from faceidd.sync.refused import Reason, RefusedError
from faceidd.sync.trial import unfit

FOLDER = ".synced"
"""In the folder of model packs; not a name that a pack can have."""
MOST_MEMBERS = 16
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}")
_REGULAR = frozenset({tarfile.REGTYPE, tarfile.AREGTYPE})
# The last two: `tarfile` follows headers of long names one within another.
_DAMAGES = (tarfile.TarError, EOFError, OSError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class SyncedModel:
    """A model among the synced packs.

    Attributes:
        folder: Folder of packs that holds its pack.
        pack: The pack's name.
        variant: Which of its variants it is.
        id: The model's digest.
    """

    folder: Path
    pack: str
    variant: str
    id: str


@dataclass(frozen=True, slots=True)
class PackPlace:
    """Where synced packs lie.

    Attributes:
        models: Folder of model packs.
        try_out: Runs a model once on a picture; a ModelError says that it does not serve.
    """

    models: Path
    try_out: Callable[[Pack[EmbedderManifest], str], None]

    def find(self, model_id: str) -> SyncedModel | None:
        """A model among the synced packs; None where it is not there."""
        return find_synced(self.models, model_id)

    def put(self, tar: bytes, model_id: str) -> SyncedModel:
        """Verify a pack, put it in place, and try it.

        Args:
            tar: The published file.
            model_id: The model that it must hold.

        Raises:
            RefusedError: It is not a pack of that model, cannot be written, or does not serve.
        """
        manifest, contents = unpacked(tar)
        folder = self.models / FOLDER / model_id
        try:
            variant = next(one for one in manifest.files if manifest.model_id(one) == model_id)
        except StopIteration:
            raise unfit("the pack is of another model than its name says") from None
        try:
            write_pack(folder, manifest, contents)
            for one in (folder.parent, self.models, self.models.parent):
                sync_folder(one)
        except (ModelError, OSError) as error:
            raise RefusedError(
                Reason.DISK,
                f"the pack cannot be written to {folder}: {error}",
                do="check the owner of models.dir, and the free space",
            ) from error
        try:
            pack = load_embedder(folder, manifest.name)
            pack.verify()
            self.try_out(pack, variant)
        except ModelError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise unfit(error.what) from error
        return SyncedModel(folder, manifest.name, variant, model_id)

    def keep_only(self, *model_ids: str) -> None:
        """Remove the packs of all other models."""
        with suppress(OSError):
            for one in (self.models / FOLDER).iterdir():
                if one.name not in model_ids:
                    shutil.rmtree(one, ignore_errors=True)


def find_synced(models: Path, model_id: str) -> SyncedModel | None:
    """A model among the synced packs of a folder; None where it is not there, or not whole."""
    folder = models / FOLDER / model_id
    with suppress(ModelError):
        for name in pack_names(folder):
            pack = load_embedder(folder, name)
            for variant in pack.manifest.files:
                if pack.manifest.model_id(variant) == model_id:
                    pack.read(variant)
                    return SyncedModel(folder, name, variant, model_id)
    return None


def unpacked(tar: bytes) -> tuple[EmbedderManifest, Mapping[str, bytes]]:
    """The manifest of a pack, and the content of its files by the manifest's keys.

    Raises:
        RefusedError: It is no tar file of one pack, or holds links, folders, or more than that.
    """
    try:
        members = dict(_members(tar))
        manifest = EmbedderManifest.model_validate_json(members.pop(MANIFEST)[:MOST_MANIFEST_BYTES])
        contents = {part: members.pop(entry.file) for part, entry in manifest.files.items()}
    except KeyError as error:
        raise unfit(f"the pack has no {error}") from error
    except (*_DAMAGES, ValidationError) as error:
        raise unfit(f"the pack cannot be unpacked: {type(error).__name__}") from error
    if members:
        raise unfit(f"the pack holds what its manifest does not name: {min(members)}")
    return manifest, contents


def _members(tar: bytes) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(tar), mode="r:") as opened:
        for number, member in enumerate(opened):
            # Sparse files would grow to whatever they claim.
            plain = member.type in _REGULAR and not member.issparse()
            if not plain or not _PLAIN.fullmatch(member.name) or number >= MOST_MEMBERS:
                raise unfit("the pack holds a link, a folder, or too much")
            file = opened.extractfile(member)
            content = b"" if file is None else file.read(len(tar))
            if len(content) != member.size:
                raise unfit("the pack is cut off")
            yield member.name, content
