"""GalleryUpdate: from the gallery at hand to an edition's newest, by a delta where one fits."""

import logging
from collections.abc import Callable
from contextlib import suppress

from faceidd.durable import FileState
from faceidd.errors import GalleryError, ModelError
from faceidd.gallery.delta import apply_delta
from faceidd.gallery.file import gallery_digest
from faceidd.gallery.gallery import Gallery
from faceidd.sync.documents import Delta, Edition
from faceidd.sync.identity import Identity
from faceidd.sync.outcome import Way
from faceidd.sync.pack import PackPlace
from faceidd.sync.place import GalleryPlace
from faceidd.sync.refused import Reason, RefusedError
from faceidd.sync.repository import Repository
from faceidd.sync.status import Held
from faceidd.sync.trial import DoorModel, parsed, try_gallery, unfit

_NEXT = frozenset({Reason.NOT_READABLE, Reason.UNFIT, Reason.CHANGED, Reason.DAMAGED})
"""What may be wrong with a delta and right with the whole gallery."""

_log = logging.getLogger(__name__)


class GalleryUpdate:
    """Brings a gallery to what an edition says.

    Args:
        repository: The signed files.
        identity: The door's key.
        place: Where the gallery lies.
        model: Says which model the door runs.
        try_out: Tries a new gallery as the daemon would take it in.
        packs: Where the model of a gallery is put, for a door that follows it; None follows none.
        most: A larger file is not fetched.

    Attributes:
        stamp: Of the gallery's file, once it is what the edition says.
    """

    stamp: FileState

    def __init__(
        self,
        repository: Repository,
        identity: Identity,
        place: GalleryPlace,
        *,
        model: Callable[[], DoorModel],
        try_out: Callable[[Gallery], None],
        packs: PackPlace | None,
        most: int,
    ) -> None:
        self._repository = repository
        self._identity = identity
        self._place = place
        self._model = model
        self._try_out = try_out
        self._packs = packs
        self._most = most

    def to(self, edition: Edition, held: Held | None) -> Way:
        """Put what an edition says in the place of the gallery at hand, if that is another.

        Args:
            edition: What the gallery is to be.
            held: What the newest good sync left.

        Raises:
            RefusedError: It cannot be fetched, or does not serve; the gallery is as it was.
        """
        # Whoever follows the gallery's model has it before the gallery, and again if it is lost.
        followed = None if self._packs is None else self._model_for(edition, self._packs)
        stamp = self._place.stamp()
        if held is not None and (held.sha256, held.stamp) == (edition.gallery.sha256, stamp):
            self.stamp = held.stamp
            return Way.NOTHING_NEW
        before = self._place.load()
        digest = None if before is None else gallery_digest(before)
        if stamp is not None and digest == edition.gallery.sha256:
            self.stamp = stamp
            return Way.NOTHING_NEW
        model = followed or self._model()
        gallery, way = self._fetch(edition, before, digest)
        try_gallery(gallery, edition, model, self._try_out)
        self.stamp = self._place.put(gallery)
        return way

    def _model_for(self, edition: Edition, packs: PackPlace) -> DoorModel:
        """The model that the door runs with an edition's gallery; fetched if it is not here."""
        with suppress(ModelError):
            own = self._model()
            if own.id == edition.model_id:
                return own
        if packs.find(edition.model_id) is None:
            if edition.pack is None:
                return self._model()  # the trial says that it is another
            packs.put(self._verified(edition.pack.target), edition.model_id)
        return DoorModel(edition.model_id, edition.model_name, "")

    def _fetch(
        self, edition: Edition, before: Gallery | None, digest: str | None
    ) -> tuple[Gallery, Way]:
        for delta in edition.deltas:
            if before is not None and delta.base_sha256 == digest:
                try:
                    return self._by_delta(edition, delta, before), Way.DELTA
                except RefusedError as error:
                    if error.reason not in _NEXT:
                        raise
                    _log.warning("the whole gallery is fetched, because of the delta: %s", error)
        gallery = parsed(self._open(edition.gallery.target), edition)
        self._require_digest(gallery, edition)
        return gallery, Way.WHOLE

    def _by_delta(self, edition: Edition, delta: Delta, before: Gallery) -> Gallery:
        try:
            gallery = apply_delta(before, self._open(delta.target))
        except GalleryError as error:
            raise unfit(f"{delta.target}: {error.what}") from error
        self._require_digest(gallery, edition)
        return gallery

    def _open(self, name: str) -> bytes:
        return self._identity.open(self._verified(name), name)

    def _verified(self, name: str) -> bytes:
        target = self._repository.find(name)
        if target is None:
            raise RefusedError(
                Reason.DAMAGED,
                f"the edition names {name}, which nobody signed",
                do="publish again: faceidd publish",
            )
        return self._repository.fetch(target, most=self._most)

    def _require_digest(self, gallery: Gallery, edition: Edition) -> None:
        if gallery_digest(gallery) != edition.gallery.sha256:
            raise unfit(
                f"version {edition.version} of edition {edition.edition} has another digest"
            )
