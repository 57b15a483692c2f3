"""Door: opens for one pulse at a grant, and closes on every way out.

The end of a pulse is kept by a thread that waits for nothing else: a stalled camera, model or
broker cannot hold the door open. What cannot be helped from here: a process that is killed
outright, or a board without power. For these the wiring and `relay.rest` must do.
"""

import atexit
import logging
import threading
from collections.abc import Callable

from faceidd.access.grant import Granted
from faceidd.clock import Clock, monotonic
from faceidd.door.change import Cause, DoorChange, Teller
from faceidd.door.pulse import Answer, Pulse, PulseRules
from faceidd.door.relay import Relay
from faceidd.errors import DoorError
from faceidd.units import Instant, Seconds

RELEASE_TRIES = 5
RETRY_PAUSE = Seconds(0.05)
CLOSE_TIMEOUT = Seconds(2.0)

_log = logging.getLogger(__name__)


class Door:
    """One lock. Safe for many threads; close it on every way out.

    Args:
        relay: The lock's coil; the door owns it from here and closes it.
        rules: What opens it, and for how long.
        on_change: Is told that the door opened or closed, on a thread of its own.
        clock: Tells the time.

    Raises:
        DoorError: The relay cannot be released.
    """

    def __init__(
        self,
        relay: Relay,
        rules: PulseRules,
        on_change: Callable[[DoorChange], None],
        clock: Clock = monotonic,
    ) -> None:
        relay.release()
        self._relay = relay
        self._rules = rules
        self._clock = clock
        self._changed = threading.Condition()
        self._pulse: Pulse | None = None
        self._granted: Granted | None = None
        self._failed_releases = 0
        self._fault: str | None = None
        self._closed = False
        self._teller = Teller(on_change)
        self._keeper = threading.Thread(target=self._keep_deadline, name="door-keeper", daemon=True)
        self._keeper.start()
        atexit.register(self.close)

    def grant(self, outcome: Granted) -> Answer:
        """Open the door for one pulse, if the decision is a grant, fresh, and the door is shut.

        Raises:
            DoorError: The relay could not be energized, or there is nobody to release it again:
                the door is closed or broken. It is at rest then, or nothing more can be done.
        """
        with self._changed:
            self._end_if_over()
            self._require_sound()
            now = self._clock()
            answer = self._rules.answer(outcome.decision, now, self._pulse)
            if answer is Answer.OPENED:
                self._open(outcome, now)
        if answer in {Answer.TOO_OLD, Answer.NOT_GRANTED}:
            _log.warning("the door stays shut for visit %s: %s", outcome.visit, answer)
        return answer

    def check(self) -> None:
        """Make sure that the door can be trusted; release it if that is overdue.

        Cheap; meant to be called with every frame. The one who calls should end the process
        when it raises.

        Raises:
            DoorError: The door is closed or broken.
        """
        with self._changed:
            self._end_if_over()
            self._require_sound()

    def close(self) -> None:
        """Release the relay and let go of it. May be called again.

        Raises:
            DoorError: The relay could not be released or given back.
        """
        with self._changed:
            if self._closed:
                return
            self._closed = True
            try:
                self._relay.close()
            finally:
                self._ended(Cause.CLOSED)
                self._changed.notify_all()
                atexit.unregister(self.close)
        self._keeper.join(CLOSE_TIMEOUT)
        self._teller.close(CLOSE_TIMEOUT)

    def _require_sound(self) -> None:
        if self._fault is not None:
            raise DoorError(self._fault, do="check the wiring, then start again")
        if self._closed:
            raise DoorError("the door was closed down", do="start again")
        if not self._keeper.is_alive():
            raise DoorError("nothing keeps the end of a pulse any more", do="start again")

    def _open(self, outcome: Granted, now: Instant) -> None:
        # The deadline stands before the coil moves: whatever happens from here on, it ends.
        self._pulse = self._rules.pulse(now)
        self._changed.notify_all()
        try:
            self._relay.energize()
        except BaseException:
            self._pulse = Pulse(now, now)
            self._end(Cause.FAULT)
            raise
        self._granted = outcome
        person = outcome.decision.person
        self._teller.tell(DoorChange(True, now, Cause.GRANT, outcome.visit, person))

    def _keep_deadline(self) -> None:
        try:
            with self._changed:
                while not self._closed:
                    self._end_if_over()
                    self._changed.wait(self._patience())
        finally:
            with self._changed:
                self._relay.release()

    def _patience(self) -> float | None:
        if self._pulse is None:
            return None
        if self._failed_releases:
            return RETRY_PAUSE
        return max(0.0, self._pulse.ends - self._clock())

    def _end_if_over(self) -> None:
        if self._pulse is not None and self._pulse.over(self._clock()):
            self._end(Cause.PULSE_OVER)

    def _end(self, cause: Cause) -> None:
        try:
            self._relay.release()
        except Exception as error:
            self._failed_releases += 1
            _log.exception("the relay was not released, try %d", self._failed_releases)
            if self._failed_releases < RELEASE_TRIES:
                return
            self._give_up(error)
            cause = Cause.FAULT
        self._failed_releases = 0
        self._ended(cause)

    def _give_up(self, error: Exception) -> None:
        self._fault = f"the relay was not released in {RELEASE_TRIES} tries: {error}"
        try:
            self._relay.close()
        except Exception:
            _log.critical("the relay may still be energized: cut its power", exc_info=True)
        _log.critical("%s; its pin is given back", self._fault)

    def _ended(self, cause: Cause) -> None:
        pulse, outcome = self._pulse, self._granted
        self._pulse = self._granted = None
        if pulse is None or outcome is None:
            return
        now = self._clock()
        person, length = outcome.decision.person, Seconds(now - pulse.began)
        self._teller.tell(DoorChange(False, now, cause, outcome.visit, person, length))
