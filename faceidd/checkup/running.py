"""running_file: the configuration that a running daemon was started with, by its command line."""

import os
from itertools import pairwise
from pathlib import Path

PROCESSES = Path("/proc")
_OPTION = "--config"


def running_file(process: int, processes: Path = PROCESSES) -> Path | None:
    """Find it; None where it is not named there, or not to be seen from here.

    Args:
        process: The daemon's id.
        processes: Where the kernel tells of processes: proc(5).
    """
    place = processes / str(process)
    try:
        words = [os.fsdecode(word) for word in (place / "cmdline").read_bytes().split(b"\0")]
        named = [after for before, after in pairwise(words) if before == _OPTION]
        named += [word.partition("=")[2] for word in words if word.startswith(f"{_OPTION}=")]
        if not named:
            return None
        file = Path(named[-1])
        return file if file.is_absolute() else (place / "cwd").readlink() / file
    except OSError:
        return None
