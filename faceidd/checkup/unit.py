"""Unit: how systemd sees a service or a timer, asked for and never changed."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from faceidd.units import Seconds

BOOTED = Path("/run/systemd/system")
"""It is there where systemd runs the machine: sd_booted(3)."""
TIMEOUT = Seconds(5.0)

_PROPERTIES = {
    "LoadState": "load",
    "ActiveState": "active",
    "UnitFileState": "enabled",
    "Result": "result",
    "NRestarts": "restarts",
    "User": "user",
    "SupplementaryGroups": "groups",
    "NextElapseUSecRealtime": "next",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, in systemd's own words.

    Attributes:
        load: `loaded`, `not-found`, `masked` ...
        active: `active`, `inactive`, `failed`, `activating` ...
        enabled: `enabled`, `disabled`, `static` ...
        result: Why it failed: `exit-code`, `watchdog`, `success` ...
        restarts: How often it was started anew by itself.
        user: Whom it runs as; empty is root.
        groups: Groups it has beside those of its user, separated by spaces.
        next: When a timer is due.
    """

    load: str = ""
    active: str = ""
    enabled: str = ""
    result: str = ""
    restarts: str = ""
    user: str = ""
    groups: str = ""
    next: str = ""

    @property
    def is_installed(self) -> bool:
        """Whether systemd knows it."""
        return self.load == "loaded"


def show_unit(name: str) -> Unit | None:
    """Ask systemd for a unit; None where there is no systemd, or it does not answer.

    Args:
        name: `faceidd.service`.
    """
    systemctl = shutil.which("systemctl")
    if systemctl is None or not BOOTED.is_dir():
        return None
    command = [systemctl, "show", name, f"--property={','.join(_PROPERTIES)}"]
    try:
        shown = subprocess.run(  # noqa: S603 - systemd's own program, with names of our own
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
            timeout=TIMEOUT,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return parse_unit(shown.stdout)


def parse_unit(text: str) -> Unit:
    """Read what `systemctl show` says, `Name=value` a line; what is not asked for is left out."""
    said = dict(line.partition("=")[::2] for line in text.splitlines())
    return Unit(**{ours: said.get(theirs, "") for theirs, ours in _PROPERTIES.items()})
