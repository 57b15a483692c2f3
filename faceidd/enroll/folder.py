"""A folder of photos -> a gallery: one template a person, or a look where looks are asked for."""

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from faceidd.enroll.embedding_cache import EmbeddingCache, PhotoEmbedding
from faceidd.enroll.faults import Fault
from faceidd.enroll.photos import Photo, find_photos
from faceidd.enroll.seen_photos import Outcome, see_photos
from faceidd.enroll.templates import Agreement, Contribution, FusedPhotos, Template, Use, fuse
from faceidd.errors import EnrollmentError
from faceidd.face.recognizer import Recognizer
from faceidd.gallery.gallery import Gallery, Person

LISTED = 20
"""People named in one message."""
_FAULTS = {Use.OUTLIER: Fault.OUTLIER, Use.DISAGREE: Fault.DISAGREE}

Look = tuple[str, str]
"""A person's name and a look of theirs."""
Progress = Callable[[int, int], None]
"""Told how many photos are done, and of how many."""


@dataclass(frozen=True, slots=True)
class PhotoRecord:
    """What became of a photo.

    Attributes:
        photo: The photo.
        fault: Why it was not used; None for one that was, or that repeats one that was.
        quality: Its quality weight, 0..1; None where no face could be used.
        norm: Raw length of its embedding; None where no face could be used.
        contribution: What it gave to its template; None where no face could be used.
    """

    photo: Photo
    fault: Fault | None
    quality: float | None = None
    norm: float | None = None
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
    embedding: PhotoEmbedding


def enroll_folder(
    folder: Path,
    recognizer: Recognizer,
    model_name: str,
    *,
    skip_bad: bool = False,
    looks: bool = False,
    nested: bool = False,
    known: Path | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Enrollment:
    """Enroll everybody in a folder of photos.

    Args:
        folder: Photos as `faceidd.enroll.photos` reads them.
        recognizer: The detector, quality gate and model the door runs.
        model_name: That model as people call it, kept in the gallery.
        skip_bad: Leave photos out that cannot be used, rather than enroll nobody.
        looks: Make a template of each folder in a person's folder.
        nested: Take the folder that holds a photo for its person, however deep it lies.
        known: File of embeddings until the gallery is written, see `unfinished`; None keeps none.
        progress: Told how many photos are done, of how many, before the first and after each.

    Raises:
        EnrollmentError: These are no photos of people; or one cannot be used and `skip_bad` is off,
            or somebody or a look is left without a template: all these faults are listed.
        ModelError: A network failed.
    """
    photos = find_photos(folder, looks=looks, nested=nested)
    records: dict[Photo, PhotoRecord] = {}
    seen: dict[Look, list[_Seen]] = {(photo.name, photo.look): [] for photo in photos}
    progress(0, len(photos))
    with EmbeddingCache.opened(known) as said, _seeing(photos, recognizer, said) as all_:
        for number, (photo, outcome) in enumerate(all_, 1):
            if isinstance(outcome, Fault):
                records[photo] = PhotoRecord(photo, outcome)
            else:
                seen[photo.name, photo.look].append(_Seen(photo, outcome))
            progress(number, len(photos))
    templates: dict[Look, tuple[Template, int]] = {}
    for look, some in sorted(seen.items()):
        if some:
            fused = _fuse(some, Agreement.of_model(recognizer.same_face))
            records |= {one.photo: one for one in _records(some, fused)}
            if fused.template is not None:
                templates[look] = (fused.template, fused.used)
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


def _seeing(
    photos: Sequence[Photo], recognizer: Recognizer, said: EmbeddingCache
) -> closing[Generator[tuple[Photo, Outcome]]]:
    return closing(see_photos(photos, recognizer, said))


def _fuse(some: Sequence[_Seen], agreement: Agreement) -> FusedPhotos:
    return fuse(
        np.stack([one.embedding.vector for one in some]),
        np.array([one.embedding.norm for one in some], np.float32),
        np.array([one.embedding.weight for one in some], np.float32),
        agreement,
    )


def _records(some: Sequence[_Seen], fused: FusedPhotos) -> Iterator[PhotoRecord]:
    for one, given in zip(some, fused.contributions, strict=True):
        said = one.embedding
        yield PhotoRecord(one.photo, _FAULTS.get(given.use), said.weight, said.norm, given)


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
    lines = [f"  {_told(one)}" for one in by_reason(rejected)]
    if empty:
        left = ", ".join(Photo(Path(), name, look).of for name, look in empty)
        lines.append(f"  no photo is left of: {left}")
    listing = "\n".join(lines)
    raise EnrollmentError(
        f"nothing was written, {len(rejected)} of the {len(records)} photos cannot be enrolled"
        f" ({reasons(rejected)}):\n{listing}",
        do=_advice(rejected, skippable=not empty),
    )


def reasons(rejected: Sequence[PhotoRecord]) -> str:
    """How many photos cannot be used for each reason, as `no_face 2, blurred 1`."""
    counts = Counter(one.fault for one in by_reason(rejected) if one.fault is not None)
    return ", ".join(f"{fault} {count}" for fault, count in counts.items())


def by_reason(rejected: Sequence[PhotoRecord]) -> list[PhotoRecord]:
    """Photos that cannot be used, those of one reason together."""
    order = list(Fault)
    return sorted(rejected, key=lambda one: -1 if one.fault is None else order.index(one.fault))


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
