import hashlib
from pathlib import Path

import pytest
from support.face_mosaic import face_mosaic

from faceidd.errors import ModelError
from faceidd.models.pack import load_embedder
from faceidd.models.sface import WEIGHTS, build_sface
from faceidd.models.sources import Sources


def test_the_file_becomes_a_pack_unchanged(tmp_path: Path) -> None:
    content = face_mosaic()
    (tmp_path / WEIGHTS).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    build_sface(tmp_path / "packs", Sources(weights=tmp_path), sha256=digest)
    pack = load_embedder(tmp_path / "packs", "sface")
    assert pack.read("float32") == content
    assert pack.manifest.engine == "sface"
    assert pack.manifest.files["float32"].source.member == WEIGHTS


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, r"cannot be read: No such file.*face_recognition_sface_2021dec\.onnx"),
        (b"version https://git-lfs.github.com/spec/v1", "not the published file.*LFS"),
    ],
)
def test_another_file_is_refused_and_nothing_is_written(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / WEIGHTS).write_bytes(content)
    with pytest.raises(ModelError, match=said):
        build_sface(tmp_path / "packs", Sources(weights=tmp_path))
    assert not (tmp_path / "packs").exists()


def test_without_a_folder_the_reader_learns_which_file_to_bring(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"Download https://.*sface_2021dec\.onnx.*--weights"):
        build_sface(tmp_path / "packs", Sources())
