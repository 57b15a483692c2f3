"""Ending: where a log on the disk ends, whatever ended it. It reads and changes nothing."""

from dataclasses import dataclass
from pathlib import Path

from faceidd.audit.record import START, Link, read_record
from faceidd.audit.seal import NO_SEAL, Seal, digest_of, load_signed
from faceidd.audit.segment import HEAD, Segment, segments_in
from faceidd.events.command import PrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The end of a log.

    Attributes:
        segment: The file that is being written; None where the newest one is sealed, or none is.
        begin: The record before that file's first one.
        last: The newest whole record.
        lacks_line_end: Whether that record is whole but for the end of its line.
        torn: What stands behind it.
        signed: The newest record that is signed; it may be gone.
        previous: Digest of the newest seal of a finished file.
        kept_from: Number of the first record that must still be there.
        has_head: Whether the head is there, as it was signed.
        is_new: Whether nothing was ever written.
    """

    segment: Segment | None
    begin: Link
    last: Link
    lacks_line_end: bool
    torn: bytes
    signed: Link
    previous: str
    kept_from: int
    has_head: bool
    is_new: bool


def find_end(folder: Path, key: PrivateKey) -> Ending:
    """Find the end of a log.

    Args:
        folder: Where it lies.
        key: What it was signed with.

    Raises:
        OSError: It cannot be read.
        AuditError: Another key signed it.
    """
    segments, seals = segments_in(folder, "*.jsonl"), segments_in(folder, "*.seal.json")
    head = load_signed(folder / HEAD, key)
    closed = load_signed(folder / seals[-1].seal_name, key) if seals else None
    newest = segments[-1] if segments else None
    content = b"" if newest is None else (folder / newest.name).read_bytes()
    begin = START if newest is None else _begin(newest, closed, content)
    last, end = _last_record(content, begin)
    is_open = newest is not None and newest not in seals
    signed = [one.last for one in (head, closed) if one is not None]
    return Ending(
        segment=newest if is_open else None,
        begin=begin,
        last=last,
        lacks_line_end=end > 0 and not content[:end].endswith(b"\n"),
        torn=content[end:],
        signed=max(signed, key=lambda link: link.seq, default=START),
        previous=digest_of((folder / seals[-1].seal_name).read_bytes()) if seals else NO_SEAL,
        kept_from=max(1 if one is None else one.kept_from for one in (head, closed)),
        has_head=head is not None,
        is_new=not segments and not seals,
    )


def _begin(segment: Segment, closed: Seal | None, content: bytes) -> Link:
    """The record before a file's first one."""
    if closed is not None and closed.last_seq == segment.first - 1:
        return closed.last
    if segment.first == 1:
        return START
    # The newest seal is of another file, or gone: what the first line says.
    first = read_record(content.split(b"\n", 1)[0])
    return Link(segment.first - 1, START.hash if first is None else first.prev)


def _last_record(content: bytes, begin: Link) -> tuple[Link, int]:
    """The last whole record of a file, and where it ends."""
    end = len(content)
    while end > 0:
        start = content.rfind(b"\n", 0, end - 1) + 1
        record = read_record(content[start:end].removesuffix(b"\n"))
        if record is not None:
            return record.link, end
        end = start
    return begin, 0
