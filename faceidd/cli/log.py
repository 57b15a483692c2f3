"""What the programs write to stderr, for a terminal or for systemd's journal."""

import logging
import os
import sys
from typing import TextIO

# sd-daemon(3): the journal takes a line's weight from such a prefix.
_PRIORITIES = {
    logging.DEBUG: "<7>",
    logging.INFO: "<6>",
    logging.WARNING: "<4>",
    logging.ERROR: "<3>",
    logging.CRITICAL: "<2>",
}


def set_up_log(*, verbose: bool) -> None:
    """Send the log to stderr, from `info` on, or from `debug` on when verbose.

    Called again it replaces what it did before.
    """
    handler = _Stderr()
    if _is_journal():
        handler.setFormatter(_JournalFormatter("%(name)s: %(message)s"))
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    level = logging.DEBUG if verbose else logging.INFO
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # It tells each signature that is missing, also where enough others are there.
    logging.getLogger("tuf").setLevel(logging.DEBUG if verbose else logging.WARNING)


def tell_error(message: str) -> None:
    """Write a program's last words to stderr."""
    print(_prefixed(message, logging.ERROR) if _is_journal() else message, file=sys.stderr)


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what is stderr when a line comes, and never to what was and is closed by now."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _: TextIO) -> None:
        """Nothing: it follows stderr."""


class _JournalFormatter(logging.Formatter):
    """Leaves the time to the journal, and gives it every line's weight."""

    def format(self, record: logging.LogRecord) -> str:
        return _prefixed(super().format(record), record.levelno)


def _prefixed(text: str, level: int) -> str:
    priority = _PRIORITIES.get(level, "<6>")
    return priority + text.replace("\n", f"\n{priority}")  # the journal splits at line ends


def _is_journal() -> bool:
    # systemd.exec(5): the variable is also inherited by programs whose stderr leads elsewhere.
    try:
        stat = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{stat.st_dev}:{stat.st_ino}"
