"""Config -> how a door syncs."""

from functools import partial
from pathlib import Path

import numpy as np

from faceidd.daemon.config import Config
from faceidd.daemon.following import EmbedderPlace, model_id_of
from faceidd.errors import ModelError
from faceidd.gallery.gallery import Gallery
from faceidd.models.manifest import EmbedderManifest
from faceidd.models.pack import Pack, load_embedder
from faceidd.sync.limits import Limits
from faceidd.sync.pack import PackPlace, find_synced
from faceidd.sync.place import GalleryPlace
from faceidd.sync.sync import SyncSettings
from faceidd.sync.trial import DoorModel

LIKE = 1e-4
"""How much two runs of one model on one picture may differ, in each number."""


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
        try_out=partial(try_gallery_out, config),
        clock_file=config.policy.clock_file,
        door=config.door.id,
        url=own.url,
        packs=PackPlace(config.models.dir, partial(_try_out, config))
        if config.models.follow_gallery
        else None,
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


def try_gallery_out(config: Config, gallery: Gallery) -> None:
    """Put together what the daemon would match a gallery with, by the daemon's own rules.

    Raises:
        GalleryError: The daemon would refuse the gallery: its calibration does not fit, say.
        ConfigError: What lies beside the model pack does not fit the configuration.
        ModelError: The gallery's model is not here.
    """
    from faceidd.daemon.build import build_matcher  # noqa: PLC0415 - imports OpenCV, for new galleries only
    from faceidd.daemon.operating_point import ModelFacts, point_for  # noqa: PLC0415 - for new galleries only
    from faceidd.face.quality_gate import QualityGate  # noqa: PLC0415 - imports OpenCV, for new galleries only
    from faceidd.gallery.provenance import Seeing  # noqa: PLC0415 - for new galleries only

    place = _place_of(config, gallery)
    manifest = load_embedder(place.folder, place.pack).manifest
    facts = ModelFacts(
        manifest.model_id(place.variant),
        f"{place.pack} {place.variant}",
        manifest,
        Seeing.of(config.detector.name, manifest.crop, QualityGate().limits),
        place,
    )
    gallery.require_model(facts.id, facts.name)
    build_matcher(gallery, point_for(config, facts, gallery), {})


def _place_of(config: Config, gallery: Gallery) -> EmbedderPlace:
    """Which embedder the daemon would run with a gallery, as `embedder_place` chooses."""
    models = config.models
    own = EmbedderPlace(models.dir, models.embedder, models.variant)
    if not models.follow_gallery or model_id_of(own) == gallery.model_id:
        return own
    synced = find_synced(models.dir, gallery.model_id)
    return own if synced is None else EmbedderPlace(synced.folder, synced.pack, synced.variant)


def _try_out(config: Config, pack: Pack[EmbedderManifest], variant: str) -> None:
    """Let a model embed a picture of chance, twice alike.

    Raises:
        ModelError: Its runtime refuses it, or what it says is no embedding.
    """
    from faceidd.daemon.recognition import build_embedder  # noqa: PLC0415 - OpenCV and a runtime, for new packs only
    from faceidd.face.alignment import AlignedFace  # noqa: PLC0415 - for new packs only

    models = config.models.model_copy(update={"embedder": pack.manifest.name, "variant": variant})
    embedder = build_embedder(models, pack)
    side = pack.manifest.input_px
    picture = np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8)
    first, second = (embedder.embed(AlignedFace(picture)).vector for _ in range(2))
    if not np.allclose(first, second, atol=LIKE):
        raise ModelError(
            f"model {pack.manifest.name} {variant} says something else of the same picture",
            do="report this as a bug",
        )
