"""Check of the clock on the wall: is it kept right, and does the door believe it?"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from faceidd.checkup.check import Check
from faceidd.checkup.installation import Installation
from faceidd.checkup.kernel_clock import KernelClock, kernel_clock
from faceidd.clock import right_time, wall

SLACK = timedelta(minutes=10)
"""How far ahead a file's time may lie: another machine may have set it."""
ZONE = Path("/etc/localtime")
_SYNC = "run systemd-timesyncd or chrony, and let it reach a time server: timedatectl"


def check_clock(
    one: Installation,
    kernel: Callable[[], KernelClock | None] = kernel_clock,
    now: Callable[[], datetime] = wall,
) -> Iterator[Check]:
    """Say whether the time can be right.

    Args:
        one: The installation.
        kernel: Says what the kernel holds of its clock.
        now: The clock on the wall.
    """
    shown, state, policy = now(), kernel(), one.config.policy
    figures = {
        "now": shown.isoformat(timespec="seconds"),
        "timezone": _zone(),
        "synchronized": None if state is None else state.synchronized,
        "most_error_s": None if state is None else round(state.most_error, 3),
    }
    told = f"{shown:%Y-%m-%d %H:%M} UTC, the machine's zone is {figures['timezone']}"
    newest = max(filter(None, map(_changed, _files(one))), default=None)
    if newest is not None and newest - shown > SLACK:
        behind = f"{told}: that is before {newest:%Y-%m-%d %H:%M}, when a file of the door changed"
        yield Check.fail("clock", behind, _SYNC, **figures)
    elif policy.clock_file is not None and right_time(policy.clock_file) is None:
        untold = f"{told}; {policy.clock_file} is not there: what needs the clock is denied"
        yield Check.fail("clock", untold, f"{_SYNC}; or correct policy.clock_file", **figures)
    elif state is None:
        untold = f"{told}; the kernel does not say whether it is kept right"
        yield Check.warn("clock", untold, _SYNC, **figures)
    elif not state.synchronized:
        yield Check.warn("clock", f"{told}; nothing keeps it right", _SYNC, **figures)
    else:
        kept = f"{told}, kept right to {state.most_error:.1f} s or better"
        yield Check.ok("clock", kept, **figures)


def _files(one: Installation) -> list[Path]:
    files = [one.file, one.config.gallery.file, one.config.policy.file]
    return [file for file in files if file is not None]


def _changed(file: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(os.stat(file).st_mtime, UTC)  # noqa: PTH116 - beside fromtimestamp
    except OSError:
        return None


def _zone() -> str:
    """The machine's time zone by its name, where the usual link tells it; else as it is shown."""
    try:
        name = str(ZONE.readlink()).partition("zoneinfo/")[2]
    except OSError:
        name = ""
    return name or str(datetime.now(UTC).astimezone().tzname())
