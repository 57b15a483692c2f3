"""Gallery: an immutable snapshot of the people a door knows."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from faceidd.errors import GalleryError, GalleryModelError
from faceidd.face.embedding import Embedding
from faceidd.gallery.consent import Consent, in_utc

UNIT_TOLERANCE = 1e-3
MOST_LETTERS = 200
"""Length of the longest name or id that the gallery's file takes."""
MOST_GROUPS = 64
"""Groups that one person may belong to."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the door knows.

    Attributes:
        id: Stable key, unique in a gallery; what logs and rules name.
        name: How people call them.
        groups: Groups they belong to, sorted, each once; what doors are published for.
        valid_from: Before when the door refuses them, in UTC; None is ever since.
        expires_at: From when on the door refuses them, in UTC; None is never.
        consent: The reference to their consent; None where none is recorded.

    Raises:
        GalleryError: A moment has no time zone.
    """

    id: str
    name: str
    groups: tuple[str, ...] = ()
    valid_from: datetime | None = None
    expires_at: datetime | None = None
    consent: Consent | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", tuple(sorted(set(self.groups))))
        if self.valid_from is not None:
            object.__setattr__(self, "valid_from", in_utc(self.valid_from, "valid_from"))
        if self.expires_at is not None:
            object.__setattr__(self, "expires_at", in_utc(self.expires_at, "expires_at"))


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """People and their templates.

    Attributes:
        model_id: Digest of the model all templates come from.
        model_name: That model as people call it, `facenet int8`.
        detector: Detector whose boxes the templates were cropped from.
        people: Everybody, each id once.
        vectors: float32 (N, D), unit norm, one row a template, not writable.
        norms: float32 (N,), raw length of each template.
        owners: intp (N,), row -> index in `people`; everybody owns at least one row.
        photos: int64 (N,), number of photos fused into each template.
        version: Number of the publication it came with; never goes down. 0 was never published.

    Raises:
        GalleryError: The parts do not fit together.
    """

    model_id: str
    model_name: str
    detector: str
    people: tuple[Person, ...]
    vectors: NDArray[np.float32]
    norms: NDArray[np.float32]
    owners: NDArray[np.intp]
    photos: NDArray[np.int64]
    version: int = 0

    def __post_init__(self) -> None:
        for fault in _faults(self):
            raise GalleryError(f"the gallery is inconsistent: {fault}", do="enroll it again")
        for array in (self.vectors, self.norms, self.owners, self.photos):
            array.flags.writeable = False

    def require_model(self, model_id: str, name: str) -> None:
        """Refuse to work with another model than the one that enrolled the people.

        Args:
            model_id: Digest of the model that runs.
            name: That model as people call it.

        Raises:
            GalleryModelError: The digests differ.
        """
        if self.model_id != model_id:
            raise GalleryModelError(
                f"the gallery was enrolled with {self.model_name} ({self.model_id[:12]}),"
                f" the door runs {name} ({model_id[:12]})",
                do="set models.embedder and models.variant to the gallery's model,"
                " or enroll the people again with the door's",
            )

    def require_probe(self, probe: Embedding) -> None:
        """Refuse what cannot be compared with the templates.

        Args:
            probe: A face of now.

        Raises:
            GalleryModelError: It comes from another model.
            GalleryError: It has another dimension, or is not of unit length.
        """
        self.require_model(probe.model_id, "another model")
        vector = probe.vector
        fits = not self.people or vector.shape == self.vectors.shape[1:]
        if not fits or not _are_unit(vector):
            raise GalleryError(
                f"a probe of shape {vector.shape} cannot be matched: it has another dimension"
                " than the templates, or no unit length",
                do="run `faceidd model verify`",
            )


def _are_unit(vectors: NDArray[np.float32]) -> bool:
    """Whether all have length 1; what is not a number has not."""
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=-1)
    return bool((np.abs(lengths - 1) <= UNIT_TOLERANCE).all())


def _faults(gallery: Gallery) -> list[str]:
    rows = len(gallery.vectors)
    shapes = {gallery.norms.shape, gallery.owners.shape, gallery.photos.shape}
    if gallery.vectors.ndim != 2 or shapes != {(rows,)}:  # noqa: PLR2004 - a matrix has two axes
        return ["its tables have different lengths"]
    faults = []
    if not _are_unit(gallery.vectors):
        faults.append("a template is not of unit length")
    if not (np.isfinite(gallery.norms) & (gallery.norms > 0)).all():
        faults.append("a template has no raw length")
    if len({person.id for person in gallery.people}) != len(gallery.people):
        faults.append("a person stands in it twice")
    if set(gallery.owners.tolist()) != set(range(len(gallery.people))):
        faults.append("its templates and people do not belong to each other")
    return faults
