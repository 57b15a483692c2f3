"""What is wrong with a gallery: its model, its people, how alike they are, what it was made of."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np

from faceidd.access.decision import Rules, has_expired
from faceidd.access.presence import room
from faceidd.doctor.finding import Finding, Kind
from faceidd.doctor.views import View
from faceidd.enroll.templates import Agreement, fuse
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.matcher import Match
from faceidd.gallery.scoring import Cohort, Scorer

BLOCK = 256
"""Templates that are held against all others at once."""
SOON = timedelta(days=30)
STALE = 0.999
"""A template whose cosine with what the photos give now is below this was made of other photos; of
models that crowd faces `room` raises it."""


def findings_on_model(gallery: Gallery, model_id: str, name: str) -> Iterator[Finding]:
    """Whether a gallery's templates come from the door's model.

    Args:
        gallery: The gallery.
        model_id: Digest of the model that the door runs.
        name: That model as people call it.
    """
    if gallery.model_id != model_id:
        yield Finding(
            Kind.OTHER_MODEL,
            f"The gallery's templates come from {gallery.model_name}, the door runs {name}",
            "enroll everybody again with the door's model; the two cannot be compared",
        )


def findings_on_people(gallery: Gallery, now: datetime) -> Iterator[Finding]:
    """Who of a gallery is refused by its dates, and of whom no consent is recorded.

    Args:
        gallery: The gallery.
        now: The present moment, with its time zone.
    """
    for person in gallery.people:
        yield from _findings_on_dates(person, now)
    without = tuple(person.name for person in gallery.people if person.consent is None)
    if without:
        yield Finding(
            Kind.NO_CONSENT,
            f"No consent is recorded of {', '.join(without)}",
            "ask for it and record it: faceidd gallery consent",
            without,
        )


def _findings_on_dates(person: Person, now: datetime) -> Iterator[Finding]:
    name, begin, end = person.name, person.valid_from, person.expires_at
    if end is not None and has_expired(person, now):
        yield Finding(
            Kind.EXPIRED,
            f"{name}: expired on {end:%Y-%m-%d}, and is refused at the door",
            "forget them (faceidd forget) or set another date (faceidd gallery expire)",
            (name,),
        )
    elif end is not None and has_expired(person, now + SOON):
        yield Finding(
            Kind.EXPIRES_SOON,
            f"{name}: expires on {end:%Y-%m-%d}",
            "ask whether a later date is right, or let it pass",
            (name,),
        )
    if begin is not None and end is not None and begin >= end:
        yield Finding(
            Kind.NEVER_VALID,
            f"{name}: is valid from {begin:%Y-%m-%d}, but expires on {end:%Y-%m-%d}",
            "set other dates: faceidd gallery valid, faceidd gallery expire",
            (name,),
        )
    elif begin is not None and now < begin:
        yield Finding(
            Kind.NOT_YET_VALID,
            f"{name}: is refused at the door until {begin:%Y-%m-%d}",
            "ask whether an earlier date is right, or let it pass",
            (name,),
        )


def findings_on_likeness(
    gallery: Gallery, rules: Rules, cohort: Cohort | None
) -> Iterator[Finding]:
    """Who is so like somebody else that the door would accept one for the other.

    Args:
        gallery: The gallery, of the door's model.
        rules: The door's.
        cohort: The strangers that the scale of these rules needs, if it needs some.
    """
    if len(gallery.people) < 2:  # noqa: PLR2004 - two people can be alike
        return
    scorer = Scorer(rules.scale, cohort)
    ready = scorer.prepare(gallery.vectors, gallery.norms)
    owners = gallery.owners
    closest, nearest = np.empty(len(owners), np.float32), np.empty(len(owners), np.intp)
    for begin in range(0, len(owners), BLOCK):
        rows = np.arange(begin, min(begin + BLOCK, len(owners)))
        closeness = rules.scale.closeness(scorer.values(ready.take(rows), ready))
        closeness[owners[rows, None] == owners] = -np.inf
        closest[rows], nearest[rows] = closeness.max(axis=1), closeness.argmax(axis=1)
    values = rules.scale.closeness(closest)  # which turns their signs back
    told = set()
    for left in np.argsort(-closest, kind="stable"):
        one, other = (gallery.people[owners[row]] for row in sorted((left, nearest[left])))
        match = Match(other, rules.scale, float(values[left]), 0.0)
        if not rules.accepts(match):
            return  # and nobody after them, who are less alike
        if (one, other) not in told:
            told.add((one, other))
            yield _too_alike(one, match, rules)


def _too_alike(one: Person, match: Match, rules: Rules) -> Finding:
    other = match.person
    return Finding(
        Kind.TOO_ALIKE,
        f"{one.name} and {other.name} are too alike for the door's threshold"
        f" ({match.value:.3f} in {rules.scale}, accepted from {rules.threshold:.3f})",
        "add photos of both, best from the door's camera; if that does not part them, calibrate,"
        " or take a better model: faceidd model list",
        (one.name, other.name),
    )


def findings_on_templates(
    gallery: Gallery, views: Sequence[View], same_face: float
) -> Iterator[Finding]:
    """Whether a gallery was made of the photos that are there now.

    Args:
        gallery: The gallery, of the model that the photos were seen by.
        views: All photos.
        same_face: Cosine at which that model tells two faces apart.
    """
    looks: dict[tuple[str, str], list[View]] = {}
    for view in views:
        looks.setdefault((view.photo.name, view.photo.look), [])
        if view.fault is None:
            looks[view.photo.name, view.photo.look].append(view)
    places = {person.name: place for place, person in enumerate(gallery.people)}
    told = set()
    for (name, _), seen in sorted(looks.items()):
        if name not in places:
            if name not in told:
                told.add(name)
                yield Finding(
                    Kind.NOT_ENROLLED,
                    f"{name}: there are photos, but {name} is not in the gallery",
                    "enroll the folder again, or remove the photos",
                    (name,),
                )
        elif seen and name not in told and not _is_made_of(gallery, places[name], seen, same_face):
            told.add(name)
            yield Finding(
                Kind.STALE,
                f"{name}: the template was not made of the photos that are there now",
                "enroll the folder again",
                (name,),
            )


def findings_on_unseen(
    gallery: Gallery, views: Sequence[View], *, named: bool
) -> Iterator[Finding]:
    """Who of a gallery was not looked at, for there is no photo.

    Where somebody named the photos a gallery is made of, a template of none of them came another
    way: that is to be settled. Photos that were deleted after the enrollment, as people may ask,
    are no fault.

    Args:
        gallery: The gallery.
        views: All photos; without any there is nothing to say of some people.
        named: Whether they are a folder that was named, and not what is left of the enrollment's.
    """
    seen = {one.photo.name for one in views}
    unseen = tuple(one.name for one in gallery.people if one.name not in seen)
    if not views or not unseen:
        return
    if named:
        for name in unseen:
            yield Finding(
                Kind.UNSEEN,
                f"{name}: the folder holds no photo, so nobody looked whose the template is",
                "add photos, enroll the folder again, or forget them (faceidd forget)",
                (name,),
            )
    else:
        yield Finding(
            Kind.GONE,
            f"No photo is there any more of {', '.join(unseen)}",
            "have the doctor look at new people before their photos are deleted",
            unseen,
        )


def _is_made_of(gallery: Gallery, person: int, seen: Sequence[View], same_face: float) -> bool:
    embeddings = [one.embedding for one in seen if one.embedding is not None]
    qualities = [one.quality for one in seen if one.quality is not None]
    fused = fuse(
        np.stack([one.vector for one in embeddings]),
        np.array([one.norm for one in embeddings], np.float32),
        np.array([one.weight for one in qualities], np.float32),
        Agreement.of_model(same_face),
    )
    if fused.template is None:
        return False
    rows = gallery.vectors[gallery.owners == person]
    return bool((rows @ fused.template.vector).max() >= 1 - (1 - STALE) * room(same_face))
