"""Sweep: what nothing names any more is removed, once doors had time to finish with it."""

import logging
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from faceidd.doctor.record import load_record, record_path
from faceidd.errors import GalleryError, PublishError
from faceidd.gallery.file import load_gallery
from faceidd.publish.folder import PublishFolder
from faceidd.publish.pending import Pending
from faceidd.publish.plan import Planned
from faceidd.publish.repository import TIMESTAMP_FILE, Repository
from faceidd.publish.state import GALLERIES, SUFFIX, State, gallery_file, since
from faceidd.publish.target_files import served_name

_log = logging.getLogger(__name__)


def sweep_served(folder: PublishFolder, state: State, now: datetime) -> None:
    """Remove served files that nothing has named for the grace time.

    Args:
        folder: The publisher's folder, locked.
        state: Says since when; is brought up to date.
        now: The present moment, in UTC.

    Raises:
        PublishError: A file cannot be removed, or metadata cannot be read.
    """
    grace = timedelta(hours=folder.load_settings().grace_hours)
    named, retired = _named(folder), {}
    for path in (one for one in folder.public.rglob("*") if one.is_file()):
        name = path.relative_to(folder.public).as_posix()
        if name in named:
            continue
        retired[name] = since(state, name, now)
        if now - retired[name] >= grace:
            _remove(path)
            del retired[name]
    state.retired = retired


def sweep_plain(folder: PublishFolder, state: State, plan: Sequence[Planned]) -> None:
    """Remove plain galleries that no delta will start from; records of what was forced stay.

    One that holds somebody who is not in the newest version goes too: whoever was forgotten is in
    no file here. Doors that are several versions behind fetch the whole gallery then.

    Args:
        folder: The publisher's folder, locked.
        state: Says which versions are kept.
        plan: The newest version of each edition that has doors.

    Raises:
        PublishError: A file cannot be removed.
    """
    kept = set()
    for one in plan:
        known = {person.id for person in one.gallery.people}
        for version in state.editions[one.edition.id]:
            path = gallery_file(folder, one.edition.id, version.version)
            if version == one.version or _holds_only(path, known):
                kept.add(path)
    for path in (folder.state / GALLERIES).glob(f"*/*{SUFFIX}"):
        if path not in kept:
            _remove(path)
            if not _was_forced(path):
                _remove(record_path(path))


def _holds_only(path: Path, known: Collection[str]) -> bool:
    try:
        return all(person.id in known for person in load_gallery(path).people)
    except GalleryError:
        return False


def _was_forced(gallery: Path) -> bool:
    try:
        record = load_record(gallery)
    except GalleryError as error:
        _log.warning("%s", error)
        return True
    return record is not None and bool(record.overrides)


def _named(folder: PublishFolder) -> set[str]:
    return {f"metadata/{name}" for name in _metadata(folder)} | {
        f"targets/{name}" for name in _targets(folder)
    }


def _metadata(folder: PublishFolder) -> Iterator[str]:
    repository = Repository(folder)
    yield TIMESTAMP_FILE
    yield from (f"{one.signed.version}.root.json" for one in repository.roots())
    published = repository.published()
    if published is not None:
        yield f"{published.snapshot.signed.version}.snapshot.json"
        yield f"{published.targets.signed.version}.targets.json"


def _targets(folder: PublishFolder) -> Iterator[str]:
    published = Repository(folder).published()
    served = published.targets if published is not None else None
    for one in (served, Pending(folder).targets(served.signed.version if served else 0)):
        if one is not None:
            yield from (served_name(target) for target in one.signed.targets.values())


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise PublishError(
            f"{path} cannot be removed: {error.strerror}", do="check its owner"
        ) from error
