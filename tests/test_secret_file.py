"""Who may read a file that holds a secret."""

from pathlib import Path

import pytest
from pyrage import x25519

from faceidd.events.command import PrivateKey
from faceidd.events.command_key import key_content, load_key
from faceidd.gallery.key import make_key, read_key
from faceidd.publish.passphrase import read_passphrases
from faceidd.secret_file import is_open_to_others
from faceidd.sync.identity import load_identity


@pytest.mark.parametrize("mode", [0o604, 0o620, 0o610, 0o602, 0o601, 0o666])
def test_a_file_that_others_may_read_or_change_is_open(mode: int) -> None:
    assert is_open_to_others(mode)


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o440, 0o100600, 0o100440])
def test_a_file_of_its_owner_or_as_systemd_shows_it_is_not(mode: int) -> None:
    assert not is_open_to_others(mode)


def test_every_key_is_read_as_a_credential_of_systemd(tmp_path: Path) -> None:
    transport, gallery, signing = (tmp_path / name for name in ("transport", "gallery", "signing"))
    identity = x25519.Identity.generate()
    transport.write_text(f"{identity}\n")
    key, private = make_key(gallery), PrivateKey.generate("front")
    signing.write_bytes(key_content(private))
    words = tmp_path / "passphrase"
    words.write_text("correct horse battery\n")
    for file in (transport, gallery, signing, words):
        file.chmod(0o440)
    assert str(load_identity(transport).secret.to_public()) == str(identity.to_public())
    assert read_key(gallery).secret == key.secret
    assert load_key(signing).seed == private.seed
    assert read_passphrases(words) == ["correct horse battery"]
