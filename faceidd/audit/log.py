"""AuditLog: the files of one door's log, written in order, sealed by day, dropped when old.

For one thread, which may wait for the disk. Nothing that was written is written again: after a
failure the log is opened anew and goes on behind whatever is there. What it finds torn it leaves
where it is, and says so in the next record.
"""

import fcntl
import hashlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from faceidd.audit.record import START, Draft, Kind, Link, Said, read_record, write_record
from faceidd.audit.seal import NO_SEAL, Seal, digest_of, is_signed, sign
from faceidd.audit.segment import HEAD, Segment
from faceidd.clock import WallClock, wall
from faceidd.durable import replace_file, sync_folder
from faceidd.errors import AuditError
from faceidd.events.command import PrivateKey

SEGMENT_BYTES = 8 << 20
"""A file that has grown beyond this is closed, though its day is not over."""

UNSIGNED = "unsigned"
"""Why there is a gap: the head was missing or changed when the door went on."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long records are kept.

    Attributes:
        days: Files begun longer ago are dropped.
        most_bytes: Room for all files; beyond it the oldest are dropped, however new.
    """

    days: int
    most_bytes: int


class AuditLog:
    """One door's log on the disk.

    Args:
        folder: Where it lies; made if need be.
        key: What seals are signed with.
        door: The door's id.
        boot: Name of this run of the daemon.
        keeping: How long records are kept.
        wall_clock: Which day it is.
        right_time: The present moment as far as it can be trusted; while it is None no file is
            dropped for its age.

    Attributes:
        last: The newest record that was written.
        signed: The newest record that is signed.
    """

    def __init__(
        self,
        folder: Path,
        key: PrivateKey,
        *,
        door: str,
        boot: str,
        keeping: Keeping,
        wall_clock: WallClock = wall,
        right_time: Callable[[], datetime | None] = wall,
    ) -> None:
        self._folder = folder
        self._key = key
        self._door, self._boot = door, boot
        self._keeping = keeping
        self._wall_clock, self._right_time = wall_clock, right_time
        self.last = self.signed = START
        self._segment: Segment | None = None
        self._begin = START
        self._kept_from = 1
        self._previous = NO_SEAL
        self._file = self._lock = -1
        self._doubt: tuple[Draft, str] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be written to."""
        return self._lock >= 0

    def open(self) -> None:
        """Find the end of the log and go on from there.

        Raises:
            OSError: The disk refuses.
            AuditError: Another process writes this log.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._claim()
            self._find_end()
        except BaseException:
            self.abandon()
            raise

    def append(self, draft: Draft) -> None:
        """Write a record; `sync` brings it to the disk.

        Raises:
            OSError: It was not written, or not whole; the log is closed.
            ValueError: It is no record.
        """
        if self._doubt is not None and self._doubt[0] is draft:
            # The last try failed after the whole line was written.
            written, self._doubt = self._doubt[1] == self.last.hash, None
            if written:
                return
        try:
            self._roll()
            self._write(draft)
        except OSError:
            self.abandon()
            raise

    def sync(self) -> None:
        """Bring what was written to the disk.

        Raises:
            OSError: It may not be there; the log is closed.
        """
        try:
            if self._file >= 0:
                os.fsync(self._file)
        except OSError:
            self.abandon()
            raise

    def sign_head(self) -> None:
        """Sign what was written, so that its end cannot be cut off unnoticed.

        Raises:
            OSError: The signature was not written; the log is closed.
        """
        self.sync()  # a signature of what is not on the disk would accuse a power cut
        try:
            replace_file(self._folder / HEAD, self._seal(closed=False))
        except OSError:
            self.abandon()
            raise
        self.signed = self.last

    def abandon(self) -> None:
        """Let go of the files as they are. May be called again."""
        for descriptor in (self._file, self._lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._file = self._lock = -1

    def _claim(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AuditError(
                f"another process writes the audit log {self._folder}",
                do="give each door a folder of its own in audit.dir",
            ) from error

    def _find_end(self) -> None:
        segments, seals = self._named("*.jsonl"), self._named("*.seal.json")
        head = self._signed_by_us(HEAD)
        closed = self._signed_by_us(seals[-1].seal_name) if seals else None
        self._kept_from = max(one.kept_from if one else 1 for one in (head, closed))
        self._previous = self._digest(seals[-1].seal_name) if seals else NO_SEAL
        self._begin = self.last = START
        self._segment = None
        torn = self._read_end(segments[-1], closed) if segments else b""
        self.signed = max((one.last for one in (head, closed) if one), key=_seq, default=START)
        if segments and segments[-1] in seals:
            os.close(self._file)
            self._file, self._segment = -1, None
        if self.signed.seq > self.last.seq:
            self._go_on_from(self.signed)
        if torn and self._file >= 0:
            self._close_torn(torn)
        if head is None and (segments or seals):
            self._roll()
            _log.error("the audit log had no head that is signed: see faceidd audit verify")
            self._write(self._own(Kind.GAP, {"why": UNSIGNED}))
        if head is None:
            self.sign_head()

    def _read_end(self, segment: Segment, closed: Seal | None) -> bytes:
        """Find the last whole record of the newest file; give what stands behind it."""
        path = self._folder / segment.name
        content = path.read_bytes()
        self._file, self._segment = os.open(path, os.O_WRONLY | os.O_APPEND), segment
        if closed is not None and closed.last_seq == segment.first - 1:
            self._begin = closed.last
        elif segment.first > 1:  # the seal before is of another file: what the first line says
            first = read_record(content.split(b"\n", 1)[0])
            self._begin = Link(segment.first - 1, NO_SEAL if first is None else first.prev)
        self.last = self._begin
        end = len(content)
        while end > 0:
            start = content.rfind(b"\n", 0, end - 1) + 1
            record = read_record(content[start:end].removesuffix(b"\n"))
            if record is not None:
                self.last = record.link
                break
            end = start
        if end and not content[:end].endswith(b"\n"):
            os.write(self._file, b"\n")  # only the line's end was lost
        return content[end:]

    def _close_torn(self, torn: bytes) -> None:
        """Say in the chain what a power cut left, so that it is no gap and cannot be changed."""
        _log.warning("the audit log ended within a record: %d bytes are left as torn", len(torn))
        if not torn.endswith(b"\n"):
            os.write(self._file, b"\n")
        digest = hashlib.sha256(torn.removesuffix(b"\n")).hexdigest()
        self._write(self._own(Kind.TORN, {"bytes": len(torn), "sha256": digest}))

    def _go_on_from(self, newest: Link) -> None:
        """Records that were signed are gone: their numbers are not given again."""
        _log.error(
            "the audit log ends with record %d, and record %d was signed: see faceidd audit verify",
            self.last.seq, newest.seq,
        )  # fmt: skip
        self.last = newest

    def _roll(self) -> None:
        """See to it that there is a file for a record of now."""
        today = self._wall_clock().astimezone(UTC).date()
        if self._segment is not None:
            size = os.fstat(self._file).st_size
            if self._segment.day == today and size < SEGMENT_BYTES:
                return
            self._close_segment(self._segment)
        segment = Segment(self.last.seq + 1, today)
        self._file = os.open(
            self._folder / segment.name, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600
        )
        sync_folder(self._folder)
        self._segment, self._begin = segment, self.last
        dropped = self._outdated(segment)
        if dropped:
            self._kept_from = dropped[-1][1].last_seq + 1
        self.sign_head()
        for one, seal in dropped:
            self._drop(one, seal)

    def _close_segment(self, segment: Segment) -> None:
        os.fsync(self._file)
        content = self._seal(closed=True)
        replace_file(self._folder / segment.seal_name, content)
        self._previous = digest_of(content)
        os.close(self._file)
        self._file, self._segment = -1, None
        # In a log that is sent elsewhere this is a witness: docs/audit.md.
        _log.info("audit log of %s is sealed at %s", segment.day, self.last)

    def _outdated(self, current: Segment) -> list[tuple[Segment, Seal]]:
        """The files that need not be kept any longer, oldest first."""
        files = sorted(
            (one, path.stat().st_size)
            for path in self._folder.glob("*.jsonl")
            if (one := Segment.parse(path.name)) and one != current
        )
        now = self._right_time()
        oldest = None if now is None else (now - timedelta(days=self._keeping.days)).date()
        room = self._keeping.most_bytes - SEGMENT_BYTES - sum(size for _, size in files)
        dropped = []
        for one, size in files:
            if not (room < 0 or (oldest is not None and one.day < oldest)):
                break
            seal = self._signed_by_us(one.seal_name)
            if seal is None:  # without its seal the chain could not be proved any more
                break
            dropped.append((one, seal))
            room += size
        return dropped

    def _drop(self, segment: Segment, seal: Seal) -> None:
        said: Said = {
            "file": segment.name,
            "first": segment.first,
            "last": seal.last_seq,
            "last_hash": seal.last_hash,
        }
        self._write(self._own(Kind.DROPPED, said))
        (self._folder / segment.name).unlink()

    def _own(self, kind: Kind, said: Said) -> Draft:
        return Draft(kind, self._wall_clock(), said)

    def _write(self, draft: Draft) -> None:
        record = write_record(draft, self.last, door=self._door, boot=self._boot)
        self._doubt = (draft, record.hash)
        line = record.raw + b"\n"
        written = os.write(self._file, line)
        if written != len(line):
            raise OSError(28, "No space left on device")
        self.last, self._doubt = record.link, None

    def _seal(self, *, closed: bool) -> bytes:
        said = {
            "door": self._door,
            "closed": closed,
            "file": self._segment.name if self._segment else "",
            "begin_seq": self._begin.seq,
            "begin_hash": self._begin.hash,
            "last_seq": self.last.seq,
            "last_hash": self.last.hash,
            "kept_from": self._kept_from,
            "previous": self._previous,
            "sealed_at": self._wall_clock().astimezone(UTC).isoformat(),
        }
        return sign(said, self._key)

    def _signed_by_us(self, name: str) -> Seal | None:
        """Read a seal; None where it is missing or not as it was signed.

        Raises:
            AuditError: Another key signed it.
        """
        try:
            content = (self._folder / name).read_bytes()
            seal = Seal.parse(content)
        except (FileNotFoundError, ValueError):
            return None
        if is_signed(content, {self._key.public_key}):
            return seal
        if is_signed(content, {seal.key}):
            raise AuditError(
                f"the audit log {self._folder} is signed with another key",
                do="keep that log and its public key elsewhere; a new key begins a new folder",
            )
        return None

    def _named(self, pattern: str) -> list[Segment]:
        named = (Segment.parse(path.name) for path in self._folder.glob(pattern))
        return sorted(one for one in named if one is not None)

    def _digest(self, name: str) -> str:
        return digest_of((self._folder / name).read_bytes())


def _seq(link: Link) -> int:
    return link.seq
