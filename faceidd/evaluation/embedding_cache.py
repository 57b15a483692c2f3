"""Embeddings kept between runs: one file a model and its settings, one row a photo's content."""

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


@dataclass(frozen=True, slots=True, eq=False)
class Look:
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
        known: That, to begin with; a text says why there is no embedding.
    """

    def __init__(self, known: dict[str, Look | str] | None = None) -> None:
        self._known = known or {}
        self._changed = False

    @classmethod
    @contextmanager
    def opened(cls, folder: Path | None, key: str) -> Iterator["EmbeddingCache"]:
        """Read a model's file, and write it again in the end if there is something new.

        What was found before an interruption is kept too. A file that is torn or of another form
        is told in the log and made anew.

        Args:
            folder: Where the file lies; None for a cache that lasts as long as the context.
            key: Digest of the model and its settings.

        Raises:
            OSError: The file cannot be written.
        """
        file = None if folder is None else folder / f"{key}.npz"
        cache = cls(None if file is None else _read(file))
        try:
            yield cache
        finally:
            if file is not None and cache._changed:
                file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                replace_file(file, _content(cache._known))

    def get(self, digest: str) -> Look | str | None:
        """What was said of a photo, None if it is new."""
        return self._known.get(digest)

    def put(self, digest: str, look: Look | str) -> None:
        """Remember what is said of a photo."""
        self._known[digest] = look
        self._changed = True


def _content(known: dict[str, Look | str]) -> bytes:
    looks = {digest: look for digest, look in known.items() if not isinstance(look, str)}
    refused = {digest: look for digest, look in known.items() if isinstance(look, str)}
    vectors = [look.vector for look in looks.values()]
    buffer = BytesIO()
    np.savez(
        buffer,
        digests=np.array(list(looks), "U64"),
        vectors=np.stack(vectors) if vectors else np.empty((0, 0), np.float32),
        norms=np.array([look.norm for look in looks.values()], np.float32),
        weights=np.array([look.weight for look in looks.values()], np.float32),
        refused=np.array(list(refused), "U64"),
        reasons=np.array(list(refused.values()), "U32"),
    )
    return buffer.getvalue()


def _read(file: Path) -> dict[str, Look | str]:
    try:
        with file.open("rb") as content, np.load(content, allow_pickle=False) as tables:
            return _known(tables)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        _log.warning("the cached embeddings in %s are made anew: %s", file, error)
        return {}


def _known(tables: "np.lib.npyio.NpzFile") -> dict[str, Look | str]:
    vectors, norms, weights = tables["vectors"], tables["norms"], tables["weights"]
    if vectors.dtype != np.float32 or not np.isfinite(vectors).all():
        raise ValueError("its embeddings are no numbers")
    known: dict[str, Look | str] = {
        str(digest): Look(vector, float(norm), float(weight))
        for digest, vector, norm, weight in zip(
            tables["digests"], vectors, norms, weights, strict=True
        )
    }
    refused = zip(tables["refused"], tables["reasons"], strict=True)
    return known | {str(digest): str(reason) for digest, reason in refused}
