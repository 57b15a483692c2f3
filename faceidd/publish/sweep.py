"""Sweep: what nothing names any more is removed, once doors had time to finish with it."""

import logging
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from faceidd.doctor.record import load_record, record_path
from faceidd.errors import GalleryError, PublishError
from faceidd.publish.folder import PublishFolder
from faceidd.publish.pending import Pending
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


def sweep_plain(folder: PublishFolder, state: State, served: Collection[str]) -> None:
    """Remove plain galleries that no delta starts from; records of what was forced stay.

    Args:
        folder: The publisher's folder, locked.
        state: Says which versions are kept.
        served: Editions that have doors.

    Raises:
        PublishError: A file cannot be removed.
    """
    kept = {
        gallery_file(folder, edition, one.version)
        for edition in served
        for one in state.editions.get(edition, [])
    }
    for path in (folder.state / GALLERIES).glob(f"*/*{SUFFIX}"):
        if path not in kept:
            _remove(path)
            if not _was_forced(path):
                _remove(record_path(path))


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
