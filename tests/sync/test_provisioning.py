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
from faceidd.sync.provisioning import GALLERY, KEYS, SIGNING, TRANSPORT, provision
from faceidd.sync.trial import DoorModel

MODEL = DoorModel("a" * 64, "facenet int8", "blazeface")


def test_the_keys_stay_and_the_file_fits_them(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    done = provision("front", MODEL, keys, NOW)
    file = done.file
    assert (done.made, done.signed_before) == (KEYS, None)
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


def contents(keys: Path) -> dict[str, bytes]:
    """All keys that are there."""
    return {file.name: file.read_bytes() for file in keys.iterdir()}


def test_keys_are_exchanged_on_demand_only(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    first = provision("front", MODEL, keys, NOW)
    before = contents(keys)
    again = provision("front", MODEL, keys, NOW)
    assert (again.file, again.made) == (first.file, ())
    assert contents(keys) == before
    second = provision("front", MODEL, keys, NOW, replaces=[TRANSPORT, SIGNING])
    assert second.made == (TRANSPORT, SIGNING)
    assert second.signed_before == first.file.signing_key != second.file.signing_key
    assert first.file.fingerprint != second.file.fingerprint
    assert [name for name in KEYS if contents(keys)[name] == before[name]] == [GALLERY]
    provision("front", MODEL, keys, NOW, replaces=[GALLERY])
    assert contents(keys)[GALLERY] != before[GALLERY]


@pytest.mark.parametrize("missing", [(GALLERY, SIGNING), (SIGNING,), (TRANSPORT,)])
def test_a_run_that_was_killed_is_completed(tmp_path: Path, missing: tuple[str, ...]) -> None:
    keys = tmp_path / "keys"
    first = provision("front", MODEL, keys, NOW)
    before = contents(keys)
    for name in missing:
        (keys / name).unlink()
    second = provision("front", MODEL, keys, NOW)
    assert second.made == missing
    after = contents(keys)
    assert after.keys() == set(KEYS)
    assert all(after[name] == before[name] for name in KEYS if name not in missing)
    assert (second.file.recipient == first.file.recipient) == (TRANSPORT not in missing)
    assert second.file.signing_key == load_key(keys / SIGNING).public_key


@pytest.mark.parametrize("name", [TRANSPORT, SIGNING])
def test_a_damaged_key_is_told_and_kept_until_it_is_exchanged(tmp_path: Path, name: str) -> None:
    keys = tmp_path / "keys"
    provision("front", MODEL, keys, NOW)
    (keys / name).write_bytes(b"?")
    with pytest.raises(SyncError, match=f"--replace {name.removesuffix('.key')}"):
        provision("front", MODEL, keys, NOW)
    assert (keys / name).read_bytes() == b"?"
    assert provision("front", MODEL, keys, NOW, replaces=[name]).made == (name,)


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
