"""`faceidd gallery key, encrypt, decrypt`, and other commands on an encrypted gallery."""

from pathlib import Path

import pytest
from support.kept_people import KeptPeople

from faceidd.cli.main import main
from faceidd.errors import GalleryError
from faceidd.gallery.encrypted import is_encrypted


def test_a_gallery_is_encrypted_worked_on_and_made_plain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, key = KeptPeople(tmp_path).gallery, tmp_path / "device.key"
    words = ["--gallery", str(file), "--key-file", str(key)]
    assert main(["gallery", "encrypt", *words]) == 0
    assert f"written: {key}, a new key" in capsys.readouterr().out
    assert is_encrypted(file.read_bytes())
    assert main(["gallery", "valid", "Kim", "2026-12-01", *words]) == 0
    assert main(["gallery", "groups", "Kim", "--add", "staff", *words]) == 0
    assert main(["gallery", "consent", "Kim", "--text-version", "3", *words]) == 0
    assert main(["gallery", "expire", "Kim", "2999-12-01", *words]) == 0
    assert main(["gallery", "export", "Kim", "--to", str(tmp_path / "kim.zip"), *words]) == 0
    assert main(["forget", "Lee", "--cache", str(tmp_path / "cache"), *words]) == 0
    assert is_encrypted(file.read_bytes())
    capsys.readouterr()
    assert main(["gallery", "list", *words]) == 0
    assert "Lee" not in capsys.readouterr().out
    assert main(["gallery", "list", "--gallery", str(file)]) == GalleryError.exit_code
    assert "name the key: --key-file" in capsys.readouterr().err
    assert main(["gallery", "encrypt", *words]) == GalleryError.exit_code
    assert main(["gallery", "decrypt", *words]) == 0
    assert main(["gallery", "list", "--gallery", str(file)]) == 0


def test_the_configuration_names_gallery_and_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = KeptPeople(tmp_path).gallery
    config = tmp_path / "faceidd.yaml"
    config.write_text(f"gallery: {{file: {file}, key_file: device.key}}\n")
    words = ["--config", str(config)]
    assert main(["gallery", "list", *words]) == GalleryError.exit_code
    assert "cannot read the gallery's key" in capsys.readouterr().err
    assert main(["gallery", "key", str(tmp_path / "device.key")]) == 0
    assert main(["gallery", "key", str(tmp_path / "device.key")]) == GalleryError.exit_code
    assert main(["gallery", "list", *words]) == GalleryError.exit_code
    assert "encrypt a plain gallery first" in capsys.readouterr().err.lower()
    assert main(["gallery", "encrypt", *words]) == 0
    assert main(["gallery", "list", *words]) == 0
    config.write_text(f"gallery: {{file: {file}}}\n")
    assert main(["gallery", "encrypt", *words]) == GalleryError.exit_code
    assert "no key is named" in capsys.readouterr().err
