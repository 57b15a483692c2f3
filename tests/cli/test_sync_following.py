"""A gallery of another model comes to a door, and its model with it."""

import json
from pathlib import Path

import pytest
from support.hand_clock import HandClock
from support.published_packs import published
from support.synced_door import SyncedDoor, people, synced_door

from faceidd.cli.main import main
from faceidd.daemon.build import build_gallery
from faceidd.daemon.config import Config
from faceidd.daemon.config_file import load_config
from faceidd.daemon.following import Following
from faceidd.daemon.recognition import build_model
from faceidd.errors import ModelError
from faceidd.models.pack import load_embedder


def configuration(door: SyncedDoor, models: Path, *, follow: bool) -> Path:
    """A door that runs FaceNet, unless its gallery says otherwise."""
    packs = door.folder / "models"
    packs.mkdir(exist_ok=True)
    for name in ("blazeface", "mtcnn", "facenet"):
        if not (packs / name).exists():
            (packs / name).symlink_to(models / name)
    text = {
        "models": {"dir": "models", "follow_gallery": follow},
        "gallery": {"file": "gallery.safetensors"},
        "sync": {"trust": "trust.json", "key_file": "door.key", "state_dir": "sync", "tries": 1},
    }
    file = door.folder / "faceidd.yaml"
    file.write_text(json.dumps(text))
    return file


def publish(door: SyncedDoor, model_id: str, version: int, pack: bytes | None = None) -> None:
    """Publish a version that is of a model, with its pack."""
    gallery = people(3, version, model_id=model_id)
    document = door.repository.edit(gallery, [door.recipient], deltas=0)
    if pack is not None:
        document["pack"] = {"target": f"packs/{model_id}.tar", "size": len(pack)}
        door.repository.put(f"packs/{model_id}.tar", pack)
        door.repository.put_edition(document)
    door.repository.publish()


def runs(config: Config) -> str:
    """The model that the daemon runs with the gallery that is here."""
    model = build_model(config)
    build_gallery(config, model)  # they fit
    return model.name


def test_a_gallery_brings_its_model_and_the_daemon_starts_anew_with_it(
    tmp_path: Path, models_dir: Path
) -> None:
    if not (models_dir / "mobilefacenet").is_dir():
        pytest.skip("the pack mobilefacenet, which needs npm, is not here")
    facenet = load_embedder(models_dir, "facenet").manifest.model_id("int8")
    other = load_embedder(models_dir, "mobilefacenet").manifest.model_id("float32")
    with synced_door(tmp_path) as door:
        file = configuration(door, models_dir, follow=True)
        config, command = load_config(file), ["sync", "--config", str(file)]
        publish(door, facenet, 1)
        assert main(command) == 0
        assert runs(config) == "facenet int8"

        clock = HandClock()
        following = Following(config, facenet, clock)
        following.poll()
        publish(door, other, 2, published(models_dir, "mobilefacenet", "float32"))
        assert main(command) == 0
        clock.sleep(60.0)
        following.poll()
        following.close()  # it has looked, on its own thread
        with pytest.raises(ModelError, match="starts anew"):
            following.poll()
        assert runs(config) == "mobilefacenet float32"

        configuration(door, models_dir, follow=False)
        publish(door, facenet, 3)
        assert main(command) == 0
        assert runs(load_config(file)) == "facenet int8"
        publish(door, other, 4, published(models_dir, "mobilefacenet", "float32"))
        assert main(command) == 14  # it follows none
