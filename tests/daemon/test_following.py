"""The daemon notices that a sync brought a gallery of another model."""

from pathlib import Path

import pytest
from support.hand_clock import HandClock
from support.stored import NOW

from faceidd.daemon.config import Config
from faceidd.daemon.following import LOOK_EVERY, Following
from faceidd.errors import ModelError
from faceidd.models.pack import load_embedder
from faceidd.sync.place import GalleryPlace
from faceidd.sync.status import Held, Status, save_status


def config_of(folder: Path, models: Path) -> Config:
    """A door that follows its gallery, and names FaceNet."""
    (folder / "sync").mkdir()
    (folder / "gallery").write_bytes(b"never read here: the status says what it is")
    return Config.model_validate(
        {
            "models": {"dir": models, "follow_gallery": True},
            "gallery": {"file": folder / "gallery"},
            "sync": {"state_dir": folder / "sync"},
        }
    )


def synced(config: Config, model_id: str, stamp: tuple[int, int, int] | None = None) -> None:
    """What a sync leaves that brought a gallery of a model."""
    held = Held(
        edition="e" * 16,
        version=2,
        published_at=NOW,
        model_id=model_id,
        model_name="facenet int8",
        sha256="a" * 64,
        stamp=stamp or GalleryPlace(config.gallery.file).stamp() or (0, 0, 0),
    )
    save_status(Status(held=held), config.sync.state_dir)


def look(following: Following, clock: HandClock) -> None:
    """Let it look, and say what it found."""
    clock.sleep(LOOK_EVERY)
    following.poll()
    following.close()
    following.poll()


def test_another_model_that_is_here_ends_the_daemon(tmp_path: Path, models_dir: Path) -> None:
    facenet = load_embedder(models_dir, "facenet").manifest.model_id("int8")
    config, clock = config_of(tmp_path, models_dir), HandClock()
    following = Following(config, "b" * 64, clock)
    look(following, clock)
    synced(config, "b" * 64)
    look(following, clock)  # it runs already
    synced(config, "c" * 64)
    look(following, clock)  # it is not here
    synced(config, facenet, stamp=(1, 1, 1))
    look(following, clock)  # another gallery lies there now
    synced(config, facenet)
    with pytest.raises(ModelError, match="starts anew"):
        look(following, clock)
