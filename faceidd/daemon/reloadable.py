"""Reloadable: which settings take effect while a door runs. Pure.

What is left out needs a restart: it is wired, opened or connected once, when the daemon starts.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from faceidd.daemon.config import Config
from faceidd.daemon.config_section import Section
from faceidd.errors import ConfigError

RELOADABLE = frozenset(
    {
        "door.pulse_s",
        "door.held_after_s",
        "door.free_exit",
        "door.exit_in_lockdown",
        "detector.motion_gate",
        "detector.idle_look_s",
        "access.metric",
        "access.threshold",
        "access.min_margin",
        "access.min_frames",
        "access.stranger_frames",
        "access.max_age_s",
        "policy.file",
        "sync.stale_after_h",
        "sync.when_stale",
        "events.health_s",
        "log.level",
    }
)
"""Keys that a reload changes."""

SYNCS_OWN = frozenset(
    f"sync.{key}"
    for key in (
        "trust", "url", "key_file", "connect_timeout_s", "read_timeout_s", "total_s",
        "least_bytes_per_s", "tries", "most_mb",
    )
)  # fmt: skip
"""Keys that only `faceidd sync` reads, each time it runs."""

_MEASURED = ("models.", "detector.", "gallery.")
"""Sections that a threshold was chosen for: while one of their keys waits, all of `access` does."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a new configuration comes to for a door that runs.

    Attributes:
        config: What is in force from now on.
        changed: Keys that took effect, in the file's order.
        waiting: Keys that are other in the file and need a restart; the old values stay in force.
    """

    config: Config
    changed: tuple[str, ...]
    waiting: tuple[str, ...]


def change(running: Config, new: Config) -> Change:
    """Take of a new configuration what may change while the door runs.

    Args:
        running: What is in force.
        new: What the file says now.

    Raises:
        ConfigError: What would be in force then, old and new together, is not right.
    """
    differing = tuple(_differing(running, new, ""))
    waits = {key for key in differing if not _may_change(running, new, key)}
    if any(key.startswith(_MEASURED) for key in waits):
        waits |= {key for key in differing if key.startswith("access.")}
    changed = tuple(key for key in differing if key not in waits)
    config = running
    for section in dict.fromkeys(key.partition(".")[0] for key in changed):
        names = [key.partition(".")[2] for key in changed if key.startswith(f"{section}.")]
        part = _mixed(getattr(running, section), getattr(new, section), names)
        config = config.model_copy(update={section: part})
    return Change(config, changed, tuple(key for key in differing if key in waits))


def _may_change(running: Config, new: Config, key: str) -> bool:
    if key == "policy.file":
        # Without a policy everybody passes, and nothing that a policy needs is kept on the disk.
        return running.policy.file is not None and new.policy.file is not None
    return key in RELOADABLE or key in SYNCS_OWN


def _mixed(running: Section, new: Section, names: list[str]) -> Section:
    """A section with the new values of some of its keys, held against its rules once more."""
    values = {name: getattr(new, name) for name in names}
    try:
        return type(running).model_validate(dict(running) | values)
    except ValidationError as error:
        told = "; ".join(one["msg"] for one in error.errors())
        raise ConfigError(
            f"the new settings do not fit those that need a restart: {told}", do="restart the door"
        ) from None


def _differing(running: Section, new: Section, prefix: str) -> Iterator[str]:
    for name in type(running).model_fields:
        old, now = getattr(running, name), getattr(new, name)
        if old == now:
            continue
        if not prefix:
            yield from _differing(old, now, f"{name}.")
        else:
            yield f"{prefix}{name}"
