"""Installation: what a checkup looks at, found out once before any check begins."""

import os
import pwd
from dataclasses import dataclass, field
from pathlib import Path

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
        samples: Metrics of the running daemon; None where none answers.
        silence: Why none answers; empty where one does.
        holder: Process that drives the door's pins now; None where none does, or it cannot be told.
        unit: The service, as systemd knows it; None where there is no systemd.
        user: Whom the service runs as; None where there is no such user.
        board: The machine.
    """

    file: Path
    config: Config = field(default_factory=Config)
    fault: ConfigError | None = None
    samples: Samples | None = None
    silence: str = ""
    holder: int | None = None
    unit: Unit | None = None
    user: pwd.struct_passwd | None = None
    board: Board = field(default_factory=Board)

    @property
    def daemon_runs(self) -> bool:
        """Whether a daemon of this door has camera and pins now."""
        return self.samples is not None or self.holder is not None

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
    samples, silence = _ask(config)
    unit = show_unit(SERVICE)
    return Installation(
        file=file,
        config=config,
        fault=fault,
        samples=samples,
        silence=silence,
        holder=holder(claim_folder(), config.door.id),
        unit=unit,
        user=_user(unit),
    )


def _ask(config: Config) -> tuple[Samples | None, str]:
    address = metrics_address(config)
    if address is None:
        return None, "it serves no metrics (metrics.listen is null)"
    try:
        return read_metrics(address), ""
    except FaceiddError as error:
        return None, error.what


def _user(unit: Unit | None) -> pwd.struct_passwd | None:
    named = (unit.user if unit is not None else "") or USER
    try:
        return pwd.getpwnam(named)
    except KeyError:
        return None
