"""Following: the model that the gallery names, for a door whose packs are synced with it."""

import logging
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from faceidd.clock import Clock, monotonic
from faceidd.daemon.config import Config
from faceidd.daemon.gallery_file import open_gallery
from faceidd.errors import GalleryError, ModelError
from faceidd.models.pack import load_embedder
from faceidd.sync.pack import find_synced
from faceidd.sync.place import GalleryPlace
from faceidd.sync.status import FILE, load_status
from faceidd.units import Instant, Seconds

LOOK_EVERY = Seconds(10.0)
"""Between two looks at what the last sync wrote."""
CLOSE_PATIENCE = Seconds(5.0)
"""How long the end of the daemon waits for what is being read."""

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
        gallery = open_gallery(config)
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
    """Notices that a sync brought a gallery of another model. For one thread; close it at the end.

    What the sync wrote is read beside the door's work: a model that is here is read whole.

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
        self._work: Future[None] | None = None
        self._thread: threading.Thread | None = None

    def poll(self) -> None:
        """Look, if it is time to; returns at once.

        Raises:
            ModelError: Another model is to run, and is here: the daemon is to be started anew.
        """
        if self._work is not None:
            if not self._work.done():
                return
            work, self._work = self._work, None
            work.result()
        now = self._clock()
        follows = self._config.models.follow_gallery
        if not follows or (self._looked is not None and now - self._looked < LOOK_EVERY):
            return
        self._looked = now
        stamp = self._stamp()
        if stamp != self._changed:
            self._changed = stamp
            self._begin()

    def close(self) -> None:
        """Let go of what is being read. May be called again."""
        if self._thread is not None:
            self._thread.join(CLOSE_PATIENCE)

    def _begin(self) -> None:
        self._work = work = Future[None]()
        # Should a file never be read to its end, this does not keep the process from ending.
        self._thread = threading.Thread(
            target=self._do, args=(work,), name="following", daemon=True
        )
        self._thread.start()

    def _do(self, work: "Future[None]") -> None:
        try:
            self._compare()
            work.set_result(None)
        except BaseException as error:  # told by the thread that polls
            work.set_exception(error)

    def _compare(self) -> None:
        config = self._config
        held = load_status(config.sync.state_dir).held
        if held is None or held.model_id == self._running:
            return
        if held.stamp != GalleryPlace(config.gallery.file).stamp():
            return  # somebody else put another gallery there since
        if _is_here(config, held.model_id):
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


def _is_here(config: Config, model_id: str) -> bool:
    models = config.models
    own = EmbedderPlace(models.dir, models.embedder, models.variant)
    return model_id_of(own) == model_id or find_synced(models.dir, model_id) is not None
