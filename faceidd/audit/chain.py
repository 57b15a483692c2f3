"""ChainCheck: whether the lines of one file are the records that were written, in their order.

Pure. Nothing is believed of a line whose own digest does not fit; where one is lost the check goes
on with the next that does.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

from faceidd.audit.finding import Fault, Finding
from faceidd.audit.record import Kind, Link, Record, read_record

_TORN = f'"kind":"{Kind.TORN}"'.encode()


class ChainCheck:
    """Walks over the lines of one file.

    Args:
        file: Its name, for findings.
        begin: The record before its first one.
        sealed: The last record that is signed, if any of this file is.
        closed: Whether nothing may come behind that one.
        read: Reads a line; for whoever checks many logs that share lines.

    Attributes:
        last: The last record seen, once the walk is over.
        records: How many lines were right.
        notes: What is no fault and should be known.
    """

    def __init__(
        self,
        file: str,
        begin: Link,
        sealed: Link | None,
        *,
        closed: bool,
        read: Callable[[bytes], Record | None] = read_record,
    ) -> None:
        self.last = begin
        self.records = 0
        self.notes: list[str] = []
        self._file = file
        self._sealed = sealed
        self._closed = closed
        self._read = read
        self._expected = begin.seq + 1
        self._prev: str | None = begin.hash
        self._lines: Sequence[bytes] = ()
        self._places: dict[int, int] | None = None
        self._misplaced: set[int] = set()
        self._damaged: list[tuple[int, bytes]] = []

    def findings(self, content: bytes) -> Iterator[Finding]:
        """Everything that is wrong, in the order of the lines.

        Args:
            content: The file.
        """
        yield from self.walk(content.split(b"\n"))

    def walk(self, lines: Sequence[bytes]) -> Iterator[Finding]:
        """Likewise, of a file that was split at its line ends.

        Args:
            lines: The lines without their ends; the last is what stands behind the last line end.
        """
        self._lines = lines[:-1]
        for number, raw in enumerate(self._lines, 1):
            one = self._read(raw)
            if one is None:
                self._damaged.append((number, raw))
                continue
            if self._damaged:
                yield from self._resume(one)
            yield from self._take(number, one)
        if self._damaged:
            yield from self._resume(None)
        yield from self._end(len(lines), lines[-1])

    def _resume(self, after: Record | None) -> Iterator[Finding]:
        """Go on behind lines that are no records."""
        (first, _), (last, _) = self._damaged[0], self._damaged[-1]
        content = b"\n".join(raw for _, raw in self._damaged)
        self._damaged.clear()
        if after is not None and _explains(after, content):
            self.notes.append(f"{self._file}:{first}: {len(content)} bytes torn by a power cut")
            return
        seq = self._expected
        if after is not None and after.seq > seq:
            self._expected, self._prev = after.seq, None
        elif after is None:
            self._expected, self._prev = seq + 1, None
        lines = f"lines {first} to {last} are" if last > first else "the line is"
        yield Finding(
            Fault.EDITED, self._file, first, seq, max(seq, self._expected - 1),
            f"{lines} not what was written",
        )  # fmt: skip

    def _take(self, number: int, one: Record) -> Iterator[Finding]:
        seq = self._expected
        if one.seq < seq:
            if one.seq not in self._misplaced:
                yield self._found(Fault.REPEATED, number, one.seq, "it is there twice")
            return
        if one.seq > seq:
            yield from self._skip(number, one.seq)
        elif self._prev is not None and one.prev != self._prev:
            yield self._found(
                Fault.EDITED, max(1, number - 1), max(1, seq - 1),
                f"it was replaced: record {seq} follows another one",
            )  # fmt: skip
        self.records += 1
        self.last, self._expected, self._prev = one.link, one.seq + 1, one.hash
        if self._sealed is not None and one.seq == self._sealed.seq and one.link != self._sealed:
            yield self._found(
                Fault.REWRITTEN, number, one.seq, "not the record that the door signed"
            )
        elif self._closed and self._sealed is not None and one.seq > self._sealed.seq:
            yield self._found(
                Fault.REWRITTEN, number, one.seq, "it was added after the file was sealed"
            )

    def _skip(self, number: int, seq: int) -> Iterator[Finding]:
        """Tell of the records that are not where they belong, before this one."""
        if self._places is None:
            records = [self._read(raw) for raw in self._lines]
            self._places = {one.seq: at for at, one in enumerate(records, 1) if one is not None}
        places = self._places
        elsewhere = [place for place in places if self._expected <= place < seq]
        self._misplaced.update(elsewhere)
        for one in sorted(elsewhere):
            yield self._found(Fault.REORDERED, number, one, f"it stands in line {places[one]}")
        gone = seq - self._expected - len(elsewhere)
        if gone:
            first = next(one for one in range(self._expected, seq) if one not in places)
            last = next(one for one in range(seq - 1, first - 1, -1) if one not in places)
            yield Finding(
                Fault.REMOVED, self._file, number, first, last, f"{gone} before record {seq}"
            )

    def _end(self, number: int, tail: bytes) -> Iterator[Finding]:
        seq = self._expected
        if self._sealed is not None and seq <= self._sealed.seq:
            yield Finding(
                Fault.TRUNCATED, self._file, number, seq, self._sealed.seq,
                "the last line is torn" if tail else "the file ends before it",
            )  # fmt: skip
        elif tail:
            self.notes.append(
                f"{self._file}:{number}: {len(tail)} bytes without a line end, behind what was"
                " signed: being written, or torn by a power cut"
            )

    def _found(self, fault: Fault, line: int, seq: int, what: str) -> Finding:
        return Finding(fault, self._file, line, seq, seq, what)


def _explains(record: Record, content: bytes) -> bool:
    """Whether a record says of lines before it that a power cut left them so."""
    if _TORN not in record.raw:
        return False
    fields = record.fields
    digest = hashlib.sha256(content).hexdigest()
    return fields.get("kind") == Kind.TORN and fields.get("sha256") == digest
