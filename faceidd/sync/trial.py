"""Trial: a gallery is tried before it takes the place of one that works."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from faceidd.errors import GalleryError
from faceidd.face.embedding import Embedding
from faceidd.gallery.file import parse_gallery
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.matcher import Matcher
from faceidd.gallery.scale import Scale
from faceidd.sync.documents import Edition
from faceidd.sync.refused import Reason, RefusedError

SAMPLES = 16
"""Templates that must find themselves."""
LEAST_COSINE = 0.999
"""A template with itself is 1, but for rounding."""


@dataclass(frozen=True, slots=True)
class DoorModel:
    """The model that the door runs.

    Attributes:
        id: Its digest.
        name: Pack and variant as people call them, `facenet int8`.
        detector: Whose boxes its faces are cut from.
    """

    id: str
    name: str
    detector: str


def parsed(content: bytes, edition: Edition) -> Gallery:
    """Read a gallery that was fetched whole.

    Raises:
        RefusedError: It is damaged, or not what the edition says.
    """
    if len(content) != edition.gallery.size:
        raise unfit(f"{edition.gallery.target} has {len(content)} bytes when decrypted")
    try:
        return parse_gallery(content)
    except GalleryError as error:
        raise unfit(f"{edition.gallery.target}: {error.what}") from error


def try_gallery(
    gallery: Gallery, edition: Edition, model: DoorModel, try_out: Callable[[Gallery], None]
) -> None:
    """Hold a gallery against its edition and the door, and let it find its own people.

    Args:
        gallery: What was fetched.
        edition: What it must be.
        model: What the door runs with it.
        try_out: Tries it as the daemon would take it in.

    Raises:
        ConfigError: What `try_out` says is wrong at the door itself.
        RefusedError: It does not serve; what is wrong.
    """
    name = edition.gallery.target
    if (gallery.version, gallery.model_id) != (edition.version, edition.model_id):
        raise unfit(f"{name} is of another version or model than its edition says")
    if gallery.model_id != model.id:
        raise RefusedError(
            Reason.OTHER_MODEL,
            f"{name} was made with {gallery.model_name} ({gallery.model_id[:12]}), the door runs"
            f" {model.name} ({model.id[:12]})",
            do="set models.embedder and models.variant to the gallery's, or models.follow_gallery",
        )
    try:
        _find_themselves(gallery, name)
        try_out(gallery)
    except GalleryError as error:
        raise unfit(f"{name}: {error.what}") from error


def unfit(what: str) -> RefusedError:
    """That what was fetched does not serve."""
    return RefusedError(Reason.UNFIT, what, do="publish again: faceidd publish")


def nobody(of: DoorModel | Gallery, version: int) -> Gallery:
    """A gallery that knows nobody, for a door that is revoked.

    Args:
        of: What the door had, whose model it keeps; or the model that it runs.
        version: Its version: no lower than any before.
    """
    if isinstance(of, Gallery):
        of = DoorModel(of.model_id, of.model_name, of.detector)
    return Gallery(
        model_id=of.id,
        model_name=of.name,
        detector=of.detector,
        people=(),
        vectors=np.empty((0, 1), np.float32),
        norms=np.empty(0, np.float32),
        owners=np.empty(0, np.intp),
        photos=np.empty(0, np.int64),
        version=version,
    )


def _find_themselves(gallery: Gallery, name: str) -> None:
    matcher = Matcher(gallery, Scale())
    rows = len(gallery.norms)
    for row in sorted(set(np.linspace(0, rows - 1, min(SAMPLES, rows)).astype(int).tolist())):
        probe = Embedding(gallery.vectors[row], float(gallery.norms[row]), gallery.model_id)
        match = matcher.match(probe)
        if match is None or match.value < LEAST_COSINE:
            person = gallery.people[gallery.owners[row]].id
            raise unfit(f"{name} does not find {person} by their own template")
