"""Labeled photos: which photo shows whom, of which set and group, in which session."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from faceidd.enroll.photos import find_photos
from faceidd.evaluation.errors import EvaluationError

REQUIRED = ("path", "identity")
ALL = "all"
"""Set and group of photos whose manifest names none."""
LFW = "lfw"
SAME_PEOPLE = (
    {"Choi_Sung-hong", "Sung_Hong_Choi"},
    {"Hasan_Wirayuda", "Hassan_Wirajuda"},
    {"Wang_Nan", "Nan_Wang"},
    {"Wang_Yingfan", "Yingfan_Wang"},
)
"""People whom Labeled Faces in the Wild files under two names each: no impostors of themselves."""
LISTED = 5
"""Lines named in one message."""


@dataclass(frozen=True, slots=True)
class LabeledPhoto:
    """A photo and what is known of it.

    Attributes:
        path: The file.
        set: Where it comes from; people are compared within a set, as two sets differ in more
            than their people.
        identity: Whom it shows; the same name within a set is the same person.
        group: The group of people that errors are told apart by.
        session: When it was taken, as far as that is known; photos of one session of a person
            are more alike than those of two.
    """

    path: Path
    set: str
    identity: str
    group: str
    session: str = ""


def read_manifest(file: Path) -> tuple[LabeledPhoto, ...]:
    """Read a manifest: CSV in UTF-8 with a header.

    Columns are `path` (relative to the manifest's folder) and `identity`, and if wanted `set`,
    `group` and `session`. A photo without an identity is taken for the only one of its person:
    its relative path becomes the identity. Two names of one person, as far as they are known of
    Labeled Faces in the Wild (a set that begins with `lfw`), become one.

    Raises:
        EvaluationError: The file cannot be read, lacks a column, or lists a photo twice or none.
    """
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines, strict=True)
            _require_columns(file, reader.fieldnames or ())
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise EvaluationError(
            f"the manifest {file} cannot be read: {error}", do="name a CSV file in UTF-8"
        ) from error
    _require_complete(file, rows)
    if not rows:
        raise EvaluationError(f"the manifest {file} lists no photo", do="list some")
    return tuple(_photo(file.parent, row) for _, row in rows)


def read_folder(folder: Path) -> tuple[LabeledPhoto, ...]:
    """Read a folder of people, as `faceidd enroll folder` does; all are of one set and group.

    Raises:
        EnrollmentError: The folder cannot be read as photos of people.
    """
    return tuple(LabeledPhoto(photo.path, ALL, photo.name, ALL) for photo in find_photos(folder))


def read_photos(source: Path) -> tuple[LabeledPhoto, ...]:
    """Read a manifest or, where `source` is a folder, a folder of people.

    Raises:
        EvaluationError: It is a manifest that cannot be used.
        EnrollmentError: It is a folder that cannot be used.
    """
    return read_folder(source) if source.is_dir() else read_manifest(source)


def with_sessions(photos: Sequence[LabeledPhoto], pattern: str | None) -> tuple[LabeledPhoto, ...]:
    """Give photos the session that their file names tell.

    Args:
        photos: The photos.
        pattern: A regular expression with a group `session`, searched for in each file's name;
            where it is not found a photo keeps the session it had.

    Raises:
        EvaluationError: It is no regular expression, has no such group, or fits no photo.
    """
    if pattern is None:
        return tuple(photos)
    try:
        fitting = re.compile(pattern)
    except re.error as error:
        raise EvaluationError(
            f"--session-pattern {pattern} is no regular expression: {error}", do="correct it"
        ) from error
    if "session" not in fitting.groupindex:
        raise EvaluationError(
            f"--session-pattern {pattern} has no group named session", do="add (?P<session>...)"
        )
    found = [fitting.search(photo.path.name) for photo in photos]
    if not any(found):
        raise EvaluationError(
            f"--session-pattern {pattern} is found in no file's name", do="correct it"
        )
    return tuple(
        replace(photo, session=match["session"] or "") if match else photo
        for photo, match in zip(photos, found, strict=True)
    )


def one_name(photo: LabeledPhoto) -> LabeledPhoto:
    """Give a person whom LFW files under two names the first of them."""
    if not photo.set.lower().startswith(LFW):
        return photo
    names = next((names for names in SAME_PEOPLE if photo.identity in names), {photo.identity})
    return replace(photo, identity=min(names))


def _require_columns(file: Path, columns: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise EvaluationError(
            f"the manifest {file} has no column {' and no column '.join(missing)};"
            f" its first line reads: {','.join(columns)}",
            do="begin it with the line path,set,identity,group",
        )


def _require_complete(file: Path, rows: Sequence[tuple[int, Mapping[str | None, object]]]) -> None:
    """Refuse lines with fewer or more fields than the header, without a path, or seen before."""
    known: dict[str, int] = {}
    faults = []
    for number, row in rows:
        path = row["path"]
        if None in row or None in row.values():
            faults.append(f"line {number} has not as many fields as the header")
        elif not isinstance(path, str) or not path.strip() or "\0" in path:
            faults.append(f"line {number} names no photo")
        elif path in known:
            faults.append(f"line {number} lists the photo of line {known[path]} again")
        else:
            known[path] = number
    if faults:
        more = f"; and {len(faults) - LISTED} more" if len(faults) > LISTED else ""
        raise EvaluationError(
            f"the manifest {file} cannot be used: {'; '.join(faults[:LISTED])}{more}",
            do="correct these lines",
        )


def _photo(folder: Path, row: Mapping[str, str]) -> LabeledPhoto:
    return one_name(
        LabeledPhoto(
            folder / row["path"],
            row.get("set") or ALL,
            row["identity"] or row["path"],
            row.get("group") or ALL,
            row.get("session") or "",
        )
    )
