"""Verification: whether a whole log is as the door wrote and signed it.

Without the door's own say: all that is needed is its public key, and for what happened after the
newest signature a witness.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from faceidd.audit.chain import ChainCheck
from faceidd.audit.finding import Fault, Finding
from faceidd.audit.log import UNSIGNED
from faceidd.audit.record import START, Kind, Link, read_record
from faceidd.audit.seal import NO_SEAL, Seal, digest_of, is_signed
from faceidd.audit.segment import HEAD, Segment
from faceidd.audit.source import Source, segments_among
from faceidd.audit.witness import Witness

MOST_FINDINGS = 1000
"""A log that was made unreadable is not told line by line."""

_GAP = f'"kind":"{Kind.GAP}"'.encode()


@dataclass(slots=True)
class Report:
    """What came of a verification.

    Attributes:
        findings: What is wrong, at most `MOST_FINDINGS`.
        notes: What is no fault and should be known.
        files: How many files of records were read.
        records: How many records were right.
        first: The first record that was read; 0 if there was none.
        last: The last record.
        signed: The last record that is signed.
    """

    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: int = 0
    records: int = 0
    first: int = 0
    last: Link = START
    signed: Link = START


def verify(source: Source, keys: Collection[str], witness: Witness | None = None) -> Report:
    """Check a log through and through.

    Args:
        source: The log.
        keys: Public keys of the door, 32 bytes in base64 each.
        witness: A place that must be in it.

    Raises:
        AuditError: It cannot be read.
    """
    check = _Check(source, keys, witness)
    for finding in check.findings():
        check.report.findings.append(finding)
        if len(check.report.findings) >= MOST_FINDINGS:
            break
    return check.report


class _Check:
    def __init__(self, source: Source, keys: Collection[str], witness: Witness | None) -> None:
        self.report = Report()
        self._source = source
        self._keys = keys
        self._witness = witness
        self._seen = False
        # The head first: what is written meanwhile comes behind what it signs.
        names = set(source.names())
        self._head_content = source.read(HEAD) if HEAD in names else None
        self._names = set(source.names())
        self._seals: dict[Segment, Seal] = {}
        self._head: Seal | None = None

    def findings(self) -> Iterator[Finding]:
        yield from self._check_head()
        yield from self._check_seals()
        yield from self._check_presence()
        segments = segments_among(self._names)
        last: Link | None = None
        for segment in segments:
            yield from self._check_segment(segment, last, newest=segment == segments[-1])
            last = self.report.last
        yield from self._check_witness()

    def _check_head(self) -> Iterator[Finding]:
        if self._head_content is None:
            if self._source.listed() is None:
                yield _of_file(Fault.UNSIGNED, HEAD, "it is missing: the end can be cut off")
            return
        try:
            self._head = self._believed(self._head_content)
        except ValueError as error:
            yield _of_file(Fault.BAD_SIGNATURE, HEAD, str(error))

    def _check_seals(self) -> Iterator[Finding]:
        """Read all seals; each must name the one before it."""
        previous: str | None = NO_SEAL
        for name in sorted(self._names):
            segment = Segment.parse(name)
            if segment is None or name != segment.seal_name:
                continue
            content = self._source.read(name)
            try:
                seal = self._believed(content)
            except ValueError as error:
                yield _of_file(Fault.BAD_SIGNATURE, name, str(error))
                previous = None
                continue
            if not seal.closed or seal.file != segment.name:
                yield _of_file(Fault.BAD_SIGNATURE, name, "it is the seal of another file")
            elif previous is not None and seal.previous != previous:
                yield _of_file(Fault.REMOVED, name, "the seal before it is not the one it names")
            self._seals[segment] = seal
            previous = digest_of(content)
            self.report.signed = seal.last
        yield from self._check_head_follows(previous)

    def _check_head_follows(self, newest: str | None) -> Iterator[Finding]:
        head = self._head
        if head is None:
            return
        if head.last.seq > self.report.signed.seq:
            self.report.signed = head.last
        own = Segment.parse(head.file) if head.file else None
        sealed = self._seals.get(own) if own else None
        expected = sealed.previous if sealed else newest
        if expected is not None and head.previous != expected:
            yield _of_file(Fault.REMOVED, HEAD, "the newest seal is not the one it names")

    def _check_presence(self) -> Iterator[Finding]:
        """Files that were signed must be there, unless they were dropped for their age."""
        listed = self._source.listed()
        kept_from = max(
            [one.kept_from for one in (*self._seals.values(), self._head) if one], default=1
        )
        signed = {one.name: seal for one, seal in self._seals.items()}
        if self._head is not None and self._head.file:
            signed.setdefault(self._head.file, self._head)
        for name, seal in sorted(signed.items()):
            held = kept_from <= seal.begin_seq + 1 <= seal.last_seq
            wanted = held if listed is None else name in listed
            if wanted and name not in self._names:
                yield Finding(
                    Fault.REMOVED, name, 0, seal.begin_seq + 1, seal.last_seq, "the file is gone"
                )
        for name in sorted(set(listed or ()) - set(signed) - self._names):
            yield _of_file(Fault.REMOVED, name, "the file is gone")

    def _check_segment(
        self, segment: Segment, before: Link | None, *, newest: bool
    ) -> Iterator[Finding]:
        seal = self._seals.get(segment)
        if seal is None and self._head is not None and self._head.file == segment.name:
            seal = self._head
        if seal is None and not newest:
            yield _of_file(Fault.UNSIGNED, segment.name, "its seal is missing")
        content = self._source.read(segment.name)
        begin = self._begin(segment, seal, before, content)
        if before is not None and before.seq == begin.seq and before != begin:
            yield Finding(
                Fault.REWRITTEN, segment.name, 1, segment.first, segment.first,
                "it does not follow the file before",
            )  # fmt: skip
        check = ChainCheck(
            segment.name, begin, seal.last if seal else None, closed=bool(seal and seal.closed)
        )
        yield from check.findings(content)
        yield from self._look_at(segment, content)
        report = self.report
        report.first = report.first or segment.first
        report.files, report.records = report.files + 1, report.records + check.records
        report.last = check.last
        report.notes += check.notes

    @staticmethod
    def _begin(segment: Segment, seal: Seal | None, before: Link | None, content: bytes) -> Link:
        """The record before a file, by the best word that there is."""
        if seal is not None:
            return seal.begin
        if before is not None:
            return before
        if segment.first == 1:
            return START
        first = read_record(content.split(b"\n", 1)[0])
        return Link(segment.first - 1, first.prev if first else START.hash)

    def _look_at(self, segment: Segment, content: bytes) -> Iterator[Finding]:
        """Gaps that the door itself told of, and the witness."""
        witness = self._witness
        wanted = witness.hash.encode() if witness else b""
        for number, raw in enumerate(content.split(b"\n"), 1):
            if witness is not None and raw.endswith(b'"hash":"' + wanted + b'"}'):
                one = read_record(raw)
                self._seen |= one is not None and witness.saw(one.link)
            if _GAP not in raw or (record := read_record(raw)) is None:
                continue
            said = record.fields
            if said.get("why") == UNSIGNED:
                yield Finding(
                    Fault.UNSIGNED, segment.name, number, record.seq, record.seq,
                    "when the door went on from here, the head was missing or changed",
                )  # fmt: skip
            else:
                self.report.notes.append(
                    f"{segment.name}:{number}: {said.get('lost')} records could not be kept"
                )

    def _check_witness(self) -> Iterator[Finding]:
        witness = self._witness
        if witness is None or self._seen:
            return
        if any(witness.saw(one.last) for one in self._seals.values()):
            return  # of a file that was dropped, and its seal stays
        yield _of_file(
            Fault.NO_WITNESS, self._source.label,
            "what the witness saw is not in this log: it was rewritten, an older copy was put in"
            " its place, or the record was dropped for its age",
        )  # fmt: skip

    def _believed(self, content: bytes) -> Seal:
        seal = Seal.parse(content)
        if not is_signed(content, self._keys):
            known = "it was changed" if seal.key in self._keys else "another key signed it"
            raise ValueError(known)
        return seal


def _of_file(fault: Fault, file: str, what: str) -> Finding:
    return Finding(fault, file, 0, 0, 0, what)
