"""Photos of made-up people: files whose embeddings stand in the cache of a door's model."""

import csv
import hashlib
from pathlib import Path

from faceidd.daemon.recognition import Model
from faceidd.enroll.embedding_cache import EmbeddingCache, PhotoEmbedding
from faceidd.evaluation.embedded import Embedded, RecognizerModel


def write_known(embedded: Embedded, folder: Path, model: Model) -> tuple[Path, Path]:
    """Write a file for each photo and what the model would say of it.

    Args:
        embedded: The photos; their paths are relative.
        folder: Where the files go.
        model: The model that is to be spared the work.

    Returns:
        A manifest of the photos, and the folder of the cache.
    """
    manifest, cache = folder / "people.csv", folder / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    key = RecognizerModel(model.recognizer, gate=True).key
    with (
        EmbeddingCache.opened(cache / f"{key}.npz") as known,
        manifest.open("w", newline="") as lines,
    ):
        rows = csv.writer(lines)
        rows.writerow(("path", "set", "identity", "group"))
        for photo, vector, norm in zip(
            embedded.photos, embedded.vectors, embedded.norms, strict=True
        ):
            content = str(photo.path).encode()
            (folder / photo.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / photo.path).write_bytes(content)
            look = PhotoEmbedding(vector, float(norm), 1.0)
            known.put(hashlib.sha256(content).hexdigest(), look)
            rows.writerow((photo.path, photo.set, photo.identity, photo.group))
    return manifest, cache
