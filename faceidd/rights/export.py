"""A person's record, for the person: everything that is kept of them, in one archive.

The templates are in it, as numbers: they are biometric data of the person (GDPR article 4(14)), and
article 15(3) gives a copy of all that is processed. The photos are what the person provided, which
article 20 lets them take elsewhere; the templates, derived from them, it does not ask for.
"""

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from faceidd.enroll.report_file import EnrollmentReport
from faceidd.errors import GalleryError
from faceidd.gallery.gallery import Gallery, Person

RECORD = "record.json"
SCHEMA = "faceidd.person/1"


def export_person(
    gallery: Gallery,
    person: Person,
    report: EnrollmentReport | None,
    archive: Path,
    *,
    also: Mapping[str, object] | None = None,
) -> int:
    """Write a person's record and photos into a new ZIP file, its owner's only.

    Args:
        gallery: The gallery.
        person: Somebody in it.
        report: The report on its enrollment, if there is one.
        archive: The file to write.
        also: What else is kept of the person, for the record, as JSON takes it.

    Returns:
        How many photos are in it.

    Raises:
        GalleryError: The file exists already or cannot be written, or a photo cannot be read;
            nothing is left of it.
    """
    photos = [] if report is None else [one.path for one in report.photos_of(person.name)]
    there = [path for path in photos if path.exists()]
    names = {path: f"photos/{number:04d}{path.suffix}" for number, path in enumerate(there, 1)}
    record = _record(gallery, person, report, names) | dict(also or {})
    try:
        descriptor = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise GalleryError(
            f"cannot write {archive}: {error.strerror}", do="name a file that is not there yet"
        ) from error
    _pack(descriptor, archive, record, names)
    return len(there)


def templates_of(gallery: Gallery, person: Person) -> dict[str, object]:
    """A person's templates in a gallery, as a record has them."""
    rows = np.flatnonzero(gallery.owners == gallery.people.index(person)).tolist()
    return {
        "model": {"name": gallery.model_name, "id": gallery.model_id},
        "detector": gallery.detector,
        "templates": [
            {
                "photos": int(gallery.photos[row]),
                "norm": float(gallery.norms[row]),
                "vector": [float(value) for value in gallery.vectors[row]],
            }
            for row in rows
        ],
    }


def _pack(
    descriptor: int, archive: Path, record: Mapping[str, object], names: Mapping[Path, str]
) -> None:
    """Fill the archive, or remove it."""
    whole = False
    try:
        with (
            os.fdopen(descriptor, "wb") as file,
            # A file's time may be none that a ZIP can tell, which are those of 1980 to 2107.
            zipfile.ZipFile(file, "w", strict_timestamps=False) as packed,
        ):
            packed.writestr(RECORD, json.dumps(record, ensure_ascii=False, indent=1) + "\n")
            for path, name in names.items():
                packed.write(path, name)
        whole = True
    except OSError as error:
        raise GalleryError(
            f"cannot write {archive}: {error.strerror}",
            do="check that the photos can be read and the folder has room",
        ) from error
    finally:
        if not whole:
            archive.unlink(missing_ok=True)


def _record(
    gallery: Gallery,
    person: Person,
    report: EnrollmentReport | None,
    names: dict[Path, str],
) -> dict[str, object]:
    consent = person.consent
    mine = [] if report is None else [one for one in report.templates if one.person == person.name]
    return {
        "schema": SCHEMA,
        "id": person.id,
        "name": person.name,
        "groups": list(person.groups),
        "valid_from": person.valid_from and person.valid_from.isoformat(),
        "expires_at": person.expires_at and person.expires_at.isoformat(),
        "consent": consent
        and {
            "by": consent.by,
            "recorded_at": consent.recorded_at.isoformat(),
            "text_version": consent.text_version,
        },
        **templates_of(gallery, person),
        "photos": [
            photo.model_dump() | {"look": one.look, "file": names.get(photo.file)}
            for one in mine
            for photo in one.photos
        ],
    }
