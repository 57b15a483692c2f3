"""KeptLockdown: a lockdown outlives the daemon, so that no crash and no power cut lifts it."""

import logging
from pathlib import Path

from faceidd.durable import replace_file, sync_folder

_log = logging.getLogger(__name__)


class KeptLockdown:
    """A file that is there while a door is locked down; what it holds means nothing.

    Args:
        path: The file; its folder is made when a lockdown is kept.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> bool:
        """Whether the door was locked down; also if that cannot be found out."""
        try:
            self._path.lstat()
        except FileNotFoundError:
            return False
        except OSError as error:
            _log.error("the door begins in a lockdown: %s cannot be read: %s", self._path, error)
        return True

    def write(self, locked_down: bool) -> bool:
        """Keep it, or forget it.

        Returns:
            Whether that was done; if not, the log says why.
        """
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if locked_down:
                replace_file(self._path, b"This door is locked down. Lift it before removing me.\n")
            else:
                self._path.unlink(missing_ok=True)
                sync_folder(self._path.parent)
        except OSError as error:
            _log.error("the lockdown is not kept in %s: %s", self._path, error)
            return False
        return True
