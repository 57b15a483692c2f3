"""Sync: from a signed repository to the gallery of this door, in the order it happens.

Whatever goes wrong, the gallery at hand stays as it is; why is told, and written down.
"""

import fcntl
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from faceidd.access.stale import CLOCK_SLACK
from faceidd.clock import WallClock, wall
from faceidd.errors import FaceiddError
from faceidd.gallery.file import gallery_digest
from faceidd.sync.deadline import within
from faceidd.sync.documents import Assignment, Edition, parse_assignment, parse_edition
from faceidd.sync.identity import Identity, load_identity
from faceidd.sync.known import load_known
from faceidd.sync.limits import MOST_SMALL_BYTES, Limits
from faceidd.sync.outcome import Outcome, Way
from faceidd.sync.pack import PackPlace
from faceidd.sync.place import GalleryPlace
from faceidd.sync.refused import Reason, RefusedError
from faceidd.sync.renewal import Renewal
from faceidd.sync.repository import Repository
from faceidd.sync.status import Held, Status, held_of, load_status, save_status
from faceidd.sync.trial import DoorModel, nobody
from faceidd.sync.trust import Trust, load_trust
from faceidd.sync.urllib3 import Urllib3Fetcher

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """How a door syncs.

    Attributes:
        trust: The trust file.
        key: The door's own key.
        state: Folder for all that a sync keeps.
        place: Where the gallery lies.
        model: Says which model the door runs.
        limits: What a sync may take.
        door: The door's id, as its configuration has it; None compares none.
        url: Where the repository is instead of where the trust file says; None is there.
        packs: Where the model of a gallery is put, for a door that follows it; None follows none.
    """

    trust: Path
    key: Path
    state: Path
    place: GalleryPlace
    model: Callable[[], DoorModel]
    limits: Limits
    door: str | None = None
    url: str | None = None
    packs: PackPlace | None = None


def sync(settings: SyncSettings, wall_clock: WallClock = wall) -> Outcome:
    """Bring the door's gallery to what the repository offers. For the main thread.

    Args:
        settings: How.
        wall_clock: The door's clock.

    Raises:
        RefusedError: Nothing new was taken, and why; the gallery is as it was.
    """
    with _alone(settings.state):
        _clear(settings)
        status = load_status(settings.state)
        try:
            with within(settings.limits.total):
                outcome, status = _sync(settings, status, wall_clock)
        except FaceiddError as error:
            refused = _refused(error)
            status = status.failed(refused, wall_clock())
            save_status(status, settings.state)
            _log_failure(status)
            raise refused from error
        save_status(status, settings.state)
        return outcome


def _sync(settings: SyncSettings, status: Status, wall_clock: WallClock) -> tuple[Outcome, Status]:
    trust = load_trust(settings.trust, url=settings.url)
    identity = load_identity(settings.key)
    settings.place.key()  # or its absence would be noticed by the next new gallery only
    with _fetching(settings, trust) as fetcher:
        with Repository(trust, settings.state, fetcher, wall_clock) as repository:
            repository.refresh()
            timestamp, now = repository.timestamp, wall_clock()
            _require_clock(status, timestamp[0], now)
            assignment = _assignment(repository, identity, settings.state)
            if assignment is None:
                held, way = _revoked(settings, status), Way.REVOKED
            else:
                _compare_names(settings.door, assignment)
                edition = _edition(repository, assignment, settings.state)
                _require_newer(status, edition, now)
                renewal = Renewal(
                    repository,
                    identity,
                    settings.place,
                    model=settings.model,
                    packs=settings.packs,
                    most=settings.limits.most_bytes,
                )
                way = renewal.to(edition, status.held)
                held = held_of(edition, renewal.stamp)
                if settings.packs is not None:
                    settings.packs.keep_only(edition.model_id)
        status = status.succeeded(now, timestamp=timestamp, held=held)
        if assignment is not None:
            status = status.model_copy(update={"door": assignment.door})
        outcome = Outcome(way, held.edition, held.version, fetcher.received, fetcher.requests)
    return outcome, status


def _assignment(repository: Repository, identity: Identity, state: Path) -> Assignment | None:
    name = f"doors/{identity.fingerprint}.age"
    target = repository.find(name)
    if target is None:
        return None
    content = repository.fetch(target, most=MOST_SMALL_BYTES, held=state / "assignment.age")
    return parse_assignment(identity.open(content, name), name)


def _edition(repository: Repository, assignment: Assignment, state: Path) -> Edition:
    name = f"editions/{assignment.edition}.json"
    target = repository.find(name)
    if target is None:
        raise RefusedError(
            Reason.DAMAGED,
            f"the signed metadata assigns this door to edition {assignment.edition} and has none",
            do="publish again: faceidd publish",
        )
    content = repository.fetch(target, most=MOST_SMALL_BYTES, held=state / "edition.json")
    return parse_edition(content, name, assignment.edition)


