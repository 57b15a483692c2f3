"""Check of the gallery: can it be opened, does it fit the model, how old is it?"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from faceidd.access.stale import Age, Synced, is_stale
from faceidd.checkup.check import Check, Figure
from faceidd.checkup.installation import Installation
from faceidd.clock import monotonic, right_time
from faceidd.daemon.config import Config
from faceidd.daemon.following import embedder_place
from faceidd.daemon.gallery_file import open_gallery
from faceidd.daemon.password import awaits_credentials
from faceidd.daemon.status import duration
from faceidd.daemon.syncing import try_gallery_out
from faceidd.errors import FaceiddError, ModelError
from faceidd.gallery.calibration import calibration_path
from faceidd.gallery.gallery import Gallery
from faceidd.sync.status import load_status
from faceidd.units import Seconds

HOUR = 3600
SOON = 0.25
"""Less than this share of `sync.stale_after_h` left is told."""


def check_gallery(one: Installation) -> Iterator[Check]:
    """Open it, try it with the model as the daemon does, and tell how old it is."""
    config = one.config
    key = config.gallery.key_file
    if key is not None and awaits_credentials(key):
        told = f"only the service has {key}"
        yield Check.skipped("gallery", told, "see faceidd status for what the daemon says of it")
    else:
        try:
            gallery = open_gallery(config)
        except FaceiddError as error:
            yield Check.fault("gallery", error)
            return
        yield from _opened(config, gallery)
    yield _age(config)


def _opened(config: Config, gallery: Gallery) -> Iterator[Check]:
    people = len(gallery.people)
    figures: dict[str, Figure] = {
        "people": people,
        "templates": len(gallery.norms),
        "version": gallery.version,
        "model": gallery.model_name,
        "model_id": gallery.model_id,
    }
    told = f"{people} people, {len(gallery.norms)} templates of {gallery.model_name}"
    told += f", version {gallery.version}" if gallery.version else ""
    try:
        try_gallery_out(config, gallery)
    except ModelError as error:
        yield Check.warn("gallery", f"{told}; not tried: {error.what}", error.do, **figures)
        return
    except FaceiddError as error:
        yield Check.fault("gallery", error, **figures)
        return
    if not people:
        mend = "enroll people: faceidd enroll folder; or let it sync"
        yield Check.fail("gallery", "it knows nobody: everybody is a stranger", mend, **figures)
    elif not _is_calibrated(config, gallery):
        mend = "faceidd calibrate, with photos of strangers like your visitors"
        uncalibrated = f"{told}; the threshold is the model pack's own, not calibrated"
        yield Check.warn("gallery", uncalibrated, mend, **figures)
    else:
        yield Check.ok("gallery", told, **figures)


def _is_calibrated(config: Config, gallery: Gallery) -> bool:
    place = embedder_place(config)
    beside = calibration_path(place.folder, place.pack, place.variant)
    return config.access.threshold is not None or gallery.calibration is not None or beside.exists()


def _age(config: Config) -> Check:
    """How old the gallery is: by its last good sync, or by its file where there was none."""
    name, limit_h = "gallery.age", config.sync.stale_after_h
    status = load_status(config.sync.state_dir)
    if status.good_at is None and limit_h is None:
        return _age_of_file(config)
    now = right_time(config.policy.clock_file)
    age = Age(Synced(status.good_at, status.seen_at), now, monotonic()).at(now, monotonic())
    limit = None if limit_h is None else Seconds(limit_h * HOUR)
    left = None if age is None or limit is None else (limit - age) / HOUR
    figures: dict[str, Figure] = {
        "age_h": None if age is None else round(age / HOUR, 2),
        "stale_after_h": limit_h,
        "stale_in_h": None if left is None else round(left, 2),
        "good_at": None if status.good_at is None else status.good_at.isoformat(),
    }
    told = "of unknown age" if age is None else f"synced {duration(age)} ago"
    mend = "see why it does not sync: systemctl status faceidd-sync"
    if is_stale(age, limit):
        effect = f"{told}, stale: sync.when_stale is {config.sync.when_stale}"
        # What is merely told closes no door.
        verdict = Check.warn if config.sync.when_stale == "tell" else Check.fail
        return verdict(name, effect, mend, **figures)
    if age is None:
        return Check.warn(name, told, mend, **figures)
    if left is None or limit is None:
        return Check.ok(
            name, f"{told}; sync.stale_after_h is null: it never counts as old", **figures
        )
    told += f", counts as old in {duration(left * HOUR)}"
    if left * HOUR < SOON * limit:
        return Check.warn(name, told, mend, **figures)
    return Check.ok(name, told, **figures)


def _age_of_file(config: Config) -> Check:
    changed = config.gallery.file.stat().st_mtime
    age = max(0.0, time.time() - changed)
    when = datetime.fromtimestamp(changed, UTC).isoformat(timespec="seconds")
    told = f"its file changed {duration(age)} ago; this door never synced"
    return Check.ok("gallery.age", told, age_h=round(age / HOUR, 2), changed_at=when)
