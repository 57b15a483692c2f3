"""Segment: the file of one day of the log, as its name tells it.

The number comes first, so that the names' order is the chain's whatever the clock said. A day has
one file, but for a clock that was set back, or a day that is too large for one.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

HEAD = "head.json"
"""Name of the file with the newest seal of the file that is being written."""

_NAME = re.compile(r"([0-9]{12})-([0-9]{4}-[0-9]{2}-[0-9]{2})\.(jsonl|seal\.json)")


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """One file of the log.

    Attributes:
        first: Number of its first record.
        day: The day it was begun, in UTC.
    """

    first: int
    day: date

    @classmethod
    def parse(cls, name: str) -> Self | None:
        """Read the name of a segment, or of its seal; None for another file's."""
        found = _NAME.fullmatch(name)
        if found is None:
            return None
        try:
            return cls(int(found[1]), date.fromisoformat(found[2]))
        except ValueError:
            return None

    @property
    def name(self) -> str:
        """Name of the file."""
        return f"{self.first:012d}-{self.day}.jsonl"

    @property
    def seal_name(self) -> str:
        """Name of its seal."""
        return f"{self.first:012d}-{self.day}.seal.json"


def segments_in(folder: Path, pattern: str) -> list[Segment]:
    """The segments whose files, or seals, lie in a folder, in the order of the chain.

    Args:
        folder: The folder.
        pattern: `*.jsonl`, or `*.seal.json`.

    Raises:
        OSError: It cannot be read.
    """
    named = (Segment.parse(path.name) for path in folder.glob(pattern))
    return sorted(one for one in named if one is not None)
