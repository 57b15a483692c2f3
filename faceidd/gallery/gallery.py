"""Gallery: an immutable snapshot of the people a door knows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceidd.errors import GalleryError, GalleryModelError
from faceidd.face.embedding import Embedding
from faceidd.gallery.calibration import Calibration
from faceidd.gallery.metric import are_unit
from faceidd.gallery.people import People
from faceidd.gallery.person import MOST_GROUPS, MOST_LETTERS, Person

__all__ = ["MOST_GROUPS", "MOST_LETTERS", "Gallery", "Person"]


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
        calibration: Where likeness begins, so that a door needs nothing else; None leaves it to the
            door.

    Raises:
        GalleryError: The parts do not fit together.
    """

    model_id: str
    model_name: str
    detector: str
    people: Sequence[Person]
    vectors: NDArray[np.float32]
    norms: NDArray[np.float32]
    owners: NDArray[np.intp]
    photos: NDArray[np.int64]
    version: int = 0
    calibration: Calibration | None = None

    def __post_init__(self) -> None:
        for fault in _faults(self):
            raise GalleryError(f"the gallery is inconsistent: {fault}", do="enroll it again")
        for array in (self.vectors, self.norms, self.owners, self.photos):
            array.flags.writeable = False

    @property
    def ids(self) -> Sequence[str]:
        """Everybody's id, in the order of `people`."""
        people = self.people
        return people.ids if isinstance(people, People) else [person.id for person in people]

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
        if not fits or not are_unit(vector):
            raise GalleryError(
                f"a probe of shape {vector.shape} cannot be matched: it has another dimension"
                " than the templates, or no unit length",
                do="run `faceidd model verify`",
            )


def _faults(gallery: Gallery) -> list[str]:
    rows = len(gallery.vectors)
    shapes = {gallery.norms.shape, gallery.owners.shape, gallery.photos.shape}
    if gallery.vectors.ndim != 2 or shapes != {(rows,)}:  # noqa: PLR2004 - a matrix has two axes
        return ["its tables have different lengths"]
    faults = []
    if not are_unit(gallery.vectors):
        faults.append("a template is not of unit length")
    if not (np.isfinite(gallery.norms) & (gallery.norms > 0)).all():
        faults.append("a template has no raw length")
    # People of a file stand in the order of their ids, and so do these once.
    if not isinstance(gallery.people, People) and len(set(gallery.ids)) != len(gallery.people):
        faults.append("a person stands in it twice")
    if not _each_owns(gallery.owners, len(gallery.people)):
        faults.append("its templates and people do not belong to each other")
    if gallery.calibration is not None and gallery.calibration.model_id != gallery.model_id:
        faults.append("its calibration is of another model")
    return faults


def _each_owns(owners: NDArray[np.intp], people: int) -> bool:
    """Whether everybody owns a row, and every row is owned by one of them."""
    if ((owners < 0) | (owners >= people)).any():
        return False
    return bool(np.bincount(owners, minlength=people).all())