def _revoked(settings: SyncSettings, status: Status) -> Held:
    """Put a gallery of nobody in the place, if it is not there already."""
    place, held = settings.place, status.held
    stamp = place.stamp()
    if held is not None and held.edition is None and stamp == held.stamp:
        return held
    _log.warning("this door is revoked: the repository has no assignment for it")
    before = place.load()
    version = max(0 if before is None else before.version, 0 if held is None else held.version)
    gallery = nobody(settings.model() if before is None else before, version)
    stamp = place.put(gallery)
    return Held(
        edition=None,
        version=version,
        published_at=None,
        model_id=gallery.model_id,
        model_name=gallery.model_name,
        sha256=gallery_digest(gallery),
        stamp=stamp,
    )


def _compare_names(door: str | None, assignment: Assignment) -> None:
    """Warn of a door that another one is told by: `fleet status` would look for it in vain."""
    if door is not None and door != assignment.door:
        _log.warning(
            "this door is %s, and published for as %s: set door.id, or add it anew (faceidd"
            " provision, faceidd fleet add)",
            door, assignment.door,
        )  # fmt: skip


def _refused(error: FaceiddError) -> RefusedError:
    if isinstance(error, RefusedError):
        return error
    return RefusedError(Reason.SETUP, error.what, do=error.do)  # the door's own model, say


def _log_failure(status: Status) -> None:
    failure = status.failure
    if failure is not None:
        good = "never" if status.good_at is None else f"at {status.good_at:%Y-%m-%d %H:%M} UTC"
        _log.warning(
            "nothing new was taken: %s, %d in a row; the last good sync was %s",
            failure.reason, failure.count, good,
        )  # fmt: skip


def _require_newer(status: Status, edition: Edition, now: datetime) -> None:
    floor = status.floors.get(edition.edition, 0)
    if edition.version < floor:
        raise RefusedError(
            Reason.ROLLED_BACK,
            f"edition {edition.edition} offers version {edition.version}, this door had {floor}",
            do="publish again from the newest store; a version never goes down",
        )
    if edition.published_at > now + CLOCK_SLACK:
        raise RefusedError(
            Reason.CLOCK,
            f"this door's clock says {now:%Y-%m-%d %H:%M} UTC, but what is signed was published at"
            f" {edition.published_at:%Y-%m-%d %H:%M}: the clock is behind",
            do="set this door's clock right, then sync again",
        )


def _require_clock(status: Status, timestamp: int, now: datetime) -> None:
    """Refuse to believe an old timestamp's day by a clock that was set back since."""
    seen = status.seen_at
    if seen is None or now >= seen - CLOCK_SLACK or timestamp > status.timestamp_version:
        return
    raise RefusedError(
        Reason.CLOCK,
        f"this door's clock says {now:%Y-%m-%d %H:%M} UTC and has shown {seen:%Y-%m-%d %H:%M}:"
        " it was set back, and nothing newer is signed, so it is not known what has expired",
        do="set this door's clock right; the next renewed timestamp also mends it",
    )


def _clear(settings: SyncSettings) -> None:
    """Remove what a sync that was killed had written aside, as `faceidd.durable` names it."""
    file, metadata = settings.place.file, settings.state / "metadata"
    for folder in (settings.state, metadata, metadata / "root_history"):
        _unlink(folder.glob(".*.????????"))
    _unlink(file.parent.glob(f".{file.name}.????????"))


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink()


@contextmanager
def _fetching(settings: SyncSettings, trust: Trust) -> Iterator[Urllib3Fetcher]:
    """A fetcher that knows the newest timestamp; what it learned of it is written down."""
    names, timestamp = settings.state / "timestamp.etag", "metadata/timestamp.json"
    known = load_known(trust.url + timestamp, names, settings.state / timestamp)
    try:
        fetcher = Urllib3Fetcher(
            settings.limits,
            f"{trust.url}targets/",
            settings.state / "partial",
            ca=trust.ca,
            known=known,
        )
    except ValueError as error:  # ssl.SSLError too
        raise RefusedError(
            Reason.SETUP,
            f"the trust file {settings.trust} holds no certificates that serve: {error}",
            do="write it again on the admin's machine",
        ) from error
    with closing(fetcher):
        yield fetcher
    if fetcher.known != known:
        with suppress(OSError):  # then it is sent once more
            fetcher.known.save(names)


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    """Let no second sync of this door run."""
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (state / "lock").open("ab")
    except OSError as error:
        raise RefusedError(
            Reason.SETUP,
            f"sync.state_dir {state} cannot be written: {error.strerror}",
            do="make it the user faceidd's",
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RefusedError(
                Reason.BUSY, "another sync of this door is running", do="wait until it has ended"
            ) from None
        yield
