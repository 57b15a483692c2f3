import os
from pathlib import Path

import pytest

from faceidd.errors import ModelDigestError, ModelError
from faceidd.models.pack import (
    MOST_MANIFEST_BYTES,
    PACKAGED,
    load_detector,
    load_embedder,
    load_pack,
    pack_names,
)

DEB = Path(__file__).parents[2] / "packaging" / "deb.sh"


def file_of(models: Path, part: str) -> Path:
    return models / "tiny" / load_pack(models, "tiny").manifest.files[part].file


def test_a_written_pack_gives_its_files_back(written: Path) -> None:
    pack = load_detector(written, "tiny")
    assert pack.read("near") == b"near network"
    assert pack.read("far") == b"far network"
    pack.verify()


@pytest.mark.parametrize("place", [0, -1])
def test_a_changed_byte_is_refused_by_name_and_digest(written: Path, place: int) -> None:
    path = file_of(written, "near")
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    entry = load_pack(written, "tiny").manifest.files["near"]
    with pytest.raises(ModelDigestError) as caught:
        load_pack(written, "tiny").read("near")
    said = str(caught.value)
    assert str(path) in said
    assert f"expected sha256 {entry.sha256}, found " in said
    assert "faceidd model build tiny" in said
    with pytest.raises(ModelDigestError):
        load_pack(written, "tiny").verify()


def test_a_longer_file_is_refused_without_reading_it_whole(written: Path) -> None:
    path = file_of(written, "near")
    with path.open("ab") as file:
        file.truncate(2**40)
    with pytest.raises(ModelDigestError, match="found more than its 12 bytes"):
        load_pack(written, "tiny").read("near")


def test_a_cut_file_is_refused(written: Path) -> None:
    file_of(written, "near").write_bytes(b"near")
    with pytest.raises(ModelDigestError):
        load_pack(written, "tiny").read("near")


def test_only_the_file_that_is_wanted_must_be_there(written: Path) -> None:
    file_of(written, "near").unlink()
    pack = load_pack(written, "tiny")
    assert pack.read("far") == b"far network"
    with pytest.raises(ModelError, match=r"No such file.*model build tiny"):
        pack.read("near")


def test_a_link_is_not_followed_even_to_the_right_bytes(written: Path) -> None:
    path = file_of(written, "near")
    elsewhere = written / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    with pytest.raises(ModelError, match="cannot be read"):
        load_pack(written, "tiny").read("near")


def test_a_pipe_does_not_block(written: Path) -> None:
    path = file_of(written, "near")
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ModelError, match="no regular file"):
        load_pack(written, "tiny").read("near")


def test_an_unknown_part_names_the_known_ones(written: Path) -> None:
    with pytest.raises(ModelError, match=r"has no middle\. Choose one of: near, far"):
        load_pack(written, "tiny").read("middle")


def test_a_missing_pack_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=f"faceidd model build facenet --models {tmp_path}"):
        load_pack(tmp_path, "facenet")


@pytest.mark.parametrize("name", ["", ".", "..", "../tiny", "tiny/", "/tiny", "Tiny", "tiny\n"])
def test_a_name_cannot_lead_out_of_the_folder(written: Path, name: str) -> None:
    with pytest.raises(ModelError, match="cannot be the name"):
        load_pack(written, name)


def test_a_truncated_manifest_is_refused(written: Path) -> None:
    path = written / "tiny" / "manifest.json"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ModelError, match=r"manifest.json is damaged: .*model build tiny"):
        load_pack(written, "tiny")


def test_every_problem_of_a_manifest_is_told(written: Path) -> None:
    path = written / "tiny" / "manifest.json"
    text = path.read_text().replace('"license": "MIT"', '"price": "MIT"', 1)
    path.write_text(text.replace('"schema_version": 1', '"schema_version": 7'))
    with pytest.raises(ModelError) as caught:
        load_pack(written, "tiny")
    for place in ("schema_version: ", "files.near.license: ", "files.near.price: "):
        assert place in str(caught.value)


def test_an_endless_manifest_is_refused(written: Path) -> None:
    path = written / "tiny" / "manifest.json"
    path.write_bytes(path.read_bytes() + b" " * MOST_MANIFEST_BYTES)
    with pytest.raises(ModelError, match="is larger than"):
        load_pack(written, "tiny")


def test_a_deeply_nested_manifest_is_refused(written: Path) -> None:
    (written / "tiny" / "manifest.json").write_bytes(b"[" * MOST_MANIFEST_BYTES)
    with pytest.raises(ModelError, match="is damaged"):
        load_pack(written, "tiny")


def test_a_pack_answers_only_to_its_own_name(written: Path) -> None:
    (written / "tiny").rename(written / "facenet")
    with pytest.raises(ModelError, match="belongs to a pack named tiny"):
        load_pack(written, "facenet")


def test_kinds_are_not_taken_for_each_other(models_dir: Path) -> None:
    with pytest.raises(ModelError, match="is a detector, not an embedder"):
        load_embedder(models_dir, "blazeface")
    with pytest.raises(ModelError, match="is an embedder, not a detector"):
        load_detector(models_dir, "facenet")


def test_packs_are_found_by_their_folders(written: Path) -> None:
    (written / "lost+found").mkdir()
    (written / "notes").write_text("no pack")
    assert pack_names(written) == ("tiny",)
    assert pack_names(written / "nowhere") == ()


def test_a_door_without_a_pack_is_told_how_to_get_it(tmp_path: Path) -> None:
    assert f"for pack in {' '.join(PACKAGED)}; do" in DEB.read_text()
    for name, packaged in (("facenet", True), ("sface", False)):
        with pytest.raises(ModelError) as caught:
            load_pack(tmp_path, name)
        assert ("install the package faceidd-models" in caught.value.do) is packaged
        assert f"faceidd model build {name} --models {tmp_path}" in caught.value.do
