"""Forgetting: everything that faceidd keeps of a person is removed, and told.

The gallery comes first: whatever fails later, the door forgets. Removing a file unlinks it; what a
flash disk still holds of it afterwards is out of reach (docs/gallery.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from faceidd.doctor.page_files import DATA, PAGE
from faceidd.doctor.record import load_record, record_path
from faceidd.enroll.photos import Photo, find_photos
from faceidd.enroll.report import photo_digest, report_path
from faceidd.enroll.report_file import EnrollmentReport, load_report, write_report
from faceidd.errors import GalleryError
from faceidd.gallery.file import load_gallery, save_gallery
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.revision import find_person, without_person
from faceidd.rights.embeddings import forget_embeddings
from faceidd.rights.photos import Removal, remove_empty
from faceidd.rights.traces import find_traces


@dataclass(frozen=True, slots=True)
class Places:
    """Where something of a person may be kept.

    Attributes:
        gallery: The gallery's file; reports, records and unfinished enrollments lie beside it.
        photos: The folder of photos, beside those that the report on the enrollment names; None
            where it names all.
        caches: Folders of kept embeddings.
    """

    gallery: Path
    photos: Path | None
    caches: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done.

    Attributes:
        told: Everything that was removed, in words.
        kept: Files that could not be removed, each with why.
        traces: Files that still hold the person's name or the digest of a photo.
    """

    told: tuple[str, ...]
    kept: tuple[tuple[Path, str], ...]
    traces: tuple[Path, ...]


def forget(name: str, places: Places) -> Forgotten:
    """Remove everything that is kept of a person.

    Args:
        name: The person, by name or id; somebody who is not in the gallery any more is forgotten
            where photos and reports name them.
        places: Where to look.

    Raises:
        GalleryError: The gallery, or a file beside it, cannot be read or written; or nobody of
            that name is known anywhere.
        EnrollmentError: The folder of photos cannot be read.
        OSError: A cache cannot be read or written.
    """
    gallery, report = load_gallery(places.gallery), load_report(places.gallery)
    person = _person(gallery, name)
    called = name if person is None else person.name
    photos = _photos(report, places.photos, called)
    if person is None and not photos:
        find_person(gallery, name)  # which says that nobody is called that
    digests = set(() if report is None else report.digests(called))
    digests |= {digest for one in photos if (digest := photo_digest(one))}
    told = []
    if person is not None:
        templates = int((gallery.owners == gallery.people.index(person)).sum())
        save_gallery(without_person(gallery, person), places.gallery)
        told.append(f"{templates} templates of {called} in {places.gallery}")
    if report is not None and report.photos(called):
        write_report(report.without(called), places.gallery)
        told.append(f"{len(report.photos(called))} entries in {report_path(places.gallery)}")
    removal = Removal()
    for file in (*photos, *_pages(places.gallery), *_asides(places.gallery)):
        removal.remove(file)
    remove_empty(removal.removed)
    told += [str(file) for file in removal.removed]
    told += _forget_embeddings(places, digests)
    folders = {places.gallery.parent, *places.caches, *(one.parent for one in photos)}
    folders |= {places.photos} if places.photos else set()
    traces = find_traces(folders, called, digests)
    return Forgotten(tuple(told), tuple(removal.kept), tuple(traces))


def _person(gallery: Gallery, name: str) -> Person | None:
    known = {one.id for one in gallery.people} | {one.name for one in gallery.people}
    return find_person(gallery, name) if name in known else None


def _photos(report: EnrollmentReport | None, folder: Path | None, name: str) -> tuple[Path, ...]:
    found: list[Photo] = [] if report is None else [*report.photos(name)]
    if folder is not None:
        found += [one for one in find_photos(folder) if one.name == name]
    return tuple(dict.fromkeys(one.path.absolute() for one in found))


def _pages(gallery: Path) -> Iterator[Path]:
    """The doctor's record and the pages it remembers; they show and name whoever was found."""
    try:
        record = load_record(gallery)
    except GalleryError:  # a damaged one is removed too
        record = None
    for folder in () if record is None else record.reports:
        yield from (Path(folder) / PAGE, Path(folder) / DATA)
    yield record_path(gallery)


def _asides(gallery: Path) -> Iterator[Path]:
    """What a power cut has left of a gallery or report that was being written."""
    for file in (gallery, report_path(gallery)):
        yield from file.parent.glob(f".{file.name}.*")


def _forget_embeddings(places: Places, digests: set[str]) -> Iterator[str]:
    files = [file for cache in places.caches for file in sorted(cache.glob("*.npz"))]
    files += sorted(places.gallery.parent.glob("*.unfinished.npz"))
    for file in files:
        taken = forget_embeddings(file, digests)
        if taken:
            yield f"{file}, which is damaged" if taken < 0 else f"{taken} embeddings in {file}"
