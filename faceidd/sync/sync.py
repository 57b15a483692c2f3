"""Sync: from a signed repository to the gallery of this door, in the order it happens.

Whatever goes wrong, the gallery at hand stays as it is; why is told, and written down.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from faceidd.access.stale import CLOCK_SLACK
from faceidd.clock import WallClock, right_time, wall
from faceidd.errors import FaceiddError
from faceidd.gallery.gallery import Gallery
from faceidd.sync.alone import alone, clear
from faceidd.sync.cached_file import load_cached_file
from faceidd.sync.deadline import within
from faceidd.sync.documents import Assignment, Edition, parse_assignment, parse_edition
from faceidd.sync.gallery_update import GalleryUpdate
from faceidd.sync.identity import Identity, load_identity
from faceidd.sync.limits import MOST_SMALL_BYTES, Limits
from faceidd.sync.outcome import Outcome, Way
from faceidd.sync.pack import PackPlace
from faceidd.sync.place import GalleryPlace
from faceidd.sync.refused import Reason, RefusedError
from faceidd.sync.repository import Repository
from faceidd.sync.revocation import revoked
from faceidd.sync.status import BootTime, Status, held_of, load_status, save_status
from faceidd.sync.trial import DoorModel
from faceidd.sync.trust import Trust, load_trust
from faceidd.sync.urllib3 import Urllib3Fetcher

ASSIGNMENT = "assignment.age"
"""What a door was assigned to last; it stays when the door is revoked."""

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
        try_out: Tries a new gallery as the daemon would take it in; a GalleryError says that the
            daemon would refuse it.
        clock_file: Where it is missing, the door's clock cannot be right; None is always right.
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
    try_out: Callable[[Gallery], None]
    clock_file: Path | None = None
    door: str | None = None
    url: str | None = None
    packs: PackPlace | None = None


@dataclass(slots=True)
class _Book:
    """What is known by now, however the sync ends."""

    status: Status
    wall_clock: WallClock
    boot_clock: Callable[[], BootTime]


def sync(
    settings: SyncSettings,
    wall_clock: WallClock = wall,
    boot_clock: Callable[[], BootTime] = BootTime.now,
) -> Outcome:
    """Bring the door's gallery to what the repository offers. For the main thread.

    Args:
        settings: How.
        wall_clock: The door's clock.
        boot_clock: The one that nobody sets.

    Raises:
        RefusedError: Nothing new was taken, and why; the gallery is as it was. Whatever else may be
            raised is a bug; it is written down as one.
    """
    with alone(settings.state):
        clear(settings.place.file, settings.state)
        status = load_status(settings.state).counting(boot_clock())
        book = _Book(status, wall_clock, boot_clock)
        try:
            with within(settings.limits.total):
                outcome = _sync(settings, book)
        except FaceiddError as error:
            refused = _refused(error)
            _note_failure(settings, book, refused)
            raise refused from error
        except Exception as error:
            _note_failure(settings, book, _unforeseen(error))
            raise
        save_status(book.status, settings.state)
        return outcome


def _sync(settings: SyncSettings, book: _Book) -> Outcome:
    if right_time(settings.clock_file) is None:
        raise RefusedError(
            Reason.CLOCK,
            f"this door's clock cannot be right yet: {settings.clock_file} is missing",
            do="wait until it has the time; else correct policy.clock_file",
        )
    trust = load_trust(settings.trust, url=settings.url)
    identity = load_identity(settings.key)
    with _fetching(settings, trust) as fetcher:
        with Repository(trust, settings.state, fetcher, book.wall_clock) as repository:
            repository.refresh()
            timestamp, now = repository.timestamp, book.wall_clock()
            status = book.status.counting(book.boot_clock())
            _require_clock(status, timestamp, now)
            book.status = status = status.verified(now)
            assignment = _assignment(repository, identity, settings.state)
            if assignment is None:
                _require_assigned_before(settings, status)
                held = revoked(settings.place, status.held, settings.model)
                way = Way.REVOKED
            else:
                _compare_names(settings.door, assignment)
                settings.place.key()  # or its absence would be noticed by the next news only
                edition = _edition(repository, assignment, settings.state)
                _require_newer(status, edition, now)
                update = GalleryUpdate(
                    repository,
                    identity,
                    settings.place,
                    model=settings.model,
                    try_out=settings.try_out,
                    packs=settings.packs,
                    most=settings.limits.most_bytes,
                )
                way = update.to(edition, status.held)
                held = held_of(edition, update.stamp)
                if settings.packs is not None:
                    settings.packs.keep_only(edition.model_id)
        status = status.succeeded(now, timestamp=timestamp, held=held)
        if assignment is not None:
            status = status.model_copy(update={"door": assignment.door})
        book.status = status
        return Outcome(way, held.edition, held.version, fetcher.received, fetcher.requests)


def _assignment(repository: Repository, identity: Identity, state: Path) -> Assignment | None:
    name = f"doors/{identity.fingerprint}.age"
    target = repository.find(name)
    if target is None:
        return None
    content = repository.fetch(target, most=MOST_SMALL_BYTES, held=state / ASSIGNMENT)
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


def _unforeseen(error: Exception) -> RefusedError:
    return RefusedError(
        Reason.FAULT, f"the sync broke off: {type(error).__name__}", do="report this as a bug"
    )


def _note_failure(settings: SyncSettings, book: _Book, refused: RefusedError) -> None:
    book.status = status = book.status.failed(refused, book.wall_clock())
    save_status(status, settings.state)
    failure = status.failure
    if failure is not None:
        good = "never" if status.good_at is None else f"at {status.good_at:%Y-%m-%d %H:%M} UTC"
        _log.warning(
            "nothing new was taken: %s, %d in a row; the last good sync was %s",
            failure.reason, failure.count, good,
        )  # fmt: skip


def _require_assigned_before(settings: SyncSettings, status: Status) -> None:
    """Leave the gallery of a door alone that was never assigned: it is somebody else's work."""
    if status.held is None and not status.floors and not (settings.state / ASSIGNMENT).exists():
        raise RefusedError(
            Reason.NOT_ASSIGNED,
            "the repository has no assignment for this door, and never had one that it saw; the"
            " gallery at hand is left as it is",
            do="on the admin's machine: add this door by its fingerprint, and publish",
        )


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


