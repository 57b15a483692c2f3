"""Following: the model that the gallery names, for a door whose packs are synced with it."""

import logging
from dataclasses import dataclass
from pathlib import Path

from faceidd.clock import Clock, monotonic
from faceidd.daemon.config import Config
from faceidd.errors import GalleryError, ModelError
from faceidd.gallery.file import load_gallery
from faceidd.gallery.key import key_of
from faceidd.models.pack import load_embedder
from faceidd.sync.pack import find_synced
from faceidd.sync.status import FILE, load_status
from faceidd.units import Instant, Seconds

LOOK_EVERY = Seconds(10.0)
"""Between two looks at what the last sync wrote."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EmbedderPlace:
    """Which embedder a door runs.

    Attributes:
        folder: Folder of packs that holds its pack.
        pack: The pack's name.
        variant: Which of its variants.
    """

    folder: Path
    pack: str
    variant: str


def embedder_place(config: Config) -> EmbedderPlace:
    """Which embedder a door runs: the configuration's, or the gallery's where it is to be followed.

    Where the gallery cannot be read, or names a model that is not here, it is the
    configuration's; whoever opens the gallery says what is wrong.
    """
    models = config.models
    own = EmbedderPlace(models.dir, models.embedder, models.variant)
    if not models.follow_gallery:
        return own
    try:
        gallery = load_gallery(config.gallery.file, key_of(config.gallery.key_file))
        if model_id_of(own) == gallery.model_id:
            return own
    except GalleryError:
        return own
    synced = find_synced(models.dir, gallery.model_id)
    if synced is None:
        return own
    _log.info("the gallery names model %s %s", synced.pack, synced.variant)
    return EmbedderPlace(synced.folder, synced.pack, synced.variant)


def model_id_of(place: EmbedderPlace) -> str | None:
    """Digest of a model, by its pack's manifest; None where there is no such pack or variant."""
    try:
        manifest = load_embedder(place.folder, place.pack).manifest
    except ModelError:
        return None
    return manifest.model_id(place.variant) if place.variant in manifest.files else None


class Following:
    """Notices that a sync brought a gallery of another model. For one thread.

    Args:
        config: All settings; without `models.follow_gallery` nothing is ever noticed.
        running: Digest of the model that runs.
        clock: What the looks are counted by.
    """

    def __init__(self, config: Config, running: str, clock: Clock = monotonic) -> None:
        self._config = config
        self._running = running
        self._clock = clock
        self._looked: Instant | None = None
        self._changed = self._stamp()

    def poll(self) -> None:
        """Look, if it is time to; cheap.

        Raises:
            ModelError: Another model is to run, and is here: the daemon is to be started anew.
        """
        now = self._clock()
        follows = self._config.models.follow_gallery
        if not follows or (self._looked is not None and now - self._looked < LOOK_EVERY):
            return
        self._looked = now
        stamp = self._stamp()
        if stamp == self._changed:
            return
        self._changed = stamp
        held = load_status(self._config.sync.state_dir).held
        if held is None or held.model_id == self._running:
            return
        place = embedder_place(self._config)
        if model_id_of(place) == held.model_id:
            raise ModelError(
                f"the synced gallery was made with {held.model_name} ({held.model_id[:12]}),"
                f" {self._running[:12]} runs",
                do="nothing: the service starts anew with that model by itself",
            )

    def _stamp(self) -> int:
        try:
            return (self._config.sync.state_dir / FILE).stat().st_mtime_ns
        except OSError:
            return 0
