"""Embeddings kept between runs: one file a model and its settings, one row a photo's content.

The file holds what tells people apart: it is readable by its owner only.
"""

import logging
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faceidd.durable import replace_file

_log = logging.getLogger(__name__)

SAVED_EVERY = 256
"""New photos after which the file is written at the latest, while it is small."""
SAVED_SHARE = 8
"""Later it is written when it has grown by this part, so that writing stays a small work."""


@dataclass(frozen=True, slots=True, eq=False)
class PhotoEmbedding:
    """What a model says of the subject of a photo.

    Attributes:
        vector: float32 (D,), unit norm.
        norm: Its raw length.
        weight: How much it counts where several are fused, above 0, at most 1.
    """

    vector: NDArray[np.float32]
    norm: float
    weight: float


class EmbeddingCache:
    """What one model said of photos before, by the digest of each photo's file.

    Args:
        file: Where it is kept; None for a cache that lasts as long as this object.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._known = {} if file is None else _read(file)
        self._new = 0

    @classmethod
    @contextmanager
    def opened(cls, file: Path | None) -> Iterator["EmbeddingCache"]:
        """Read a file, and write it again now and then, and in the end, if there is something new.

        What was found before an interruption is kept too. A file that is torn or of another form
        is told in the log and made anew; so is one that cannot be written, and the work goes on.

        Args:
            file: The file, named after the model and its settings; its folder is made where it is
                missing. None for a cache that lasts as long as the context.
        """
        cache = cls(file)
        try:
            yield cache
        finally:
            cache.save()

    def get(self, digest: str) -> PhotoEmbedding | str | None:
        """What was said of a photo, a text where it says why nothing was; None if it is new."""
        return self._known.get(digest)

    def put(self, digest: str, said: PhotoEmbedding | str) -> None:
        """Remember what is said of a photo."""
        self._known[digest] = said
        self._new += 1
        if self._new >= max(SAVED_EVERY, len(self._known) // SAVED_SHARE):
            self.save()

    def save(self) -> None:
        """Write the file if there is something new."""
        if self._file is None or not self._new:
            return
        self._new = 0
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            replace_file(self._file, _content(self._known))
        except OSError as error:
            _log.warning("embeddings are not kept in %s: %s", self._file, error.strerror)


def _content(known: dict[str, PhotoEmbedding | str]) -> bytes:
    seen = {digest: one for digest, one in known.items() if not isinstance(one, str)}
    refused = {digest: one for digest, one in known.items() if isinstance(one, str)}
    vectors = [one.vector for one in seen.values()]
    buffer = BytesIO()
    np.savez(
        buffer,
        digests=np.array(list(seen), "U64"),
        vectors=np.stack(vectors) if vectors else np.empty((0, 0), np.float32),
        norms=np.array([one.norm for one in seen.values()], np.float64),
        weights=np.array([one.weight for one in seen.values()], np.float64),
        refused=np.array(list(refused), "U64"),
        reasons=np.array(list(refused.values()), "U32"),
    )
    return buffer.getvalue()


def _read(file: Path) -> dict[str, PhotoEmbedding | str]:
    try:
        with file.open("rb") as content, np.load(content, allow_pickle=False) as tables:
            return _known(tables)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        _log.warning("the cached embeddings in %s are made anew: %s", file, error)
        return {}


def _known(tables: "np.lib.npyio.NpzFile") -> dict[str, PhotoEmbedding | str]:
    vectors, norms, weights = tables["vectors"], tables["norms"], tables["weights"]
    if vectors.dtype != np.float32 or not np.isfinite(vectors).all():
        raise ValueError("its embeddings are no numbers")
    known: dict[str, PhotoEmbedding | str] = {
        str(digest): PhotoEmbedding(vector, float(norm), float(weight))
        for digest, vector, norm, weight in zip(
            tables["digests"], vectors, norms, weights, strict=True
        )
    }
    refused = zip(tables["refused"], tables["reasons"], strict=True)
    return known | {str(digest): str(reason) for digest, reason in refused}
