"""Keeping: how long records are kept, and which files are over it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from faceidd.audit.seal import Seal, load_signed
from faceidd.audit.segment import Segment, segments_in
from faceidd.events.command import PrivateKey

SEGMENT_BYTES = 8 << 20
"""A file that has grown beyond this is closed, though its day is not over."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long records are kept.

    Attributes:
        days: Files begun longer ago are dropped.
        most_bytes: Room for all files; beyond it the oldest are dropped, however new.
    """

    days: int
    most_bytes: int

    def outdated(
        self, folder: Path, current: Segment, key: PrivateKey, now: datetime | None
    ) -> list[tuple[Segment, Seal]]:
        """The files that need not be kept any longer, oldest first, each with its seal.

        Args:
            folder: Where the log lies.
            current: The file that is being written.
            key: What seals are signed with.
            now: The present moment; None where the clock cannot be right, then none is too old.

        Raises:
            OSError: The folder cannot be read.
            AuditError: Another key signed a seal.
        """
        files = [one for one in segments_in(folder, "*.jsonl") if one != current]
        sizes = {one: (folder / one.name).stat().st_size for one in files}
        oldest = None if now is None else (now - timedelta(days=self.days)).date()
        room = self.most_bytes - SEGMENT_BYTES - sum(sizes.values())
        found = []
        for one in files:
            if not (room < 0 or (oldest is not None and one.day < oldest)):
                break
            seal = load_signed(folder / one.seal_name, key)
            if seal is None:  # without its seal the chain could not be proved any more
                break
            found.append((one, seal))
            room += sizes[one]
        return found
