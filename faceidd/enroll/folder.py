"""A folder of photos -> a gallery: one template a person, or a look where looks are asked for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from faceidd.enroll.faults import Fault
from faceidd.enroll.photos import Photo, find_photos
from faceidd.enroll.subject import find_in_photo, read_photo, subject
from faceidd.enroll.templates import Contribution, FusedPhotos, Template, Use, fuse
from faceidd.errors import EnrollmentError
from faceidd.face.embedding import Embedding
from faceidd.face.recognizer import Recognizer
from faceidd.gallery.gallery import Gallery, Person

LISTED = 20
"""Rejected photos named in one message."""
_FAULTS = {Use.OUTLIER: Fault.OUTLIER, Use.DISAGREE: Fault.DISAGREE}

Look = tuple[str, str]
"""A person's name and a look of theirs."""


@dataclass(frozen=True, slots=True)
class PhotoRecord:
    """What became of a photo.

    Attributes:
        photo: The photo.
        fault: Why it was not used; None for one that was, or that repeats one that was.
        quality: Its quality weight, 0..1; None where no face could be used.
        contribution: What it gave to its template; None where no face could be used.
    """

    photo: Photo
    fault: Fault | None
    quality: float | None = None
    contribution: Contribution | None = None


@dataclass(frozen=True, slots=True)
class Enrollment:
    """A gallery and what each photo gave to it.

    Attributes:
        gallery: The gallery, people and looks in the order of their names.
        looks: Person and look of each template, in the gallery's order.
        records: What became of each photo, in the order of their paths.
    """

    gallery: Gallery
    looks: tuple[Look, ...]
    records: tuple[PhotoRecord, ...]

    @property
    def rejected(self) -> tuple[PhotoRecord, ...]:
        """The photos that are not in the gallery for a fault of theirs."""
        return tuple(one for one in self.records if one.fault is not None)


@dataclass(frozen=True, slots=True)
class _Seen:
    photo: Photo
    embedding: Embedding
    quality: float


def enroll_folder(
    folder: Path,
    recognizer: Recognizer,
    model_name: str,
    *,
    skip_bad: bool = False,
    looks: bool = False,
    progress: Callable[[Photo], None] = lambda _: None,
) -> Enrollment:
    """Enroll everybody in a folder of photos.

    Args:
        folder: Photos as `faceidd.enroll.photos` reads them.
        recognizer: The detector, quality gate and model the door runs.
        model_name: That model as people call it, kept in the gallery.
        skip_bad: Leave photos out that cannot be used, rather than enroll nobody.
        looks: Make a template of each folder in a person's folder.
        progress: Called before each photo.

    Raises:
        EnrollmentError: The folder cannot be read as photos of people; or a photo cannot be
            used and `skip_bad` is off, or a person or look is left without a template: all these
            faults are listed.
        ModelError: A network failed.
    """
    photos = find_photos(folder, looks=looks)
    records: dict[Photo, PhotoRecord] = {}
    seen: dict[Look, list[_Seen]] = {(photo.name, photo.look): [] for photo in photos}
    for photo in photos:
        progress(photo)
        outcome = _see(photo, recognizer)
        if isinstance(outcome, Fault):
            records[photo] = PhotoRecord(photo, outcome)
        else:
            seen[photo.name, photo.look].append(outcome)
    templates: dict[Look, tuple[Template, int]] = {}
    for look, some in sorted(seen.items()):
        if not some:
            continue
        fused = _fuse(some)
        records |= {one.photo: one for one in _records(some, fused)}
        if fused.template is not None:
            used = sum(one.use is Use.USED for one in fused.contributions)
            templates[look] = (fused.template, used)
    ordered = tuple(records[photo] for photo in photos)
    _require_usable(ordered, sorted(seen.keys() - templates.keys()), skip_bad=skip_bad)
    return Enrollment(_gallery(templates, recognizer, model_name), tuple(templates), ordered)


def require_nobody_lost(old: Gallery, new: Gallery) -> None:
    """Make sure that a new gallery still holds everybody of the one it replaces.

    Raises:
        EnrollmentError: Somebody would be locked out.
    """
    lost = sorted({person.name for person in old.people} - {person.name for person in new.people})
    if lost:
        names = ", ".join(lost[:LISTED]) + (" and others" if len(lost) > LISTED else "")
        raise EnrollmentError(
            f"the gallery holds people who are not in these photos: {names}; nothing was written",
            do="add their photos to the folder, pass --add to keep them as they are, or pass"
            " --replace to lock them out",
        )


def _see(photo: Photo, recognizer: Recognizer) -> _Seen | Fault:
    image = read_photo(photo.path)
    if image is None:
        return Fault.UNREADABLE
    found = find_in_photo(recognizer, image)
    chosen = subject(found.faces)
    if isinstance(chosen, Fault):
        return chosen
    embedding = recognizer.embed(found.image, chosen.face)
    return _Seen(photo, embedding, chosen.quality.weight)


def _fuse(some: Sequence[_Seen]) -> FusedPhotos:
    return fuse(
        np.stack([one.embedding.vector for one in some]),
        np.array([one.embedding.norm for one in some], np.float32),
        np.array([one.quality for one in some], np.float32),
    )


def _records(some: Sequence[_Seen], fused: FusedPhotos) -> Iterator[PhotoRecord]:
    for one, given in zip(some, fused.contributions, strict=True):
        yield PhotoRecord(one.photo, _FAULTS.get(given.use), one.quality, given)


def _gallery(
    templates: Mapping[Look, tuple[Template, int]], recognizer: Recognizer, model_name: str
) -> Gallery:
    names = sorted({name for name, _ in templates})
    place = {name: at for at, name in enumerate(names)}
    return Gallery(
        model_id=recognizer.model_id,
        model_name=model_name,
        detector=recognizer.detector.name,
        people=tuple(Person(name, name) for name in names),
        vectors=np.stack([template.vector for template, _ in templates.values()]),
        norms=np.array([template.norm for template, _ in templates.values()], np.float32),
        owners=np.array([place[name] for name, _ in templates], np.intp),
        photos=np.array([used for _, used in templates.values()], np.int64),
    )


def _require_usable(
    records: Sequence[PhotoRecord], empty: Sequence[Look], *, skip_bad: bool
) -> None:
    rejected = [one for one in records if one.fault is not None]
    if not rejected or (skip_bad and not empty):
        return
    lines = [f"  {_told(one)}" for one in rejected[:LISTED]]
    if len(rejected) > LISTED:
        lines.append(f"  ... and {len(rejected) - LISTED} more")
    if empty:
        left = ", ".join(Photo(Path(), name, look).of for name, look in empty)
        lines.append(f"  no photo is left of: {left}")
    listing = "\n".join(lines)
    raise EnrollmentError(
        f"nothing was written, {len(rejected)} of the photos cannot be enrolled:\n{listing}",
        do=_advice(rejected, skippable=not empty),
    )


def _told(record: PhotoRecord) -> str:
    fault, given = record.fault, record.contribution
    words = "" if fault is None else fault.words
    return f"{record.photo.path} {words}" + (f" (likeness {given.likeness:.2f})" if given else "")


def _advice(rejected: Sequence[PhotoRecord], *, skippable: bool) -> str:
    advice = "replace or remove these photos"
    if any(one.fault is Fault.DISAGREE for one in rejected):
        advice += ", where photos disagree those of somebody else,"
        advice += " or add photos until most agree; a look of its own is filed as"
        advice += " NAME/LOOK/1.jpg and enrolled with --looks"
    return advice + (", or pass --skip-bad to leave them out" if skippable else "")
