"""Packs as one file."""

import io
import tarfile
from pathlib import Path

import pytest

from faceidd.errors import ModelError
from faceidd.models.pack import load_embedder, load_pack
from faceidd.publish.pack_tar import find_pack, pack_tar
from faceidd.sync.pack import PackPlace


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


@pytest.mark.parametrize(("name", "variant"), [("facenet", "int8"), ("mobilefacenet", "float32")])
def test_a_published_pack_is_one_that_a_door_takes(
    models_dir: Path, tmp_path: Path, name: str, variant: str
) -> None:
    wanted = load_embedder(models_dir, name).manifest.model_id(variant)
    tried: list[str] = []
    place = PackPlace(tmp_path, lambda pack, which: tried.append(f"{pack.manifest.name} {which}"))
    taken = place.put(pack_tar(*find_pack(models_dir, wanted)), wanted)
    assert tried == [f"{name} {variant}"]
    assert place.find(wanted) == taken


def test_a_model_without_a_pack_is_told(models_dir: Path) -> None:
    with pytest.raises(ModelError, match="no pack in"):
        find_pack(models_dir, "0" * 64)
