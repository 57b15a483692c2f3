"""A folder of photos -> a gallery: one template a person, the mean of that person's photos."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import cv2
import numpy as np

from faceidd.enroll.photos import Photo, find_photos
from faceidd.errors import EnrollmentError
from faceidd.face.detection import Detection
from faceidd.face.embedding import Embedding
from faceidd.face.recognizer import Recognizer
from faceidd.gallery.gallery import Gallery, Person

DOMINANT = 1.5
"""A face this many times as wide as the next is the photo's subject; others are passers-by."""
LISTED = 20
"""Rejected photos named in one message."""


class Fault(StrEnum):
    """Why a photo cannot be used."""

    UNREADABLE = "is no readable image"
    NO_FACE = "shows no face large enough"
    MANY_FACES = "shows several faces of like size"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A photo that was not used, and why."""

    photo: Photo
    fault: Fault


@dataclass(frozen=True, slots=True)
class Enrollment:
    """A gallery and the photos that are not in it."""

    gallery: Gallery
    rejected: tuple[Rejected, ...]


def enroll_folder(
    folder: Path,
    recognizer: Recognizer,
    model_name: str,
    *,
    skip_bad: bool = False,
    progress: Callable[[Photo], None] = lambda _: None,
) -> Enrollment:
    """Enroll everybody in a folder of photos.

    Args:
        folder: Photos as `faceidd.enroll.photos` reads them.
        recognizer: The detector and model the door runs.
        model_name: That model as people call it, kept in the gallery.
        skip_bad: Leave photos out that cannot be used, rather than enroll nobody.
        progress: Called before each photo.

    Raises:
        EnrollmentError: The folder cannot be read as photos of people; or a photo cannot be
            used and `skip_bad` is off, or somebody is left without a single photo: all these
            faults are listed.
        ModelError: A network failed.
    """
    photos = find_photos(folder)
    rejected: list[Rejected] = []
    by_name: dict[str, list[Embedding]] = {photo.name: [] for photo in photos}
    for photo in photos:
        progress(photo)
        outcome = _embed(photo.path, recognizer)
        if isinstance(outcome, Fault):
            rejected.append(Rejected(photo, outcome))
        else:
            by_name[photo.name].append(outcome)
    empty = sorted(name for name, embeddings in by_name.items() if not embeddings)
    if rejected and (empty or not skip_bad):
        raise _refusal(rejected, empty)
    return Enrollment(_gallery(by_name, recognizer, model_name), tuple(rejected))


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
            do="add their photos to the folder, or pass --replace to lock them out",
        )


def subject(found: Sequence[Detection]) -> Detection | Fault:
    """Choose the face a photo is of, from its detections, widest first."""
    if not found:
        return Fault.NO_FACE
    if len(found) > 1 and found[0].box.width < DOMINANT * found[1].box.width:
        return Fault.MANY_FACES
    return found[0]


def _embed(path: Path, recognizer: Recognizer) -> Embedding | Fault:
    try:
        content = np.fromfile(path, np.uint8)
        # IMREAD_COLOR turns the picture upright by its EXIF orientation.
        image = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except (OSError, cv2.error):
        return Fault.UNREADABLE
    if image is None:
        return Fault.UNREADABLE
    pixels = image.astype(np.uint8, copy=False)
    face = subject(recognizer.detector.detect(pixels))
    return face if isinstance(face, Fault) else recognizer.embed(pixels, face)


def _gallery(
    by_name: dict[str, list[Embedding]], recognizer: Recognizer, model_name: str
) -> Gallery:
    names = sorted(by_name)
    means = [np.mean([one.vector for one in by_name[name]], axis=0) for name in names]
    norms = [np.mean([one.norm for one in by_name[name]]) for name in names]
    vectors = np.stack([mean / np.linalg.norm(mean) for mean in means]).astype(np.float32)
    return Gallery(
        model_id=recognizer.model_id,
        model_name=model_name,
        detector=recognizer.detector.name,
        people=tuple(Person(name, name) for name in names),
        vectors=vectors,
        norms=np.array(norms, np.float32),
        owners=np.arange(len(names), dtype=np.intp),
        photos=np.array([len(by_name[name]) for name in names], np.int64),
    )


def _refusal(rejected: Sequence[Rejected], empty: Sequence[str]) -> EnrollmentError:
    lines = [f"  {one.photo.path} {one.fault}" for one in rejected[:LISTED]]
    if len(rejected) > LISTED:
        lines.append(f"  ... and {len(rejected) - LISTED} more")
    if empty:
        lines.append(f"  no photo is left of: {', '.join(empty)}")
    listing = "\n".join(lines)
    advice = "replace or remove these photos"
    if not empty:
        advice += ", or pass --skip-bad to leave them out"
    return EnrollmentError(
        f"nothing was written, {len(rejected)} of the photos cannot be enrolled:\n{listing}",
        do=advice,
    )
