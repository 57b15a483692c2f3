"""Pack tar: a model pack as one file, the same to the byte wherever it is made."""

import io
import tarfile
from pathlib import Path

from faceidd.errors import ModelError
from faceidd.models.manifest import EmbedderManifest
from faceidd.models.pack import MANIFEST, Pack, load_pack, pack_names


def find_pack(models: Path, model_id: str) -> tuple[Pack[EmbedderManifest], str]:
    """Find the pack of a model.

    Args:
        models: Folder of packs.
        model_id: Digest of the model.

    Returns:
        The pack, and which of its variants is the model.

    Raises:
        ModelError: No pack there has it, or one is damaged.
    """
    for name in pack_names(models):
        pack = load_pack(models, name)
        manifest = pack.manifest
        if isinstance(manifest, EmbedderManifest):
            for variant in manifest.files:
                if manifest.model_id(variant) == model_id:
                    return Pack(pack.folder, manifest), variant
    raise ModelError(
        f"no pack in {models} is the model {model_id[:12]}, which doors run",
        do="build it (faceidd model build), or name the folder where it is: --models DIR",
    )


def pack_tar(pack: Pack[EmbedderManifest], variant: str) -> bytes:
    """A pack with one variant: its manifest, which names only that, and the variant's file.

    A calibration that lies in the pack's folder is left out: it holds embeddings of strangers, and
    everybody may read a published pack.

    Args:
        pack: The pack.
        variant: Which variant.

    Raises:
        ModelDigestError: The file is not the one that the manifest names.
        ModelError: The file cannot be read.
    """
    entry = pack.manifest.files[variant]
    alone = pack.manifest.model_copy(update={"files": {variant: entry}})
    text = alone.model_dump_json(indent=2) + "\n"
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in ((MANIFEST, text.encode()), (entry.file, pack.read(variant))):
            member = tarfile.TarInfo(name)  # of nobody, in 1970
            member.size, member.mode = len(content), 0o644
            tar.addfile(member, io.BytesIO(content))
    return made.getvalue()
