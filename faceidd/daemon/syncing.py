"""Config -> how a door syncs."""

from functools import partial
from pathlib import Path

from faceidd.daemon.config import Config
from faceidd.errors import ModelError
from faceidd.models.pack import load_embedder
from faceidd.sync.limits import Limits
from faceidd.sync.place import GalleryPlace
from faceidd.sync.sync import SyncSettings
from faceidd.sync.trial import DoorModel


def sync_settings(config: Config, trust: Path | None = None) -> SyncSettings:
    """How the door of a configuration syncs.

    Args:
        config: The configuration.
        trust: A trust file to use instead of the configuration's.
    """
    own = config.sync
    return SyncSettings(
        trust=trust or own.trust,
        key=own.key_file,
        state=own.state_dir,
        place=GalleryPlace(config.gallery.file, config.gallery.key_file),
        model=partial(door_model, config),
        url=own.url,
        limits=Limits(
            connect_timeout=own.connect_timeout_s,
            read_timeout=own.read_timeout_s,
            total=own.total_s,
            least_speed=own.least_bytes_per_s,
            tries=own.tries,
            most_bytes=own.most_mb << 20,
        ),
    )


def door_model(config: Config) -> DoorModel:
    """Which model a door runs, by its pack's manifest.

    Raises:
        ModelError: The pack is missing or damaged, or has no such variant.
    """
    models = config.models
    manifest = load_embedder(models.dir, models.embedder).manifest
    if models.variant not in manifest.files:
        raise ModelError(
            f"model pack {models.embedder} has no variant {models.variant}",
            do=f"set models.variant to one of: {', '.join(sorted(manifest.files))}",
        )
    return DoorModel(
        manifest.model_id(models.variant),
        f"{models.embedder} {models.variant}",
        config.detector.name,
    )
