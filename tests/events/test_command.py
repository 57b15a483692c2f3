"""Commands: signed, and of another meaning only with another signature."""

import base64
import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceidd.errors import ConfigError
from faceidd.events.command import COMMANDS, MOST_BYTES, Command, CommandName, PrivateKey
from faceidd.events.command_key import load_key, save_key

NOW = 1_767_610_800_000
KEY, OTHER = PrivateKey.generate("reception"), PrivateKey.generate("reception")
SIGNED = KEY.sign("unlock", "front", NOW, 10_000)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_read_as_it_was_signed(name: CommandName) -> None:
    command = KEY.sign(name, "front", NOW, 10_000)
    assert Command.parse(command.model_dump_json().encode()) == command
    assert command.is_signed_by(KEY.public_key)
    assert not command.is_signed_by(OTHER.public_key)
    assert (command.command, command.door, command.key) == (name, "front", "reception")
    assert (command.issued_at, command.expires_at) == (NOW, NOW + 10_000)


def test_two_commands_have_two_nonces() -> None:
    assert SIGNED.nonce != KEY.sign("unlock", "front", NOW, 10_000).nonce


@pytest.mark.parametrize(
    "change",
    [
        {"command": "lockdown"},
        {"door": "back"},
        {"key": "boss"},
        {"nonce": "0" * 32},
        {"issued_at": NOW + 1},
        {"expires_at": NOW + 60_000},
        {"issued_at": NOW + 60_000, "expires_at": NOW + 70_000},
        {"signature": OTHER.sign("unlock", "front", NOW, 10_000).signature},
    ],
)
def test_a_changed_command_is_signed_by_nobody(change: dict[str, object]) -> None:
    changed = Command.parse(json.dumps({**json.loads(SIGNED.model_dump_json()), **change}).encode())
    assert not changed.is_signed_by(KEY.public_key)


@given(byte=st.integers(0, 63), bit=st.integers(0, 7))
def test_no_bit_of_a_signature_is_free(byte: int, bit: int) -> None:
    signature = bytearray(base64.b64decode(SIGNED.signature))
    signature[byte] ^= 1 << bit
    forged = SIGNED.model_copy(update={"signature": base64.b64encode(signature).decode()})
    assert not forged.is_signed_by(KEY.public_key)


@pytest.mark.parametrize("key", ["", "A", base64.b64encode(bytes(32)).decode(), "=" * 44])
def test_what_is_no_key_signed_nothing(key: str) -> None:
    assert not SIGNED.is_signed_by(key)


_GOOD = json.loads(SIGNED.model_dump_json())


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"unlock",
        b"[]",
        b"{" * 900,
        b"\xff\xfe",
        json.dumps(_GOOD).encode() + b" " * MOST_BYTES,
        *(
            json.dumps({**_GOOD, key: value}).encode()
            for key, value in [
                ("schema", "faceidd.command/2"),
                ("command", "open"),
                ("door", "front\nunlock"),
                ("door", "front\n"),
                ("door", ""),
                ("nonce", "00"),
                ("issued_at", str(NOW)),
                ("issued_at", NOW + 0.5),
                ("issued_at", -1),
                ("expires_at", 1 << 60),
                ("signature", "A" * 88),
                ("more", 1),
            ]
        ),
        *(json.dumps({k: v for k, v in _GOOD.items() if k != key}).encode() for key in _GOOD),
    ],
)
def test_what_is_no_command_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - pydantic's and our own
        Command.parse(payload)


@given(payload=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_noise_is_no_command(payload: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - pydantic's and our own
        Command.parse(payload)


def test_openssl_agrees_on_what_is_signed(tmp_path: Path) -> None:
    """Whoever has no faceidd signs these bytes with any Ed25519."""
    lines = (
        "faceidd.command/1", "front", "unlock", "reception", SIGNED.nonce, str(NOW),
        str(NOW + 10_000),
    )  # fmt: skip
    (tmp_path / "message").write_text("\n".join(lines))
    (tmp_path / "signature").write_bytes(base64.b64decode(SIGNED.signature))
    head = bytes.fromhex("302a300506032b6570032100")  # an Ed25519 key of RFC 8410
    (tmp_path / "key.der").write_bytes(head + base64.b64decode(KEY.public_key))
    subprocess.run(
        [
            "openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der",
            "-rawin", "-in", "message", "-sigfile", "signature",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )  # fmt: skip


def test_a_key_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "reception.key"
    save_key(KEY, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert load_key(file) == KEY
    with pytest.raises(ConfigError, match="exists already"):
        save_key(OTHER, file)
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="open to others"):
        load_key(file)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"id": "a", "seed": "AAAA"}', "[" * 4000])
def test_what_is_no_key_is_told_and_not_shown(tmp_path: Path, content: str) -> None:
    file = tmp_path / "key"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(ConfigError, match="is no key"):
        load_key(file)


def test_a_key_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        save_key(KEY, tmp_path / "missing" / "key")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_key(tmp_path / "missing")


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "a\n"])
def test_a_key_has_a_plain_name(name: str) -> None:
    with pytest.raises(ValueError, match="a key's id"):
        PrivateKey.generate(name)


def test_a_key_is_never_shown() -> None:
    assert repr(KEY) == "PrivateKey(reception)"
