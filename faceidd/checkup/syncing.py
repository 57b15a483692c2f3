"""Check of the sync: are its keys there, how did the last one go, is there a next one?"""

import os
from collections.abc import Callable, Iterator

from faceidd.checkup.check import Check, Figure
from faceidd.checkup.installation import Installation
from faceidd.checkup.unit import Unit, show_unit
from faceidd.clock import wall
from faceidd.daemon.config import Config
from faceidd.daemon.password import awaits_credentials
from faceidd.daemon.status import duration
from faceidd.errors import FaceiddError
from faceidd.sync.status import Status, load_status
from faceidd.sync.trust import load_trust

TIMER = "faceidd-sync.timer"


def check_sync(
    one: Installation, show: Callable[[str], Unit | None] = show_unit
) -> Iterator[Check]:
    """Say whether the door gets new galleries.

    Args:
        one: The installation.
        show: Asks systemd for a unit.
    """
    config = one.config
    if not os.path.lexists(config.sync.trust):
        told = f"there is no trust file {config.sync.trust}: this door does not sync"
        yield Check.skipped("sync", told)
        return
    yield _setup(config)
    yield _last(load_status(config.sync.state_dir))
    yield _timer(show(TIMER))


def _setup(config: Config) -> Check:
    try:
        trust = load_trust(config.sync.trust, url=config.sync.url)
    except FaceiddError as error:
        return Check.fault("sync", error)
    key = config.sync.key_file
    if not awaits_credentials(key) and not os.access(key, os.R_OK):
        mend = "make it on the door: faceidd provision; or run this as the service's user"
        return Check.fail("sync", f"the door's key {key} is not there, or not readable", mend)
    return Check.ok("sync", f"galleries come from {trust.url}", url=trust.url)


def _last(status: Status) -> Check:
    name, now, failure = "sync.last", wall(), status.failure
    figures: dict[str, Figure] = {
        "good_at": None if status.good_at is None else status.good_at.isoformat(),
        "checked_at": None if status.checked_at is None else status.checked_at.isoformat(),
        "failures": 0 if failure is None else failure.count,
        "reason": None if failure is None else failure.reason.value,
    }
    good = status.good_at
    told = "none went well yet" if good is None else (
        f"the newest good one was {duration((now - good).total_seconds())} ago"
    )  # fmt: skip
    if failure is not None:
        why = f"{told}; since then {failure.count} failed ({failure.reason}): {failure.text}"
        mend = "docs/sync.md says what each reason means"
        return Check.warn(name, why, mend, **figures)
    if good is None:
        return Check.warn(name, told, "start one: systemctl start faceidd-sync", **figures)
    until = status.fresh_until
    if until is not None and until < now:
        told += f"; what it was signed by expired at {until:%Y-%m-%d %H:%M}"
        mend = "have the admin run faceidd publish refresh: nobody renews what is published"
        return Check.warn(name, told, mend, **figures)
    return Check.ok(name, told, **figures)


def _timer(unit: Unit | None) -> Check:
    name = "sync.timer"
    if unit is None:
        return Check.skipped(name, "no systemd answers here")
    figures: dict[str, Figure] = {"active": unit.active, "enabled": unit.enabled, "next": unit.next}
    if unit.active == "active":
        return Check.ok(name, f"{TIMER} runs, next {unit.next or 'soon'}", **figures)
    state = "is not installed" if not unit.is_installed else f"is {unit.active}"
    told = f"{TIMER} {state}: nothing syncs by itself"
    return Check.warn(name, told, f"systemctl enable --now {TIMER}", **figures)
