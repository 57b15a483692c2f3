"""Which photos people were enrolled from, and on which machine these lie, as rows."""

import platform
from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select

from faceidd.enroll.report_file import EnrollmentReport, TemplateEntry
from faceidd.store import tables

_TABLE = tables.enrollments
MACHINE = "machine"
"""Where the photos lie: a field that the store adds to an entry of the report."""


def this_machine() -> str:
    """How this machine is called."""
    return platform.node()


def machine_of(entry: TemplateEntry) -> str:
    """On which machine an entry's photos lie."""
    return str((entry.model_extra or {}).get(MACHINE, ""))


def read_entries(connection: Connection, person: str) -> tuple[TemplateEntry, ...]:
    """What is known of a person's photos."""
    wanted = select(_TABLE.c.entry).where(_TABLE.c.person_id == person).order_by(_TABLE.c.place)
    texts = connection.execute(wanted).scalars()
    return tuple(TemplateEntry.model_validate_json(text) for text in texts)


def write_entries(connection: Connection, person: str, entries: Collection[TemplateEntry]) -> None:
    """Write what is known of a person's photos, in place of what was."""
    connection.execute(delete(_TABLE).where(_TABLE.c.person_id == person))
    rows = [
        {
            "person_id": person,
            "place": place,
            "entry": entry.model_copy(update={"person": person}).model_dump_json(
                exclude_defaults=True
            ),
        }
        for place, entry in enumerate(entries)
    ]
    if rows:
        connection.execute(insert(_TABLE), rows)


def join_entries(connection: Connection, person: str, entries: Collection[TemplateEntry]) -> None:
    """Add photos that somebody was enrolled from on this machine; the earlier ones stay known."""
    here = this_machine()
    old = read_entries(connection, person)
    newer = tuple(one.model_copy(update={"person": person, MACHINE: here}) for one in entries)
    mine = tuple(one for one in old if machine_of(one) == here)
    elsewhere = [one for one in old if machine_of(one) != here]
    report = EnrollmentReport(schema_version=1, templates=newer)
    joined = EnrollmentReport(schema_version=1, templates=mine).joined(report)
    write_entries(connection, person, [*elsewhere, *joined.templates])
