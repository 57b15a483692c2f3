"""Warns of folders that every user of the machine can enter, though a door keeps people in them.

The daemon makes its own folders closed. One that was there before is left as it is: it may be
somebody's intention.
"""

import logging
from pathlib import Path

from faceidd.daemon.config import Config

EVERYBODY = 0o007
"""What nobody but owner and group should be able to do there."""

_log = logging.getLogger(__name__)


def warn_of_open_folders(config: Config) -> None:
    """Tell in the log which folders of a door are open; one that is not there is not.

    Args:
        config: Names them.
    """
    for name, folder in kept_folders(config).items():
        mode = _mode(folder)
        if mode & EVERYBODY:
            _log.warning(
                "%s %s is open to every user of this machine (mode %04o): chmod 700 %s",
                name, folder, mode, folder,
            )  # fmt: skip


def kept_folders(config: Config) -> dict[str, Path]:
    """Folders that a door keeps people in: the setting that names each -> the folder.

    Args:
        config: Names them.
    """
    folders = {
        "policy.state_dir": config.policy.state_dir,
        "audit.dir": config.audit.dir,
        "snapshots.dir": config.snapshots.dir if config.snapshots.recipient else None,
    }
    return {name: folder for name, folder in folders.items() if folder is not None}


def _mode(folder: Path) -> int:
    try:
        return folder.stat().st_mode & 0o7777
    except OSError:
        return 0  # whoever needs it tells
