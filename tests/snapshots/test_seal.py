"""Who opens what was sealed, and who does not."""

from pathlib import Path

import pytest

from faceidd.errors import SnapshotError
from faceidd.snapshots.seal import Opener, Seal, make_key


def test_only_the_key_opens_what_its_public_half_sealed(tmp_path: Path) -> None:
    recipient = make_key(tmp_path / "key")
    make_key(tmp_path / "other")
    sealed = Seal(recipient).close(b"a picture")
    assert b"a picture" not in sealed
    assert sealed.startswith(b"age-encryption.org/v1\n"), "age itself opens it too"
    assert Opener(tmp_path / "key").open(sealed, "x") == b"a picture"
    with pytest.raises(SnapshotError, match="not sealed to the key"):
        Opener(tmp_path / "other").open(sealed, "x")
    damaged = bytearray(sealed)
    damaged[-1] ^= 1
    with pytest.raises(SnapshotError, match="damaged"):
        Opener(tmp_path / "key").open(bytes(damaged), "x")


def test_a_key_is_its_owners_only_and_replaces_none(tmp_path: Path) -> None:
    key = tmp_path / "key"
    make_key(key)
    assert key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SnapshotError, match="exists already"):
        make_key(key)
    key.chmod(0o644)
    with pytest.raises(SnapshotError, match="open to others"):
        Opener(key)


@pytest.mark.parametrize("content", ["", "AGE-SECRET-KEY-1QQQ\n", "a password\n"])
def test_what_is_no_key_is_told_without_its_content(tmp_path: Path, content: str) -> None:
    key = tmp_path / "key"
    key.write_text(content)
    key.chmod(0o600)
    with pytest.raises(SnapshotError, match="holds no key") as told:
        Opener(key)
    assert not content or content.strip() not in str(told.value)


@pytest.mark.parametrize("path", ["missing", "no/folder"])
def test_files_that_cannot_be_had_are_told(tmp_path: Path, path: str) -> None:
    with pytest.raises(SnapshotError, match="cannot be read"):
        Opener(tmp_path / path)
    with pytest.raises(SnapshotError, match="cannot be written"):
        make_key(tmp_path / "no" / "folder")


@pytest.mark.parametrize("recipient", ["", "age1", "age1" + "q" * 58, "ssh-ed25519 AAAA"])
def test_a_recipient_that_is_none_is_refused(recipient: str) -> None:
    with pytest.raises(ValueError, match="age1"):
        Seal(recipient)
