"""A person's record out of the store, for the person; see `faceidd.rights.export`."""

from pathlib import Path

from sqlalchemy import or_, select

from faceidd.enroll.report_file import EnrollmentReport
from faceidd.errors import StoreError
from faceidd.gallery.gallery import Gallery, Person
from faceidd.rights.export import export_person, templates_of
from faceidd.store import tables
from faceidd.store.enrollments import machine_of, this_machine
from faceidd.store.store import Store
from faceidd.store.templates import read_gallery, read_models


def export_stored(store: Store, name: str, archive: Path) -> tuple[Person, int, int]:
    """Write a person's record, and the photos that lie on this machine, into a new ZIP file.

    Args:
        store: The store.
        name: The person, by name or id.
        archive: The file to write.

    Returns:
        The person, how many photos are in the archive, and how many lie elsewhere.

    Raises:
        StoreError: Nobody is called that, or several are, or the person is being forgotten.
        GalleryError: The file exists already or cannot be written, or a photo cannot be read.
    """
    person = store.find(name).person
    entries = store.entries(person.id)
    elsewhere = [one for one in entries if machine_of(one) != this_machine()]
    report = EnrollmentReport(
        schema_version=1,
        templates=tuple(
            one.model_copy(update={"person": person.name})
            for one in entries
            if one not in elsewhere
        ),
    )
    galleries = _galleries(store, person)
    if not galleries:
        raise StoreError(
            f"{person.name} is being forgotten: there are no templates any more",
            do="finish that: faceidd store forget",
        )
    first, *others = galleries
    also = {
        "other_models": [templates_of(one, person) for one in others],
        "photos_elsewhere": [
            {"machine": machine_of(one), **photo.model_dump()}
            for one in elsewhere
            for photo in one.photos
        ],
        "likenesses_allowed": _leaves(store, person.id),
    }
    photos = export_person(first, person, report, archive, also=also)
    return person, photos, sum(len(one.photos) for one in elsewhere)


def _galleries(store: Store, person: Person) -> list[Gallery]:
    """Galleries in which the person is, of each model."""
    with store.reading() as connection:
        models = read_models(connection)
        found = [read_gallery(connection, one, None, only=person.id) for one in models]
    return [gallery for gallery in found if gallery.people]


def _leaves(store: Store, person: str) -> list[dict[str, object]]:
    table = tables.allowances
    wanted = select(table).where(or_(table.c.one_id == person, table.c.other_id == person))
    with store.reading() as connection:
        return [
            {"reason": row["reason"], "by": row["by"], "at": row["at"].isoformat()}
            for row in connection.execute(wanted).mappings()
        ]
