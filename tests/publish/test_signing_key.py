"""Keys as files, and their passphrases."""

import os
import subprocess
from pathlib import Path

import pytest

from faceidd.errors import PublishError
from faceidd.publish.keyring import Keyring, key_files
from faceidd.publish.passphrase import Passphrases, read_passphrases
from faceidd.publish.signing_key import make_key, open_key, read_public_key

PASSPHRASE = "not to be guessed"  # noqa: S105 - it opens what the test makes


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key's private file."""
    path = tmp_path_factory.mktemp("keys") / "ada"
    make_key(path, PASSPHRASE)
    return path


def test_a_key_is_two_files_that_openssh_reads(private: Path) -> None:
    public = private.with_name("ada.pub")
    assert private.stat().st_mode & 0o777 == 0o600
    listed = subprocess.run(
        ["ssh-keygen", "-y", "-P", PASSPHRASE, "-f", private], capture_output=True, check=True
    )
    assert public.read_bytes().split()[:2] == listed.stdout.split()[:2]
    assert read_public_key(public).name == "ada"


def test_only_its_passphrase_opens_a_key(private: Path) -> None:
    public = read_public_key(private.with_name("ada.pub"))
    assert open_key(private, public, "another passphrase") is None
    assert open_key(private, public, PASSPHRASE) is not None
    ring = Keyring(key_files(private.parent), Passphrases(["another passphrase"]))
    assert ring.signer(public.id) is None
    with pytest.raises(PublishError, match="no passphrase opens"):
        ring.require_opened([public.id])
    ring.require_opened(["0" * 64])
    asked = []

    def ask(name: str) -> str:
        asked.append(name)
        return PASSPHRASE

    ring = Keyring([private], Passphrases(ask=ask))
    assert ring.signer(public.id) is ring.signer(public.id) is not None
    assert asked == ["ada"]
    assert ring.signer("0" * 64) is None


def test_a_key_is_never_written_over_another(private: Path) -> None:
    with pytest.raises(PublishError, match="exists already"):
        make_key(private, PASSPHRASE)
    with pytest.raises(PublishError, match="fewer than 12 characters"):
        make_key(private.with_name("bo"), "guessed")
    with pytest.raises(PublishError, match="cannot be the name"):
        make_key(private.with_name("bo.pub"), PASSPHRASE)


def test_a_file_that_is_no_key_is_told(private: Path, tmp_path: Path) -> None:
    public = read_public_key(private.with_name("ada.pub"))
    other = tmp_path / "other"
    other.write_bytes(b"no key")
    other.chmod(0o600)
    with pytest.raises(PublishError, match="no encrypted private key"):
        open_key(other, public, PASSPHRASE)
    other.write_bytes(private.read_bytes())
    other.chmod(0o640)
    with pytest.raises(PublishError, match="open to others"):
        open_key(other, public, PASSPHRASE)
    for content in (b"", b"ssh-ed25519 AAAA ada", b"ssh-ed25519"):
        (tmp_path / "bad.pub").write_bytes(content)
        with pytest.raises(PublishError, match=r"no line of a public key"):
            read_public_key(tmp_path / "bad.pub")
    with pytest.raises(PublishError, match="cannot be read"):
        read_public_key(tmp_path / "none.pub")


def test_passphrases_come_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "passphrases"
    file.write_text("one phrase\n\nanother phrase\n")
    file.chmod(0o644)
    with pytest.raises(PublishError, match="open to others"):
        read_passphrases(file)
    file.chmod(0o600)
    assert read_passphrases(file) == ["one phrase", "another phrase"]
    monkeypatch.delenv("FACEIDD_PASSPHRASE", raising=False)
    assert read_passphrases(None) == []
    monkeypatch.setenv("FACEIDD_PASSPHRASE", "of the environment")
    assert read_passphrases(None) == ["of the environment"]
    os.truncate(file, 0)
    with pytest.raises(PublishError, match="is empty"):
        read_passphrases(file)
    with pytest.raises(PublishError, match="no passphrase for the new key"):
        Passphrases().new("ada")
