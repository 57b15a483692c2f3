"""Packs as one file."""

import io
import tarfile
from pathlib import Path

import pytest

from faceidd.errors import ModelError
from faceidd.models.pack import load_embedder, load_pack
from faceidd.publish.pack_tar import find_pack, pack_tar


def test_a_pack_is_the_same_file_each_time_and_holds_one_variant(
    models_dir: Path, tmp_path: Path
) -> None:
    wanted = load_embedder(models_dir, "facenet").manifest.model_id("int8")
    pack, variant = find_pack(models_dir, wanted)
    assert variant == "int8"
    content = pack_tar(pack, variant)
    assert content == pack_tar(pack, variant)
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        assert {(one.mode, one.mtime, one.uid, one.isfile()) for one in tar} == {
            (0o644, 0, 0, True)
        }
        (tmp_path / "facenet").mkdir()
        tar.extractall(tmp_path / "facenet", filter="data")
    unpacked = load_embedder(tmp_path, "facenet")
    assert list(unpacked.manifest.files) == ["int8"]
    assert unpacked.manifest.model_id("int8") == wanted
    load_pack(tmp_path, "facenet").verify()


def test_a_model_without_a_pack_is_told(models_dir: Path) -> None:
    with pytest.raises(ModelError, match="no pack in"):
        find_pack(models_dir, "0" * 64)
