"""Witness: a place in the chain that somebody elsewhere wrote down."""

import re
from dataclasses import dataclass
from typing import Self

from faceidd.audit.record import START, Link, read_record
from faceidd.audit.source import Source, segments_of


@dataclass(frozen=True, slots=True)
class Witness:
    """A place in the chain that somebody elsewhere wrote down.

    Attributes:
        hash: Digest of a record.
        seq: Its number, where that is known.
    """

    hash: str
    seq: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `faceidd audit head` said, `SEQ:HASH` or the hash alone.

        Raises:
            ValueError: It is neither.
        """
        found = re.fullmatch(r"(?:([0-9]{1,18}):)?([0-9a-f]{64})", text)
        if found is None:
            raise ValueError("a witness is what `faceidd audit head` printed, SEQ:HASH")
        return cls(found[2], int(found[1]) if found[1] else None)

    def saw(self, link: Link) -> bool:
        """Whether it is that place."""
        return link.hash == self.hash and self.seq in {None, link.seq}


def newest(source: Source) -> Link:
    """The newest whole record of a log, for a witness; `START` where there is none.

    Raises:
        AuditError: It cannot be read.
    """
    for segment in reversed(segments_of(source)):
        for raw in reversed(source.read(segment.name).split(b"\n")):
            record = read_record(raw)
            if record is not None:
                return record.link
    return START
