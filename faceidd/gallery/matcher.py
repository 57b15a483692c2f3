"""Matcher: the search for the person nearest to a face, on one scale."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from faceidd.errors import GalleryError, GalleryModelError
from faceidd.face.embedding import Embedding
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.metric import Values
from faceidd.gallery.scale import Scale
from faceidd.gallery.scoring import Cohort, Scorer


@dataclass(frozen=True, slots=True)
class Match:
    """A measurement: the nearest person. Whether that is near enough is decided in `access`.

    Attributes:
        person: The nearest person.
        scale: What `value` is measured in.
        value: The score of the probe with that person's nearest template.
        margin: How much greater the probe's cosine with this person is than with the next other
            person, whatever the scale; infinite in a gallery of one, negative where the plain
            cosine would have chosen another.
    """

    person: Person
    scale: Scale
    value: float
    margin: float


class Matcher:
    """Searches a gallery.

    Args:
        gallery: Who is known.
        scale: What scores are measured in.
        cohort: The strangers that the scale needs, if it needs some.
        looks: Id of a look that was enrolled under an id of its own -> id of its person; the
            margin is to the next person, not to another look of the same.

    Raises:
        GalleryModelError: The cohort comes from another model than the gallery.
        GalleryError: The scale needs a cohort and there is none, or its embeddings have another
            dimension.
    """

    def __init__(
        self,
        gallery: Gallery,
        scale: Scale,
        cohort: Cohort | None = None,
        looks: Mapping[str, str] | None = None,
    ) -> None:
        if cohort is not None:
            _require_fit(gallery, cohort)
        self.gallery = gallery
        self.scale = scale
        self._scorer = Scorer(scale, cohort)
        looks = looks or {}
        self._owns = np.array([looks.get(person.id, person.id) for person in gallery.people], str)
        self._templates = self._scorer.prepare(gallery.vectors, gallery.norms)

    def match(self, probe: Embedding) -> Match | None:
        """Find the person nearest to a face; None in an empty gallery.

        Raises:
            GalleryError: The probe cannot be compared, as `Gallery.require_probe` says.
        """
        gallery = self.gallery
        gallery.require_probe(probe)
        if not gallery.people:
            return None
        ready = self._scorer.prepare(probe.vector[None], np.array([probe.norm], np.float32))
        values = self._scorer.values(ready, self._templates)[0]
        closeness = self._of_people(self.scale.closeness(values))
        cosines = self._of_people(gallery.vectors @ probe.vector)
        first = int(np.argmax(closeness))
        own = cosines[first]
        cosines[self._owns == self._owns[first]] = -np.inf
        value = float(closeness[first])
        return Match(
            gallery.people[first],
            self.scale,
            value if self.scale.greater_is_closer else -value,
            float(own - cosines.max()),
        )

    def _of_people(self, closeness: Values) -> Values:
        """Closeness of each person's nearest template."""
        best = np.full(len(self.gallery.people), -np.inf, np.float32)
        np.maximum.at(best, self.gallery.owners, closeness)
        return best


def _require_fit(gallery: Gallery, cohort: Cohort) -> None:
    if cohort.model_id != gallery.model_id:
        raise GalleryModelError(
            f"the cohort comes from another model ({cohort.model_id[:12]}) than the gallery"
            f" ({gallery.model_id[:12]})",
            do="calibrate again with the door's model",
        )
    if gallery.people and cohort.vectors.shape[1] != gallery.vectors.shape[1]:
        raise GalleryError(
            f"the cohort's embeddings have {cohort.vectors.shape[1]} numbers, the gallery's"
            f" {gallery.vectors.shape[1]}",
            do="calibrate again with the door's model",
        )
