"""The key of a device: made once, read by its owner only, never shown."""

from pathlib import Path

import pytest

from faceidd.errors import GalleryError
from faceidd.gallery.key import GalleryKey, make_key, read_key


def test_a_key_is_made_and_read(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key = make_key(path)
    assert read_key(path) == key
    assert len(key.secret) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert make_key(tmp_path / "other") != key


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key = make_key(path)
    with pytest.raises(GalleryError, match="exists already"):
        make_key(path)
    assert read_key(path) == key
    with pytest.raises(GalleryError, match="cannot write the key"):
        make_key(tmp_path / "none" / "key")


def test_a_key_is_never_shown() -> None:
    assert repr(GalleryKey(b"s" * 32)) == str(GalleryKey(b"s" * 32)) == "GalleryKey(********)"


@pytest.mark.parametrize("mode", [0o604, 0o620, 0o610, 0o602])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    make_key(tmp_path / "key")
    (tmp_path / "key").chmod(mode)
    with pytest.raises(GalleryError, match="open to others"):
        read_key(tmp_path / "key")


def test_a_key_as_systemd_hands_it_over_is_read(tmp_path: Path) -> None:
    key = make_key(tmp_path / "key")
    (tmp_path / "key").chmod(0o440)
    assert read_key(tmp_path / "key") == key


@pytest.mark.parametrize("size", [0, 31, 33])
def test_what_is_no_key_is_refused(tmp_path: Path, size: int) -> None:
    (tmp_path / "key").touch(0o600)
    (tmp_path / "key").write_bytes(bytes(size))
    with pytest.raises(GalleryError, match="is no key"):
        read_key(tmp_path / "key")
    with pytest.raises(GalleryError, match="cannot read the gallery's key"):
        read_key(tmp_path / "none")
