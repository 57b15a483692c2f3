"""Door: takes what happens at one lock, does what its machine says, and keeps the deadlines.

What a signal means is `machine`'s; here it is carried out. The end of a pulse is kept by a thread
that waits for nothing else: a stalled camera, model or broker cannot hold the door open. Where
even that thread cannot run, the guard ends the process. A board without power is the wiring's.
"""

import atexit
import logging
import threading
from collections.abc import Callable

from faceidd.access.decision import Verdict
from faceidd.access.grant import Granted
from faceidd.clock import Clock, monotonic
from faceidd.door.bolt import Bolt
from faceidd.door.change import Cause, DoorChange, DoorNews, Teller
from faceidd.door.guard import Guard
from faceidd.door.keeper import ROUND, Keeper
from faceidd.door.lockdown import KeptLockdown
from faceidd.door.machine import deadline, due, step
from faceidd.door.opening import CAUSES, ENDS, Opening
from faceidd.door.pulse import Answer, PulseRules
from faceidd.door.relay import Relay
from faceidd.door.rules import DoorRules
from faceidd.door.signal import InputName, Kind, Signal
from faceidd.door.signs import Signs
from faceidd.door.situation import Situation
from faceidd.errors import DoorError
from faceidd.units import Instant, Seconds

RETRY_PAUSE = Seconds(0.05)
CLOSE_TIMEOUT = Seconds(0.5)

_log = logging.getLogger(__name__)


