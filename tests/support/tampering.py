"""Every single way to spoil an audit log by one bit, line or cut, and whether it is found there.

`PYTHONPATH=tests:. python -m support.tampering` tries all of them on a log of 1,000 records, about
three and a half million; tests try some of each.
"""

import sys
import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from support.audited import write_log

from faceidd.audit.chain import ChainCheck
from faceidd.audit.finding import Fault, Finding
from faceidd.audit.record import START, Link, Record, read_record

BITS = 8


class Victim:
    """A log of one file, signed to its end, of which spoiled copies are made.

    Args:
        content: The file.
        last: Its last record.
    """

    def __init__(self, content: bytes, last: Link) -> None:
        self.content = content
        self.lines = content.split(b"\n")
        self.last = last
        # Lines that were not spoiled are read once for all copies.
        self._known: dict[bytes, Record | None] = {raw: read_record(raw) for raw in self.lines}
        self._ends = list(accumulate(len(raw) + 1 for raw in self.lines[:-1]))

    @property
    def records(self) -> int:
        """How many records it has."""
        return len(self._ends)

    def begin(self, line: int) -> int:
        """Where a line begins, counted from 0."""
        return self._ends[line - 1] if line else 0

    def line_of(self, byte: int) -> int:
        """The line that a byte is in, or ends, counted from 0."""
        return bisect_right(self._ends, byte)

    def found(self, lines: Sequence[bytes], skip: int = 0) -> Finding | None:
        """What is found first in a copy.

        Args:
            lines: The copy's.
            skip: So many lines are as they were, and are not looked at again.
        """
        before = self._known[lines[skip - 1]] if skip else None
        begin = before.link if before else START
        check = ChainCheck("log", begin, self.last, closed=False, read=self._read)
        found = next(check.walk(lines[skip:]), None)
        return replace(found, line=found.line + skip) if found else None

    def flipped(self, byte: int, bit: int) -> list[bytes]:
        """A copy with another bit."""
        line = self.line_of(byte)
        begin, end = self.begin(line), self._ends[line]
        piece = bytearray(self.content[begin:end])
        piece[byte - begin] ^= 1 << bit
        spoiled = bytes(piece)
        if spoiled.endswith(b"\n"):
            return [*self.lines[:line], *spoiled[:-1].split(b"\n"), *self.lines[line + 1 :]]
        joined = spoiled + self.lines[line + 1]
        return [*self.lines[:line], *joined.split(b"\n"), *self.lines[line + 2 :]]

    def without(self, line: int) -> list[bytes]:
        """A copy that lacks a record."""
        return self.lines[:line] + self.lines[line + 1 :]

    def swapped(self, line: int) -> list[bytes]:
        """A copy in which a record stands behind the next one."""
        return [
            *self.lines[:line], self.lines[line + 1], self.lines[line], *self.lines[line + 2 :],
        ]  # fmt: skip

    def cut(self, byte: int) -> list[bytes]:
        """A copy that ends before a byte."""
        line = self.line_of(byte)
        return [*self.lines[:line], self.content[self.begin(line) : byte]]

    def _read(self, raw: bytes) -> Record | None:
        return self._known[raw] if raw in self._known else read_record(raw)


def _near(line: int) -> int:
    """Where to begin, so that a log of any length takes as long: the check needs what is before."""
    return max(0, line - 2)


def is_right(found: Finding | None, line: int, *faults: Fault) -> bool:
    """Whether what was found is at a line, counted from 0, and of such a kind."""
    place = (line + 1, line + 1)
    return found is not None and (found.line, found.seq) == place and found.fault in faults


def flip_is_found(victim: Victim, byte: int, bit: int) -> bool:
    """Whether another bit is found where it is."""
    faults = {Fault.EDITED}
    if byte == len(victim.content) - 1:  # the end of the last line: it is no line any more
        faults.add(Fault.TRUNCATED)
    line = victim.line_of(byte)
    return is_right(victim.found(victim.flipped(byte, bit), _near(line)), line, *faults)


def deletion_is_found(victim: Victim, line: int) -> bool:
    """Whether a missing record is found where it was."""
    fault = Fault.TRUNCATED if line == victim.records - 1 else Fault.REMOVED
    return is_right(victim.found(victim.without(line), _near(line)), line, fault)


def swap_is_found(victim: Victim, line: int) -> bool:
    """Whether two records in each other's place are found there."""
    return is_right(victim.found(victim.swapped(line), _near(line)), line, Fault.REORDERED)


def cut_is_found(victim: Victim, byte: int) -> bool:
    """Whether a missing end is found where it begins."""
    line = victim.line_of(byte)
    return is_right(victim.found(victim.cut(byte), _near(line)), line, Fault.TRUNCATED)


def _all(victim: Victim) -> Iterator[tuple[str, int, Callable[[int], bool]]]:
    size, records = len(victim.content), victim.records
    yield "deletions", records, lambda one: deletion_is_found(victim, one)
    yield "swaps", records - 1, lambda one: swap_is_found(victim, one)
    yield "truncations", size, lambda one: cut_is_found(victim, one)
    yield "bit flips", size * BITS, lambda one: flip_is_found(victim, *divmod(one, BITS))


def main() -> int:
    """Try everything; the exit code is 1 if anything was not found."""
    with tempfile.TemporaryDirectory() as folder:
        log = write_log(Path(folder) / "audit", 1000)
        content = next((Path(folder) / "audit").glob("*.jsonl")).read_bytes()
    victim = Victim(content, log.last)
    missed_any = False
    for name, count, is_found in _all(victim):
        began = time.monotonic()
        missed = [one for one in range(count) if not is_found(one)]
        took = time.monotonic() - began
        found = f"{count - len(missed)} of {count} found at their place"
        print(f"{name}: {found}, {took:.0f} s", flush=True)
        missed_any |= bool(missed)
    return int(missed_any)


if __name__ == "__main__":
    sys.exit(main())
