"""Outbox: keeps every event until everybody has heard it who should, without making the door wait.

`publish` puts an event into memory and returns. A thread brings what waits there to the disk at
once, all of it in one commit, and only then do readers get it; `CommitPace` holds back floods. What
was told in the milliseconds before the power went is lost: nobody could have heard it.

A disk that takes nothing stops no event: a bounded number is read from memory then, and brought to
the disk when it is back. A damaged file is set aside. What is dropped is counted, and told.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from faceidd.clock import Clock, monotonic, real_s, since_boot, wall_s
from faceidd.events.commit_pace import CommitPace
from faceidd.events.entry import Entry, Moment, boot_id
from faceidd.events.envelope import Stamp
from faceidd.events.event import Event
from faceidd.events.health import OutboxHealth
from faceidd.events.limits import DEFAULT, Limits
from faceidd.events.losses import BITS, Losses
from faceidd.events.outbox_disk import Disk
from faceidd.events.outbox_file import OutboxFile
from faceidd.events.outbox_reader import Reader
from faceidd.events.unwritten import Unwritten
from faceidd.events.upkeep import EventsDropped, Loss
from faceidd.units import Seconds

RETRY_PAUSE = Seconds(5.0)
"""Between two tries to write to a disk that took nothing."""
TOLD_PAUSE = Seconds(1.0)
"""What was told is forgotten on the disk this much later; killed before, it is told twice."""
SWEEP_PAUSE = Seconds(60.0)
"""Between two looks for what waited too long, and between two tellings of what was lost."""
CLOSE_TIMEOUT = Seconds(2.0)
Wants = Callable[[Event], bool]
"""Whether somebody is to be told of an event."""

_log = logging.getLogger(__name__)


class Outbox:
    """An `EventSink` that all others read from. Safe for many threads.

    Args:
        path: The file; None keeps events in memory only.
        readers: Who reads, names of `BITS`, and what they want to hear.
        stamp: Stamps the outbox's own events.
        limits: What is kept.
        clock: The clock that nobody sets.
        wall: The wall clock, in seconds since 1970 UTC.
        boot: Name of this run of the kernel.
        retry: Pause before another try to write.
    """

    def __init__(
        self,
        path: Path | None,
        readers: Mapping[str, Wants],
        *,
        stamp: Callable[[], Stamp],
        limits: Limits = DEFAULT,
        clock: Clock = since_boot,
        wall: Callable[[], float] = wall_s,
        boot: str | None = None,
        retry: Seconds = RETRY_PAUSE,
    ) -> None:
        self._wants = {BITS[name]: wants for name, wants in readers.items()}
        self._readers = {name: Reader(self, BITS[name]) for name in readers}
        self._stamp = stamp
        self._limits = limits
        self._clock = clock
        self._wall = wall
        self._boot = boot_id() if boot is None else boot
        self._retry = retry
        self._changed = threading.Condition()
        self._unwritten = Unwritten(limits.most_in_memory)
        self._number = 0
        self._told: dict[str, int] = {}
        self._losses = Losses()
        self._damages = self._reported = 0
        self._heard = self._writing = self._closing = False
        self._step_at = self._sweep_at = self._tell_at = 0.0
        self._disk = Disk(path)
        self._open()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    def reader(self, name: str) -> Reader:
        """Who reads by this name; one thread is to use it."""
        return self._readers[name]

    @property
    def health(self) -> OutboxHealth:
        """How well events are kept; never waits."""
        with self._changed:
            waiting = self._disk.count + len(self._unwritten)
            return OutboxHealth(
                durable=self._disk.durable, waiting=waiting, dropped=self._losses.total
            )

    def publish(self, event: Event) -> None:
        """Take an event; returns at once and raises nothing."""
        with self._changed:
            self._add(event)
            self._changed.notify_all()
        if not self._disk.durable:
            self._rouse()

    def close(self) -> None:
        """Bring to the disk what waits, for a bounded time. May be called again."""
        with self._changed:
            if self._closing:
                return
            self._closing = True
            self._changed.notify_all()
        self._ends.set()
        self._thread.join(CLOSE_TIMEOUT)

    def now(self) -> Moment:
        """The present, by all clocks."""
        return Moment(self._boot, self._clock(), self._wall())

    def next(self, bit: int, after: int, *, alarms: bool) -> Entry | None:
        """As `Source.next`: from the disk, or from memory too while the disk takes nothing."""
        while True:
            entry = self._disk.next(bit, after, alarms=alarms)
            with self._changed:
                if not self._disk.durable:
                    self._step_within(self._patience())
                if entry is None and not self._disk.durable:
                    entry = self._unwritten.next(bit, after, alarms=alarms)
                if entry is None or not self._told.get(entry.id, 0) & bit:
                    return entry
            after = entry.number

    def told(self, entry: str, bit: int) -> None:
        """As `Source.told`; forgotten on the disk a little later."""
        with self._changed:
            self._heard = True
            self._forget(entry, bit)
            if self._losses:
                self._step_within(TOLD_PAUSE)

    def refused(self, entry: str, bit: int, kind: str) -> None:
        """As `Source.refused`."""
        with self._changed:
            if kind != "events_dropped":  # or telling it would be refused, and so on
                self._losses.lose([bit], Loss.REFUSED)
            self._forget(entry, bit)

    def settle(self, timeout: float) -> None:
        """Wait until all that was published can be read."""
        with self._changed:
            self._changed.wait_for(
                lambda: not (len(self._unwritten) and self._disk.durable), timeout
            )

    def _add(self, event: Event) -> None:
        owed = sum(bit for bit, wants in self._wants.items() if wants(event))
        if not owed:
            return
        self._number += 1
        crowded_out = self._unwritten.add(Entry.of(event, self._number, owed, self.now()))
        if crowded_out is not None:
            self._losses.lose([crowded_out.owed], Loss.UNWRITTEN)

    def _forget(self, entry: str, bit: int) -> None:
        if self._unwritten.forget(entry, bit) and not self._writing:
            return
        self._told[entry] = self._told.get(entry, 0) | bit
        self._step_within(TOLD_PAUSE)

    def _step_within(self, pause: float) -> None:
        at = monotonic() + pause
        if at < self._step_at:
            self._step_at = at
            self._changed.notify_all()

    def _rouse(self) -> None:
        for reader in self._readers.values():
            reader.rouse()

    def _run(self) -> None:
        closing, pace = False, CommitPace()
        while not closing:
            with self._changed:
                while not self._has_work():
                    self._changed.wait(real_s(self._step_at - monotonic()))
                closing = self._closing
            try:
                self._step()
            except Exception:
                _log.exception("events could not be kept; trying again")
                with self._changed:
                    self._writing = self._disk.durable = False
                    self._step_at = monotonic() + self._retry
            self._ends.wait(real_s(pace.rest(monotonic())))
        self._report()
        self._disk.close()

    def _report(self) -> None:
        health = self.health
        if health.dropped > self._reported:
            _log.warning("%d events were not told: too old, too many, or refused", health.dropped)
            self._reported = health.dropped
        if self._closing and health.waiting:
            kept = "are kept for the next start" if health.durable else "are lost"
            _log.warning("%d events were not told and %s", health.waiting, kept)

    def _has_work(self) -> bool:
        if self._closing or (len(self._unwritten) and self._disk.durable):
            return True
        return monotonic() >= self._step_at

    def _step(self) -> None:
        """Bring to the disk what waits, and let go of what is told, too old or too much."""
        if not self._disk.durable:
            self._open()
        now = self.now()
        with self._changed:
            self._tell_losses()
            batch, told = self._unwritten.entries, dict(self._told)
            self._writing = True
        sweep = monotonic() >= self._sweep_at
        lost = Losses()
        written = self._disk.write(
            lambda file: self._write(file, batch, told, lost, now if sweep else None)
        )
        with self._changed:
            self._writing = False
            if written:
                self._settle_with(batch, told, lost)
            elif sweep:
                old = self._unwritten.drop_old(now, self._limits.keep)
                self._losses.lose(old, Loss.TOO_OLD)
            if sweep:
                self._sweep_at = monotonic() + SWEEP_PAUSE
            self._step_at = monotonic() + self._patience()
            self._changed.notify_all()
        if sweep:
            self._report()
        if batch:
            self._rouse()

    def _write(
        self,
        file: OutboxFile,
        batch: tuple[Entry, ...],
        told: Mapping[str, int],
        lost: Losses,
        sweep: Moment | None,
    ) -> None:
        file.add(batch)
        file.forget(told)
        if sweep is not None:
            file.drop_lapsed(sweep)
            lost.lose(file.drop_old(sweep, self._limits.keep), Loss.TOO_OLD)
        lost.lose(file.drop_beyond(self._limits.most_bytes), Loss.TOO_MANY)
        with self._changed:
            untold = self._losses.also(lost).untold
        file.keep_losses(untold)

    def _settle_with(self, batch: tuple[Entry, ...], told: Mapping[str, int], lost: Losses) -> None:
        self._losses = self._losses.also(lost)
        self._unwritten.remove(batch)
        self._told = {one: bits for one, bits in self._told.items() if told.get(one) != bits}

    def _patience(self) -> float:
        if self._disk.damages > self._damages:
            return 0.0
        if not (self._disk.durable or self._disk.absent):
            return self._retry
        return TOLD_PAUSE if self._told else SWEEP_PAUSE

    def _open(self) -> None:
        file = self._disk.open()
        with self._changed:
            more, self._damages = self._disk.damages - self._damages, self._disk.damages
            self._losses.lose([sum(self._wants)] * more, Loss.DAMAGED)
            if file is None:
                return
            self._losses.load(file.losses)
            self._unwritten.follow(file.last)
            self._number = file.last + len(self._unwritten)
        self._disk.write(lambda file: file.owe_only(sum(self._wants)))
        for reader in self._readers.values():
            reader.renumbered()

    def _tell_losses(self) -> None:
        """Tell what was lost, once somebody listens, and not every moment."""
        now = monotonic()
        if self._losses and self._heard and now >= self._tell_at:
            self._heard, self._tell_at = False, now + SWEEP_PAUSE
            self._add(EventsDropped(**self._stamp(), lost=self._losses.take()))
