"""Installation: what a checkup looks at, found out once before any check begins."""

import os
import pwd
from dataclasses import dataclass, field
from pathlib import Path

from faceidd.checkup.running import running_file
from faceidd.checkup.unit import Unit, show_unit
from faceidd.daemon.board import Board
from faceidd.daemon.claim import claim_folder, holder
from faceidd.daemon.config import Config
from faceidd.daemon.config_file import load_config
from faceidd.daemon.measuring import metrics_address
from faceidd.daemon.status import Samples, read_metrics
from faceidd.errors import ConfigError, FaceiddError

USER = "faceidd"
"""Whom the service runs as."""
SERVICE = "faceidd.service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """One door's installation on this machine.

    Attributes:
        file: The configuration file.
        config: What it says; the defaults where it cannot be read.
        fault: Why it cannot be read; None if it can.
        samples: Metrics of the running daemon; None where none answers, or none was asked.
        silence: Why not; None where one does.
        holder: Process that drives the door's pins now; None where none does, or it cannot be told.
        runs_with: Configuration that this process was started with; None where that is not known.
        unit: The service, as systemd knows it; None where there is no systemd.
        user: Whom the service runs as; None where there is no such user.
        board: The machine.
    """

    file: Path
    config: Config = field(default_factory=Config)
    fault: ConfigError | None = None
    samples: Samples | None = None
    silence: FaceiddError | None = None
    holder: int | None = None
    runs_with: Path | None = None
    unit: Unit | None = None
    user: pwd.struct_passwd | None = None
    board: Board = field(default_factory=Board)

    @property
    def daemon_runs(self) -> bool:
        """Whether a daemon of this door has camera and pins now, or may have."""
        unseen = self.silence is not None and isinstance(self.silence.__cause__, PermissionError)
        active = self.unit is not None and self.unit.active == "active"
        return self.samples is not None or self.holder is not None or active or unseen

    @property
    def to_be_told(self) -> str:
        """What to do so that a running daemon says what it alone can see."""
        if self.fault is not None:
            return "see configuration"
        return "let the daemon serve metrics (metrics.listen), or stop it for this check"

    @property
    def is_blind(self) -> bool:
        """Whether this is run by somebody who may not see what the service sees."""
        return self.user is not None and os.geteuid() not in {0, self.user.pw_uid}

    @property
    def is_there(self) -> bool:
        """Whether there is a configuration file at all."""
        return os.path.lexists(self.file)


def find_installation(file: Path) -> Installation:
    """Read the configuration and ask the running daemon.

    Args:
        file: The configuration; where it cannot be read, the defaults are looked at.
    """
    config, fault = Config(), None
    try:
        config = load_config(file)
    except ConfigError as error:
        fault = error
    samples, silence = _ask(config) if fault is None else (None, _unknown())
    unit = show_unit(SERVICE)
    drives = holder(claim_folder(), config.door.id)
    return Installation(
        file=file,
        config=config,
        fault=fault,
        samples=samples,
        silence=silence,
        holder=drives,
        runs_with=None if drives is None else running_file(drives),
        unit=unit,
        user=_user(unit),
    )


def _ask(config: Config) -> tuple[Samples | None, FaceiddError | None]:
    address = metrics_address(config)
    if address is None:
        return None, ConfigError("the daemon serves no metrics", do="set metrics.listen to 'unix'")
    try:
        return read_metrics(address), None
    except FaceiddError as error:
        return None, error


def _unknown() -> FaceiddError:
    # The defaults name a door `front`; what its daemon says may be of another camera and model.
    return ConfigError(
        "which daemon is this door's is not known without a right configuration",
        do="see configuration",
    )


def _user(unit: Unit | None) -> pwd.struct_passwd | None:
    named = (unit.user if unit is not None else "") or USER
    try:
        return pwd.getpwnam(named)
    except KeyError:
        return None