class Door:
    """One lock. Safe for many threads; close it on every way out.

    Args:
        relay: The lock's coil; the door owns it from here and closes it.
        rules: What opens it, and for how long; pulse rules alone are a door without lines.
        on_change: Is told that the door was unlocked or locked, on a thread of its own.
        clock: Tells the time.
        on_news: Is told what else became of the door, on the same thread.
        guard: Ends the process if the relay is not released in time; the door closes it. None
            guards nothing, for a relay that is not there.
        signs: The buzzer and the lights; the door owns them. None has none.
        kept: Where a lockdown is kept; None forgets it when the process ends.

    Raises:
        DoorError: The relay cannot be released.
    """

    def __init__(
        self,
        relay: Relay,
        rules: PulseRules | DoorRules,
        on_change: Callable[[DoorChange], None],
        clock: Clock = monotonic,
        *,
        on_news: Callable[[DoorNews], None] | None = None,
        guard: Guard | None = None,
        signs: Signs | None = None,
        kept: KeptLockdown | None = None,
    ) -> None:
        self._bolt, self._clock = Bolt(relay, guard), clock
        self._rules = DoorRules(rules) if isinstance(rules, PulseRules) else rules
        self._changed = threading.Condition()
        self._situation = Situation(lockdown=kept is not None and kept.read())
        self._kept, self._signs = kept, signs
        self._opening: Opening | None = None
        self._ended_by, self._closed = Cause.CLOSED, False
        self._refused: tuple[str, Answer] | None = None
        self._fault: str | None = None
        self._teller = Teller(on_change, on_news)
        self._keeper = Keeper(self._changed, self._turn, self._bolt.rest, clock)
        self._show_and_tell(Situation())
        atexit.register(self.close)

    @property
    def situation(self) -> Situation:
        """What is known of the door now."""
        with self._changed:
            return self._situation

    @property
    def kept_at(self) -> Instant:
        """When the thread that keeps the deadlines last went round."""
        return self._keeper.went_at

    def renew(self, rules: DoorRules) -> None:
        """Go on by other rules. Nothing moves by that: what runs ends when it was to end."""
        with self._changed:
            self._rules = rules

    def grant(self, outcome: Granted) -> Answer:
        """Open the door for one pulse, if the decision is a grant, fresh, and none runs.

        Args:
            outcome: The decision, and whose it is.

        Raises:
            DoorError: The relay could not be energized, or there is nobody to release it again:
                the door is closed or broken. It is at rest then, or nothing more can be done.
        """
        decision = outcome.decision
        if decision.verdict is not Verdict.GRANT:
            answer = Answer.NOT_GRANTED
        else:
            opening = Opening(Cause.GRANT, outcome.visit, decision.person)
            answer = self.take(Kind.GRANT, decision.newest, opening=opening)
        if answer not in {Answer.OPENED, Answer.ALREADY_OPEN}:
            refusal = (outcome.visit, answer)
            # A visitor who stays tries again with every frame.
            if refusal != self._refused:
                _log.warning("the door stays shut for visit %s: %s", *refusal)
            self._refused = refusal
        return answer

    def take(
        self,
        kind: Kind,
        evidence: Instant | None = None,
        *,
        line: InputName | None = None,
        opening: Opening | None = None,
    ) -> Answer:
        """Take what happened at the door.

        Args:
            kind: What it says.
            evidence: Since when that has been so; a decision's age counts from here. None is now.
            line: Which line is faulty or restored.
            opening: Whom an opening is told of; None tells it of nobody.

        Raises:
            DoorError: As `grant`.
        """
        with self._changed:
            self._let_time_pass()
            self._require_sound()
            if self._bolt.sticks and kind in {Kind.GRANT, Kind.EXIT}:
                return Answer.ALREADY_OPEN
            signal = Signal(kind, self._clock(), evidence, line)
            return self._take(signal, opening or Opening(CAUSES.get(kind, Cause.GRANT)))

    def lock_down(self) -> bool:
        """Let no grant open the door until the lockdown is lifted.

        Returns:
            Whether it will outlive this process.

        Raises:
            DoorError: The door is closed or broken; it is locked down when it is started anew.
        """
        try:
            self.take(Kind.LOCK_DOWN)
        finally:
            # Also of a door that is broken or closed and takes nothing. Not while the door is held:
            # a slow disk must not keep the relay from its release.
            remembered = self._kept is not None and self._kept.write(True)
        return remembered

    def lift_lockdown(self) -> bool:
        """Let grants open the door again, if the lockdown can be forgotten.

        Returns:
            Whether it is lifted; if not, the door stays locked down.

        Raises:
            DoorError: The door is closed or broken.
        """
        if self._kept is not None and not self._kept.write(False):
            return False
        self.take(Kind.LIFT)
        return True

    def check(self) -> None:
        """Make sure that the door can be trusted; release it if that is overdue.

        Cheap; to be called with every frame. Who calls it should end the process when it raises.

        Raises:
            DoorError: The door is closed or broken.
        """
        with self._changed:
            self._let_time_pass()
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
                self._bolt.close()
            finally:
                self._locked_again(Cause.CLOSED)
                self._changed.notify_all()
                atexit.unregister(self.close)
        self._keeper.join(CLOSE_TIMEOUT)
        self._teller.close(CLOSE_TIMEOUT)
        if self._signs is not None:
            self._signs.close()

    def _require_sound(self) -> None:
        if self._fault is not None:
            raise DoorError(self._fault, do="check the wiring, then start again")
        if self._closed:
            raise DoorError("the door was closed down", do="start again")
        if not self._keeper.alive:
            raise DoorError("nothing keeps the end of a pulse any more", do="start again")

    def _take(self, signal: Signal, opening: Opening | None = None) -> Answer:
        before = self._situation
        taken = step(before, signal, self._rules)
        if taken.situation is before:  # it said nothing new, perhaps with every frame
            return taken.answer
        self._situation = taken.situation
        if before.energized and not taken.situation.energized:
            self._ended_by = ENDS[signal.kind]
        try:
            self._drive(opening)
        except BaseException:
            # It opened nothing; whatever moved is released.
            self._situation = before
            self._release()
            raise
        if signal.kind is Kind.RELAY_FAULT and self._fault is None:
            self._fault = "the relay's spare contact says other than its coil"
            _log.critical("%s: check the relay and its wiring", self._fault)
        self._show_and_tell(before)
        return taken.answer

    def _drive(self, opening: Opening | None) -> None:
        release_at = self._situation.release_at
        if release_at is None:
            self._release()
            return
        now = self._clock()
        # The keeper and the guard know the end before the coil moves, whatever happens from here.
        self._changed.notify_all()
        if self._bolt.energize(Seconds(release_at - now)):
            self._opening = (opening or Opening(Cause.GRANT)).at(now)
            self._teller.tell(self._opening.began())

    def _release(self) -> None:
        if not self._bolt.energized:
            return
        try:
            self._bolt.release()
        except Exception as error:
            _log.exception("the relay was not released")
            if not self._bolt.given_up:
                self._changed.notify_all()  # the keeper tries again, and not at the old deadline
                return
            self._fault = str(error)
            self._ended_by = Cause.FAULT
            _log.critical("%s; its pin is given back", self._fault)
            fault = Signal(Kind.RELAY_FAULT, self._clock())
            self._situation = step(self._situation, fault, self._rules).situation
        self._locked_again(self._ended_by)

    def _locked_again(self, cause: Cause) -> None:
        opening, self._opening = self._opening, None
        if opening is not None:
            self._teller.tell(opening.ended(self._clock(), cause))

    def _turn(self) -> Seconds | None:
        if self._closed:
            return None
        self._let_time_pass()
        if self._bolt.sticks:
            return RETRY_PAUSE
        until = deadline(self._situation)
        return ROUND if until is None else Seconds(max(0.0, until - self._clock()))

    def _let_time_pass(self) -> None:
        if self._closed:
            return
        if self._bolt.sticks:
            before = self._situation
            self._release()
            self._show_and_tell(before)
        while (kind := due(self._situation, self._clock())) is not None:
            self._take(Signal(kind, self._clock()))

    def _show_and_tell(self, before: Situation) -> None:
        if self._signs is not None:
            self._signs.show(self._situation.outputs)
        news = DoorNews(self._clock(), before, self._situation)
        if news.worth_telling:
            self._teller.tell(news)
