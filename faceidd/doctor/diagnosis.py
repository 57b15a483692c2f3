"""Diagnosis: everything that is wrong with a gallery and the photos it is made of, in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from faceidd.access.decision import Rules
from faceidd.doctor.finding import Finding, Kind
from faceidd.doctor.gallery_findings import (
    findings_on_likeness,
    findings_on_model,
    findings_on_people,
    findings_on_templates,
    findings_on_unseen,
)
from faceidd.doctor.judged import Judged, judge_photos
from faceidd.doctor.name_findings import findings_on_names
from faceidd.doctor.photo_findings import findings_on_photos
from faceidd.doctor.views import View
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.scoring import Cohort


@dataclass(frozen=True, slots=True, eq=False)
class DoorModel:
    """What the door runs.

    Attributes:
        model_id: Digest of its model.
        name: That model as people call it.
        rules: When it accepts a face.
        cohort: The strangers that the rules' scale needs, if it needs some.
        same_face: Cosine at which it tells two faces apart.
    """

    model_id: str
    name: str
    rules: Rules
    cohort: Cohort | None
    same_face: float


def diagnose(
    views: Sequence[View],
    gallery: Gallery | None,
    door: DoorModel,
    now: datetime,
    *,
    named: bool = False,
) -> tuple[Finding, ...]:
    """Find what is wrong; what blocks comes first, then by kind and person.

    Args:
        views: The photos, seen by the door's model; none where they are gone.
        gallery: The gallery; None where there is none yet.
        door: What the door runs.
        now: The present moment, with its time zone.
        named: Whether the photos are a folder that was named, and not what is left of the
            enrollment's.
    """
    order, judged = list(Kind), judge_photos(views, door.same_face)
    found = [*findings_on_names(judged), *findings_on_photos(judged)]
    if gallery is not None:
        on_gallery = [
            *_on_gallery(gallery, views, door, now),
            *findings_on_unseen(gallery, views, named=named),
        ]
        found += [_pictured(one, judged) for one in on_gallery]
    found.sort(key=lambda one: (not one.kind.blocks, order.index(one.kind), one.people))
    return tuple(found)


def _pictured(finding: Finding, judged: Judged) -> Finding:
    """A finding on people with a photo of each."""
    photos = (path for name in finding.people for path in judged.example(name))
    return replace(finding, photos=tuple(photos))


def _on_gallery(
    gallery: Gallery, views: Sequence[View], door: DoorModel, now: datetime
) -> Iterator[Finding]:
    yield from findings_on_people(gallery, now)
    other_model = tuple(findings_on_model(gallery, door.model_id, door.name))
    yield from other_model
    if not other_model:
        yield from findings_on_likeness(gallery, door.rules, door.cohort)
        yield from findings_on_templates(gallery, views, door.same_face)
