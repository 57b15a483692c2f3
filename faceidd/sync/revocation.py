"""Revocation: a gallery of nobody for a door that the repository knows no more."""

import logging
from collections.abc import Callable
from contextlib import suppress

from faceidd.errors import GalleryError, ModelError
from faceidd.gallery.file import gallery_digest
from faceidd.sync.place import GalleryPlace
from faceidd.sync.status import Held
from faceidd.sync.trial import DoorModel, nobody

UNKNOWN = "unknown"
"""Detector of a gallery of nobody where it cannot be learned: it found no face in it."""

_log = logging.getLogger(__name__)


def revoked(place: GalleryPlace, held: Held | None, model: Callable[[], DoorModel]) -> Held:
    """Put a gallery of nobody in the place, if it is not there already.

    Neither what lies there nor its key need be readable for that.

    Args:
        place: Where the gallery lies.
        held: What the newest good sync left.
        model: Says which model the door runs.

    Raises:
        RefusedError: It cannot be written; the old one is as it was.
        ModelError: Nothing says which model the door runs.
    """
    if held is not None and held.edition is None and place.stamp() == held.stamp:
        return held
    _log.warning("this door is revoked: the repository has no assignment for it")
    before = None
    with suppress(GalleryError):
        before = place.load()
    version = max(0 if before is None else before.version, 0 if held is None else held.version)
    gallery = nobody(_whose(held, model) if before is None else before, version)
    stamp = place.put_nobody(gallery)
    return Held(
        edition=None,
        version=version,
        published_at=None,
        model_id=gallery.model_id,
        model_name=gallery.model_name,
        sha256=gallery_digest(gallery),
        stamp=stamp,
    )


def _whose(held: Held | None, model: Callable[[], DoorModel]) -> DoorModel:
    """The model of what the door had last; the daemon takes no gallery of another."""
    try:
        own = model()
    except ModelError:
        if held is None:
            raise
        return DoorModel(held.model_id, held.model_name, UNKNOWN)
    if held is None or held.model_id == own.id:
        return own
    return DoorModel(held.model_id, held.model_name, own.detector)
