"""A door draws its keys."""

import base64
from pathlib import Path

import pyrage
import pytest
from nacl.signing import SigningKey
from support.stored import NOW

from faceidd.errors import SyncError
from faceidd.events.command_key import load_key
from faceidd.gallery.key import make_key, read_key
from faceidd.sync.provisioning import KEYS, DoorModel, provision

MODEL = DoorModel("a" * 64, "facenet int8")


def test_the_keys_stay_and_the_file_fits_them(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    file = provision("front", MODEL, keys, NOW)
    assert keys.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in keys.iterdir()} == dict.fromkeys(
        KEYS, 0o600
    )
    identity = pyrage.x25519.Identity.from_str((keys / "transport.key").read_text().split("\n")[2])
    assert str(identity.to_public()) == file.recipient
    assert read_key(keys / "gallery.key").secret
    signing = load_key(keys / "signing.key")
    assert base64.b64decode(file.signing_key) == bytes(SigningKey(signing.seed).verify_key)
    assert (signing.id, file.door, file.model_id) == ("front", "front", MODEL.id)
    secrets = {path.read_bytes() for path in keys.iterdir()}
    assert not any(secret in file.model_dump_json().encode() for secret in secrets)


def test_keys_are_exchanged_on_demand_only(tmp_path: Path) -> None:
    first = provision("front", MODEL, tmp_path / "keys", NOW)
    before = {name: (tmp_path / "keys" / name).read_bytes() for name in KEYS}
    with pytest.raises(SyncError, match="there are keys"):
        provision("front", MODEL, tmp_path / "keys", NOW)
    assert {name: (tmp_path / "keys" / name).read_bytes() for name in KEYS} == before
    second = provision("front", MODEL, tmp_path / "keys", NOW, replaces=True)
    assert first.fingerprint != second.fingerprint
    assert all((tmp_path / "keys" / name).read_bytes() != before[name] for name in KEYS)


def test_a_key_that_encrypts_the_gallery_already_is_kept(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)
    key = make_key(tmp_path / "keys" / "gallery.key")
    provision("front", MODEL, tmp_path / "keys", NOW)
    assert read_key(tmp_path / "keys" / "gallery.key").secret == key.secret


def test_a_folder_that_others_may_read_gets_no_key(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o755)
    with pytest.raises(SyncError, match="open to others"):
        provision("front", MODEL, keys, NOW)
    assert not list(keys.iterdir())
    with pytest.raises(SyncError, match="no door can be called"):
        provision("the front", MODEL, tmp_path / "other", NOW)
    assert not (tmp_path / "other").exists()