def _require_clock(status: Status, timestamp: tuple[int, datetime], now: datetime) -> None:
    """Refuse to believe an old timestamp's day by a clock that was set back, or stands."""
    (version, expires), seen = timestamp, status.seen_at
    if seen is None or version > status.timestamp_version:
        return
    if now < seen - CLOCK_SLACK:
        raise RefusedError(
            Reason.CLOCK,
            f"this door's clock says {now:%Y-%m-%d %H:%M} UTC, and it is {seen:%Y-%m-%d %H:%M} at"
            " least: it was set back, and nothing newer is signed, so it is not known what has"
            " expired",
            do="set this door's clock right; the next renewed timestamp also mends it",
        )
    if seen > expires:
        raise RefusedError(
            Reason.EXPIRED,
            f"timestamp.json expired at {expires:%Y-%m-%d %H:%M} UTC, and more time has passed"
            " since it was new, whatever this door's clock says",
            do="renew it: faceidd publish refresh; if it was renewed, the server withholds it",
        )


@contextmanager
def _fetching(settings: SyncSettings, trust: Trust) -> Iterator[Urllib3Fetcher]:
    """A fetcher that knows the newest timestamp; what it learned of it is written down."""
    names, timestamp = settings.state / "timestamp.etag", "metadata/timestamp.json"
    cached = load_cached_file(trust.url + timestamp, names, settings.state / timestamp)
    try:
        fetcher = Urllib3Fetcher(
            settings.limits,
            f"{trust.url}targets/",
            settings.state / "partial",
            ca=trust.ca,
            cached=cached,
        )
    except ValueError as error:  # ssl.SSLError too
        raise RefusedError(
            Reason.SETUP,
            f"the trust file {settings.trust} holds no certificates that serve: {error}",
            do="write it again on the admin's machine",
        ) from error
    with closing(fetcher):
        yield fetcher
    if fetcher.cached != cached:
        with suppress(OSError):  # then it is sent once more
            fetcher.cached.save(names)
