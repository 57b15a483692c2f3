"""Renewal: what is new is read and prepared beside the door's work, and taken in between frames.

The files are looked at twice a second. What cannot be taken in is told once and changes nothing; it
is tried again when a file is another one, and now and then, for what was missing may have come.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from faceidd.clock import Clock, monotonic
from faceidd.errors import ConfigError, FaceiddError
from faceidd.units import Instant, Seconds

LOOK_PAUSE = Seconds(0.5)
"""How often the files are looked at."""
AGAIN_PAUSE = Seconds(600.0)
"""Until files that were refused are tried again."""
MOST_ASKING = 16
"""Who may wait for one renewal; others are told at once that it failed."""
CLOSE_PATIENCE = Seconds(0.5)
"""How long the end of the daemon waits for what is being read; it ends with the process."""

State = TypeVar("State")
Fresh = TypeVar("Fresh")
Done = Callable[[Exception | None], None]
"""Is told that all was taken in, or why not."""

_log = logging.getLogger(__name__)


class Renewal(Generic[State, Fresh]):
    """Watches files. For one thread, but for what prepares; close it at the end.

    Args:
        state: Tells one state of the files from another; looked at often.
        prepare: Reads, checks and prepares what is new, on a thread of its own. It is told whether
            somebody asked for it, or only a file is another one.
        take: Takes what was prepared, on the thread that polls.
        refused: Is told why nothing was taken, on the same thread.
        seen: State of the files that run.
        settles: How long the files must have kept still before they are read unasked; then they
            must also be the same after they were read. None is for files that come as a whole.
        clock: What the pauses count by.
    """

    def __init__(
        self,
        state: Callable[[], State],
        prepare: Callable[[bool], Fresh],
        take: Callable[[Fresh], None],
        *,
        refused: Callable[[Exception], None],
        seen: State,
        settles: Seconds | None = None,
        clock: Clock = monotonic,
    ) -> None:
        self._state = state
        self._prepare = prepare
        self._take = take
        self._refused = refused
        self._seen = self._found = seen
        self._settles = settles
        self._clock = clock
        self._looked = self._found_at = clock()
        self._again_at: Instant | None = None
        self._told_fault: str | None = None
        self._asking: list[Done] = []
        self._told: list[Done] = []
        self._work: Future[Fresh] | None = None
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being prepared."""
        return self._work is not None

    def ask(self, done: Done) -> None:
        """Ask for everything to be taken in anew.

        Args:
            done: Is told what came of it, at a later `poll`.
        """
        if len(self._asking) >= MOST_ASKING:
            done(FaceiddError("too many ask for the same", do="wait for the answers"))
            return
        self._asking.append(done)

    def poll(self) -> None:
        """Take in what is ready, begin what is due; returns at once."""
        if self._work is not None:
            if not self._work.done():
                return
            self._finish(self._work)
            self._work = None
        if self._asking or self._is_another():
            self._begin()

    def close(self) -> None:
        """Let go of what is being read. May be called again."""
        if self._thread is not None:
            self._thread.join(CLOSE_PATIENCE)

    def _is_another(self) -> bool:
        now = self._clock()
        if now - self._looked < LOOK_PAUSE:
            return False
        self._looked = now
        before, self._found = self._found, self._state()
        if self._found != before:
            self._found_at = now
        if self._found != self._seen:
            self._told_fault = None
            return self._settles is None or now - self._found_at >= self._settles
        return self._again_at is not None and now >= self._again_at

    def _begin(self) -> None:
        # Noted before it is read: what comes into its place meanwhile is another one again.
        self._seen = self._found = self._state()
        self._again_at = None
        self._told, self._asking = self._asking, []
        self._work = work = Future[Fresh]()
        # Should a file never be read to its end, this does not keep the process from ending.
        self._thread = threading.Thread(
            target=self._do, args=(work, bool(self._told), self._seen), name="renewal", daemon=True
        )
        self._thread.start()

    def _do(self, work: "Future[Fresh]", asked: bool, state: State) -> None:
        try:
            fresh = self._prepare(asked)
            self._require_still(state)
            work.set_result(fresh)
        except BaseException as error:  # told by the thread that polls
            work.set_exception(error)

    def _require_still(self, state: State) -> None:
        if self._settles is not None and self._state() != state:
            raise ConfigError(
                "a file was changed while it was read",
                do="let it be written to its end, and ask once more if you had asked",
            )

    def _finish(self, work: "Future[Fresh]") -> None:
        fault: Exception | None = None
        try:
            self._take(work.result())
        except Exception as error:
            fault = error
        if fault is not None:
            self._again_at = Instant(self._clock() + AGAIN_PAUSE)
        self._tell(fault)
        told, self._told = self._told, []
        for done in told:
            done(fault)

    def _tell(self, fault: Exception | None) -> None:
        """Tell what was refused; the same of the same file only to those who asked."""
        again = fault is not None and not self._told and str(fault) == self._told_fault
        self._told_fault = None if fault is None else str(fault)
        if fault is None or again:
            return
        typed = isinstance(fault, FaceiddError)
        _log.error(
            "nothing was taken in anew, all stays as it was: %s", fault,
            exc_info=None if typed else fault,
        )  # fmt: skip
        self._refused(fault)
