"""AuditLog: the files of one door's log, written in order, sealed by day, dropped when old.

For one thread, which may wait for the disk. Nothing that was written is written again: after a
failure the log is opened anew and goes on behind whatever is there. What it finds torn it leaves
where it is, and says so in the next record.
"""

import errno
import fcntl
import hashlib
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from faceidd.audit.ending import Ending, find_end
from faceidd.audit.keeping import SEGMENT_BYTES, Keeping
from faceidd.audit.record import START, Draft, Kind, Said, write_record
from faceidd.audit.seal import NO_SEAL, Seal, digest_of, sign
from faceidd.audit.segment import HEAD, Segment
from faceidd.clock import WallClock, wall
from faceidd.durable import replace_file, sync_folder
from faceidd.errors import AuditError
from faceidd.events.command import PrivateKey

UNSIGNED = "unsigned"
"""Why there is a gap: the head was missing or changed when the door went on."""

_log = logging.getLogger(__name__)


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
            self._go_on(find_end(self._folder, self._key))
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

    def _go_on(self, end: Ending) -> None:
        """Take up the log where it ends."""
        self._kept_from, self._previous = end.kept_from, end.previous
        self._segment, self._begin = end.segment, end.begin
        self.last, self.signed = end.last, end.signed
        if end.segment is not None:
            self._file = os.open(self._folder / end.segment.name, os.O_WRONLY | os.O_APPEND)
            if end.lacks_line_end:
                os.write(self._file, b"\n")
        if end.signed.seq > end.last.seq:
            _log.error(
                "the audit log ends with record %d, and record %d was signed: see faceidd audit"
                " verify", end.last.seq, end.signed.seq,
            )  # fmt: skip
            self.last = end.signed  # numbers that were signed are not given again
        if end.torn and end.segment is not None:
            self._close_torn(end.torn)
        if end.has_head:
            return
        if not end.is_new:
            _log.error("the audit log had no head that is signed: see faceidd audit verify")
            self._roll()
            self._write(self._own(Kind.GAP, {"why": UNSIGNED}))
        self.sign_head()

    def _close_torn(self, torn: bytes) -> None:
        """Say in the chain what a power cut left, so that it is no gap and cannot be changed."""
        _log.warning("the audit log ended within a record: %d bytes are left as torn", len(torn))
        if not torn.endswith(b"\n"):
            os.write(self._file, b"\n")
        digest = hashlib.sha256(torn.removesuffix(b"\n")).hexdigest()
        self._write(self._own(Kind.TORN, {"bytes": len(torn), "sha256": digest}))

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
        now = self._right_time()
        dropped = self._keeping.outdated(self._folder, segment, self._key, now)
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
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
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
