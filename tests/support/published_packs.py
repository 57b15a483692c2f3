"""Model packs as tar files, right and wrong."""

import hashlib
import io
import tarfile
from pathlib import Path

from faceidd.models.manifest import BoxCrop, EmbedderManifest, Normalization, PackFile, Source
from faceidd.models.pack import MANIFEST, load_embedder

NETWORK = b"a network"


def manifest_of(network: bytes = NETWORK, name: str = "tiny") -> EmbedderManifest:
    """A manifest of one file."""
    digest = hashlib.sha256(network).hexdigest()
    source = Source(
        distribution="tiny==1.0", archive_sha256=None, member="net", member_sha256=digest
    )
    file = PackFile(
        file="net.tflite", sha256=digest, size_bytes=len(network), license="MIT", source=source
    )
    return EmbedderManifest(
        name=name,
        files={"int8": file},
        input_px=8,
        color="rgb",
        normalization=Normalization(mean=0.0, scale=1.0),
        crop=BoxCrop(scale=1.0),
        dimension=4,
        thresholds={"cosine": 0.5, "euclidean": 1.0, "euclidean_l2": 1.0, "angular": 0.5},
    )


def tar_of(files: dict[str, bytes], *others: tarfile.TarInfo) -> bytes:
    """A tar file of files, and of members without content."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for member in others:
            tar.addfile(member)
    return made.getvalue()


def published(models: Path, name: str, variant: str) -> bytes:
    """A pack of a folder with one variant, as it is published."""
    pack = load_embedder(models, name)
    entry = pack.manifest.files[variant]
    alone = pack.manifest.model_copy(update={"files": {variant: entry}})
    files = {MANIFEST: alone.model_dump_json().encode(), entry.file: pack.read(variant)}
    return tar_of(files)
