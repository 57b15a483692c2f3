"""Forgetting: everything that faceidd keeps of a person is removed, and told.

The gallery comes first: whatever fails later, the door forgets. The report comes last, for it names
the photos: what could not be removed stays in it, and the same command can be run again. Removing a
file unlinks it; what a flash disk still holds of it afterwards is out of reach (docs/gallery.md).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from faceidd.doctor.page_files import DATA, PAGE
from faceidd.doctor.record import load_record, record_path
from faceidd.enroll.photos import Photo, find_photos
from faceidd.enroll.report import photo_digest
from faceidd.enroll.report_file import EnrollmentReport, load_report, report_path, write_report
from faceidd.enroll.unfinished import unfinished_files
from faceidd.errors import GalleryError
from faceidd.gallery.file import load_gallery, save_gallery
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.key import GalleryKey
from faceidd.gallery.revision import find_person, without_person
from faceidd.rights.embeddings import Untaken, forget_embeddings
from faceidd.rights.photos import Removal, remove_empty
from faceidd.rights.traces import Trace, find_traces


@dataclass(frozen=True, slots=True)
class Places:
    """Where something of a person may be kept.

    Attributes:
        gallery: The gallery's file; reports, records and unfinished enrollments lie beside it.
        photos: The folder of photos, beside those that the report on the enrollment names; None
            where it names all.
        caches: Folders of kept embeddings.
        key: The key that the gallery is encrypted with; None where it is plain.
    """

    gallery: Path
    photos: Path | None
    caches: tuple[Path, ...]
    key: GalleryKey | None = None


@dataclass(slots=True)
class Forgotten:
    """What was done.

    Attributes:
        told: Everything that was removed, in words.
        missing: Photos of the person that are not where they were enrolled from.
        kept: Files that could not be removed, or read to know what to remove, each with why.
        look_at: Files to look at, each with why: they may still hold the person's name or the
            digest of a photo, or could not be looked at.
    """

    told: list[str] = field(default_factory=list)
    missing: list[Path] = field(default_factory=list)
    kept: list[tuple[Path, str]] = field(default_factory=list)
    look_at: list[Trace] = field(default_factory=list)


def forget(name: str, places: Places) -> Forgotten:
    """Remove everything that is kept of a person.

    Args:
        name: The person, by name or id; somebody who is not in the gallery any more is forgotten
            where photos and reports name them.
        places: Where to look.

    Returns:
        What was done; a file that cannot be removed does not keep others from being removed.

    Raises:
        GalleryError: The gallery cannot be read or written, or nobody of that name is known
            anywhere, as far as the report can be read.
        EnrollmentError: The folder of photos cannot be read.
    """
    done = Forgotten()
    gallery = load_gallery(places.gallery, places.key)
    person = _person(gallery, name)
    called = name if person is None else person.name
    report = _report(places.gallery, done, known=person is not None)
    photos = _photos(report, places.photos, called)
    if person is None and not photos:
        find_person(gallery, name)  # which says that nobody is called that
    digests = set(() if report is None else report.digests(called))
    digests |= {digest for one in photos if (digest := photo_digest(one))}
    if person is not None:
        templates = int((gallery.owners == gallery.people.index(person)).sum())
        save_gallery(without_person(gallery, person), places.gallery, places.key)
        done.told.append(f"{templates} templates of {called} in {places.gallery}")
    _remove_files(places.gallery, photos, done)
    _forget_embeddings(places, digests, done)
    if report is not None and report.photos_of(called):
        kept = {path for path, _ in done.kept}
        # As long as embeddings or pages are left, the digests are needed, and the name.
        needed = kept if kept.issubset(photos) else photos
        _forget_entries(report, called, needed, places.gallery, done)
    folders = {places.gallery.parent, *places.caches, *(one.parent for one in photos)}
    folders |= {places.photos} if places.photos else set()
    done.look_at += find_traces(folders, called, digests)
    return done


def _report(gallery: Path, done: Forgotten, *, known: bool) -> EnrollmentReport | None:
    """The report; a damaged one keeps nobody from being forgotten who is `known` without it."""
    try:
        return load_report(gallery)
    except GalleryError as error:
        if not known:
            raise
        why = f"{error} Or remove it, and name the folder of photos as --photos"
        done.kept.append((report_path(gallery), why))
        return None


def _person(gallery: Gallery, name: str) -> Person | None:
    known = {one.id for one in gallery.people} | {one.name for one in gallery.people}
    return find_person(gallery, name) if name in known else None


def _photos(report: EnrollmentReport | None, folder: Path | None, name: str) -> tuple[Path, ...]:
    found: list[Photo] = [] if report is None else [*report.photos_of(name)]
    if folder is not None:
        found += [one for one in find_photos(folder) if one.name == name]
    return tuple(dict.fromkeys(one.path.absolute() for one in found))


def _remove_files(gallery: Path, photos: Collection[Path], done: Forgotten) -> None:
    removal = Removal()
    for file in photos:
        if not removal.remove(file):
            done.missing.append(file)
    for file in (*_pages(gallery), *_asides(gallery)):
        removal.remove(file)
    if not removal.kept:  # or else it is still needed to find the pages
        removal.remove(record_path(gallery))
    remove_empty(removal.removed)
    done.told += [str(file) for file in removal.removed]
    done.kept += removal.kept


def _pages(gallery: Path) -> Iterator[Path]:
    """The pages that the doctor remembers; they show and name whoever was found."""
    try:
        record = load_record(gallery)
    except GalleryError:  # a damaged one is removed too
        record = None
    for folder in () if record is None else record.reports:
        yield from (Path(folder) / PAGE, Path(folder) / DATA)


def _asides(gallery: Path) -> Iterator[Path]:
    """What a power cut has left of a gallery or report that was being written."""
    for file in (gallery, report_path(gallery)):
        yield from file.parent.glob(f".{file.name}.*")


def _forget_embeddings(places: Places, digests: set[str], done: Forgotten) -> None:
    files = [file for cache in places.caches for file in sorted(cache.glob("*.npz"))]
    files += unfinished_files(places.gallery)
    for file in files:
        try:
            taken = forget_embeddings(file, digests)
        except OSError as error:
            done.kept.append((file, error.strerror or "it cannot be read"))
            continue
        if taken is Untaken.FOREIGN:
            done.look_at.append((file, taken.value))
        elif taken is Untaken.REMOVED:
            done.told.append(f"{file}: {taken.value}")
        elif taken:
            done.told.append(f"{taken} embeddings in {file}")


def _forget_entries(
    report: EnrollmentReport, name: str, kept: Collection[Path], gallery: Path, done: Forgotten
) -> None:
    left = report.without(name, kept)
    forgotten = len(report.photos_of(name)) - len(left.photos_of(name))
    try:
        write_report(left, gallery)
    except GalleryError as error:
        done.kept.append((report_path(gallery), str(error)))
    else:
        done.told.append(f"{forgotten} entries in {report_path(gallery)}")
