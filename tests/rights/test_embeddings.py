"""Kept embeddings: what is taken out, and what stays."""

from pathlib import Path

import numpy as np
import pytest

from faceidd.enroll.embedding_cache import EmbeddingCache, PhotoEmbedding
from faceidd.rights.embeddings import Untaken, forget_embeddings

KIM, LEE, WALL = ("1" * 64, "2" * 64, "3" * 64)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with EmbeddingCache.opened(tmp_path / f"{'0' * 64}.npz") as cache:
        cache.put(KIM, PhotoEmbedding(np.array([1, 0], np.float32), 2.0, 1.0))
        cache.put(LEE, PhotoEmbedding(np.array([0, 1], np.float32), 3.0, 0.5))
        cache.put(WALL, "no_face")
    return tmp_path / f"{'0' * 64}.npz"


def test_a_persons_photos_are_taken_out_and_the_others_stay(file: Path) -> None:
    assert forget_embeddings(file, {KIM, WALL}) == 2
    content = file.read_bytes()
    for digest in (KIM, WALL):
        assert digest.encode("utf-32-le") not in content
    with EmbeddingCache.opened(file) as cache:
        assert cache.get(KIM) is None
        assert cache.get(WALL) is None
        kept = cache.get(LEE)
    assert isinstance(kept, PhotoEmbedding)
    assert (kept.vector.tolist(), kept.norm, kept.weight) == ([0, 1], 3.0, 0.5)


def test_a_file_without_them_is_not_written(file: Path) -> None:
    before = file.stat().st_mtime_ns, file.read_bytes()
    assert forget_embeddings(file, {"4" * 64}) == 0
    assert (file.stat().st_mtime_ns, file.read_bytes()) == before


@pytest.mark.parametrize("name", [f"{'0' * 64}.npz", f"door.{'0' * 16}.unfinished.npz"])
@pytest.mark.parametrize("content", [b"", b"torn", b"PK\x03\x04 torn"])
def test_a_damaged_file_of_ours_is_removed(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    assert forget_embeddings(file, {KIM}) is Untaken.REMOVED
    assert not file.exists()


def test_a_file_of_another_form_and_name_is_left(tmp_path: Path) -> None:
    file = tmp_path / "thesis.npz"
    np.savez(file, measured=np.arange(3))
    before = file.read_bytes()
    assert forget_embeddings(file, {KIM}) is Untaken.FOREIGN
    assert file.read_bytes() == before
