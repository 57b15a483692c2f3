"""Matcher: the search for the person nearest to a face, on one scale."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceidd.errors import GalleryError, GalleryModelError
from faceidd.face.embedding import Embedding
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.metric import Values
from faceidd.gallery.scale import Scale
from faceidd.gallery.scoring import Cohort, Scorer
from faceidd.gallery.templates import Templates


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
        self._templates = Templates(Scorer(scale, cohort), gallery.vectors, gallery.norms)
        self._grouping = _Grouping(gallery)
        self._whose = _whose(gallery, looks or {})

    def match(self, probe: Embedding) -> Match | None:
        """Find the person nearest to a face; None in an empty gallery.

        Raises:
            GalleryError: The probe cannot be compared, as `Gallery.require_probe` says.
        """
        gallery = self.gallery
        gallery.require_probe(probe)
        if not gallery.people:
            return None
        closeness, cosines = map(self._grouping.nearest, self._templates.held_against(probe))
        first = int(np.argmax(closeness))
        own = cosines[first]
        others = np.where(self._whose == self._whose[first], -np.inf, cosines)
        value = float(closeness[first])
        return Match(
            gallery.people[first],
            self.scale,
            value if self.scale.greater_is_closer else -value,
            float(own - others.max()),
        )


class _Grouping:
    """Which templates are whose, so that the nearest of each person is found in one pass."""

    def __init__(self, gallery: Gallery) -> None:
        owners = gallery.owners
        self._order = None
        if (owners[1:] < owners[:-1]).any():
            self._order = np.argsort(owners, kind="stable")
            owners = owners[self._order]
        self._begins = np.searchsorted(owners, np.arange(len(gallery.people)))
        self._is_one_each = len(owners) == len(gallery.people)

    def nearest(self, closeness: Values) -> Values:
        """Closeness of each person's nearest template, float32 (people,)."""
        if self._order is not None:
            closeness = closeness[self._order]
        if self._is_one_each:
            return closeness
        nearest: Values = np.maximum.reduceat(closeness, self._begins)
        return nearest


def _whose(gallery: Gallery, looks: Mapping[str, str]) -> NDArray[np.intp]:
    """A number for each person, the same for all looks of one; intp (people,)."""
    whose = np.arange(len(gallery.people))
    if looks:
        ids = gallery.ids
        places = {person: place for place, person in enumerate(ids)}
        beyond = {person: len(ids) + turn for turn, person in enumerate(looks.values())}
        for place, person in enumerate(ids):
            own = looks.get(person, person)
            whose[place] = places.get(own, beyond.get(own, place))
    return whose


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
