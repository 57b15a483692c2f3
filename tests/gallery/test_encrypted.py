"""Encrypted files: what comes back, and that nothing of them can be changed, moved or cut off."""

import os
from pathlib import Path

import pytest
from support.people import embedding, gallery

from faceidd.errors import GalleryError
from faceidd.gallery import encrypted as module
from faceidd.gallery.encrypted import WrongKeyError, encrypted, is_encrypted, read_encrypted
from faceidd.gallery.file import gallery_bytes, load_gallery, load_known_gallery, save_gallery
from faceidd.gallery.key import GalleryKey
from faceidd.gallery.reading import TooLargeError

KEY = GalleryKey(bytes(range(32)))
OTHER = GalleryKey(bytes(32))
MOST = 1 << 20
HEAD, TAG = 56, 16


@pytest.fixture
def chunk(monkeypatch: pytest.MonkeyPatch) -> int:
    """Small chunks, so that small files have several."""
    monkeypatch.setattr(module, "CHUNK", 8)
    return 8


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 16, 17, 100])
def test_content_comes_back_whatever_its_parts(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    for part in (1, 3, 8, 200):
        parts = [content[begin : begin + part] for begin in range(0, size, part)]
        locked = b"".join(encrypted(parts, KEY))
        assert is_encrypted(locked)
        assert len(locked) == HEAD + size + TAG * max(1, -(-size // 8))
        (tmp_path / "file").write_bytes(locked)
        assert bytes(read_encrypted(tmp_path / "file", KEY, MOST)) == content


def test_equal_content_is_never_encrypted_alike() -> None:
    one, other = (b"".join(encrypted([b"content"], KEY)) for _ in range(2))
    assert one[:16] == other[:16]
    assert not {one[begin : begin + 8] for begin in range(16, 48, 8)} & {
        other[begin : begin + 8] for begin in range(16, 48, 8)
    }
    assert one[56:] != other[56:]


def refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises((WrongKeyError, ValueError, TooLargeError)):
        read_encrypted(file, KEY, MOST)


def test_every_changed_byte_and_every_truncation_is_refused(tmp_path: Path, chunk: int) -> None:
    content = b"".join(encrypted([os.urandom(3 * chunk)], KEY))
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        refused(tmp_path / "file", bytes(changed))
        refused(tmp_path / "file", content[:place])
    refused(tmp_path / "file", content + b"x")


def test_chunks_cannot_be_moved_left_out_or_taken_from_another_file(
    tmp_path: Path, chunk: int
) -> None:
    plain = os.urandom(3 * chunk)
    content = b"".join(encrypted([plain], KEY))
    head, rest = content[:HEAD], content[HEAD:]
    first, second, third = (rest[begin : begin + 24] for begin in (0, 24, 48))
    file = tmp_path / "file"
    refused(file, head + second + first + third)
    refused(file, head + first + second + second)
    shorter = head[:-8] + (2 * chunk).to_bytes(8, "little")
    refused(file, shorter + first + second)
    refused(file, shorter + first + third)
    again = b"".join(encrypted([plain], KEY))
    refused(file, head + first + again[HEAD + 24 : HEAD + 48] + third)


def test_a_size_that_does_not_fit_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    head = b"".join(encrypted([b"content"], KEY))[:48]
    (tmp_path / "file").write_bytes(head + (1 << 62).to_bytes(8, "little"))
    with pytest.raises(TooLargeError):
        read_encrypted(tmp_path / "file", KEY, MOST)
    with pytest.raises(ValueError, match="length"):
        read_encrypted(tmp_path / "file", KEY, 1 << 63)


def test_a_gallery_comes_back_with_its_key_only(tmp_path: Path) -> None:
    known = gallery({"Kim": [embedding(1, 0, 0)]})
    locked, plain = tmp_path / "locked", tmp_path / "plain"
    save_gallery(known, locked, KEY)
    save_gallery(known, plain)
    assert b"Kim" not in locked.read_bytes()
    assert locked.stat().st_mode & 0o777 == 0o600
    assert gallery_bytes(load_gallery(locked, KEY)) == gallery_bytes(known)
    assert load_known_gallery(locked, KEY)[1] == load_known_gallery(plain)[1]
    for path, key, fault in (
        (locked, OTHER, "with another key, or changed"),
        (locked, None, "is encrypted"),
        (plain, KEY, "is not encrypted"),
        (tmp_path / "none", KEY, "cannot read the gallery"),
    ):
        with pytest.raises(GalleryError, match=fault):
            load_gallery(path, key)
