"""Which photos a calibration is made of: a folder, a manifest, or a folder and its manifest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from faceidd.enroll.photos import SUFFIXES
from faceidd.evaluation.errors import EvaluationError
from faceidd.evaluation.labeled import LabeledPhoto, read_manifest, read_photos


@dataclass(frozen=True, slots=True)
class CohortPhotos:
    """The photos.

    Attributes:
        photos: Each with its set, identity and group.
        unlisted: How many photos of the folder the manifest does not list.
    """

    photos: tuple[LabeledPhoto, ...]
    unlisted: int


def cohort_photos(cohort: Path, groups: Path | None, same: Mapping[str, str]) -> CohortPhotos:
    """Find the photos.

    Args:
        cohort: A folder of people as for enrolling, or a manifest.
        groups: A manifest that says set, identity and group of the folder's photos; its paths
            start at its own folder or at `cohort`. What it does not list is left out.
        same: Name -> the name to use instead, where one person is filed under two.

    Raises:
        EvaluationError: A manifest cannot be used, or lists no photo of the folder.
        EnrollmentError: The folder cannot be used.
    """
    found = CohortPhotos(read_photos(cohort), 0) if groups is None else _listed(cohort, groups)
    known = {photo.identity for photo in found.photos}
    strange = [name for pair in same.items() for name in pair if name not in known]
    if strange:
        raise EvaluationError(
            f"nobody of the cohort is called {' or '.join(strange)}", do="correct --same"
        )
    photos = (
        replace(photo, identity=same.get(photo.identity, photo.identity)) for photo in found.photos
    )
    return CohortPhotos(tuple(photos), found.unlisted)


def read_same(pairs: Sequence[str]) -> dict[str, str]:
    """Read `A=B` as: A is B.

    Raises:
        EvaluationError: One is not of that form, or somebody is to be two others.
    """
    same: dict[str, str] = {}
    for pair in pairs:
        name, equals, other = pair.partition("=")
        if not (name and equals and other and name != other):
            raise EvaluationError(f"{pair!r} names no two people", do="write --same NAME=OTHER")
        if name in same or other in same or name in same.values():
            raise EvaluationError(
                f"{pair!r} names somebody who already has another name",
                do="give all names of a person the same other name: --same A=C --same B=C",
            )
        same[name] = other
    return same


def _listed(folder: Path, manifest: Path) -> CohortPhotos:
    if not folder.is_dir():
        raise EvaluationError(
            f"there is no folder {folder}", do="name a folder of photos, or a manifest alone"
        )
    rows, inside = read_manifest(manifest), folder.resolve()
    photos = [row for row in rows if row.path.resolve().is_relative_to(inside)]
    if not photos:
        moved = (
            replace(row, path=folder / row.path.relative_to(manifest.parent))
            for row in rows
            if not row.path.is_absolute() or row.path.is_relative_to(manifest.parent)
        )
        photos = [row for row in moved if row.path.exists()]
    if not photos:
        raise EvaluationError(
            f"the manifest {manifest} lists no photo of {folder}",
            do="let its paths start at its own folder, or at the folder of photos",
        )
    listed = {row.path.resolve() for row in photos}
    images = (path for path in inside.rglob("*") if path.suffix.lower() in SUFFIXES)
    return CohortPhotos(tuple(photos), sum(path not in listed for path in images))
