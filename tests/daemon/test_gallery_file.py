from pathlib import Path

import pytest
from support.synced_door import people

from faceidd.daemon.config import Config
from faceidd.daemon.gallery_file import open_gallery
from faceidd.errors import GalleryError
from faceidd.gallery.file import save_gallery
from faceidd.gallery.key import make_key


@pytest.fixture
def config(tmp_path: Path) -> Config:
    gallery = {"file": str(tmp_path / "gallery"), "key_file": str(tmp_path / "key")}
    return Config.model_validate({"gallery": gallery})


def test_a_plain_gallery_of_people_is_not_taken_for_an_encrypted_one(config: Config) -> None:
    save_gallery(people(2, 1), config.gallery.file)
    with pytest.raises(GalleryError, match="the gallery's key"):
        open_gallery(config)
    assert config.gallery.key_file is not None
    key = make_key(config.gallery.key_file)
    with pytest.raises(GalleryError, match="cannot be decrypted"):
        open_gallery(config)
    save_gallery(people(2, 1), config.gallery.file, key)
    assert len(open_gallery(config).people) == 2


def test_a_plain_gallery_of_nobody_is_taken_with_and_without_the_key(config: Config) -> None:
    save_gallery(people(0, 1), config.gallery.file)
    assert open_gallery(config).people == ()
    assert config.gallery.key_file is not None
    make_key(config.gallery.key_file)
    assert open_gallery(config).people == ()


def test_a_plain_door_takes_no_encrypted_gallery(config: Config) -> None:
    assert config.gallery.key_file is not None
    save_gallery(people(0, 1), config.gallery.file, make_key(config.gallery.key_file))
    plain = config.gallery.model_copy(update={"key_file": None})
    with pytest.raises(GalleryError, match="is encrypted"):
        open_gallery(config.model_copy(update={"gallery": plain}))
