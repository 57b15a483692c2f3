"""Finding: what is wrong with a log, and where."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What was done to a log, as far as that can be told from what is left of it."""

    EDITED = "edited"
    """Lines are not the records that were written."""
    REMOVED = "removed"
    REORDERED = "reordered"
    REPEATED = "repeated"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    """The records fit each other, and are not those that were signed."""
    BAD_SIGNATURE = "bad_signature"
    UNSIGNED = "unsigned"
    """A signature is missing."""
    NO_WITNESS = "no_witness"
    """What a witness saw is not in the log."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        fault: What.
        file: The file.
        line: Its line, from 1; 0 for the whole file.
        seq: The first record concerned; 0 where none is.
        through: The last record concerned.
        what: The same in words.
    """

    fault: Fault
    file: str
    line: int
    seq: int
    through: int
    what: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        if not self.seq:
            return f"{where}: {self.fault}: {self.what}"
        last = f" to {self.through}" if self.through > self.seq else ""
        return f"{where}: record {self.seq}{last}: {self.fault}: {self.what}"
