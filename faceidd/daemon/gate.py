"""Gate: from a visitor who was recognized to the door, past the policy.

A denial is told once a visit for each of its grounds. Whatever is awaited may come later in the
visit: the visitor's next frames ask again.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal, Protocol

from faceidd.access.attendance import MOST_VISITORS, Outcome
from faceidd.access.decision import Decision, Verdict, refusal_of
from faceidd.access.factors import Entry, Factors, Tried
from faceidd.access.grant import Grants
from faceidd.access.judge import Request, judge, may_stand_open
from faceidd.access.policy import PersonRules, Policy
from faceidd.access.recent import Memory, Shown
from faceidd.access.ruling import Ground, Ruling
from faceidd.access.stale import WhenStale, tightened
from faceidd.clock import Clock, monotonic
from faceidd.daemon.door_state import DoorState
from faceidd.door.door import Door
from faceidd.door.pulse import Answer
from faceidd.door.signal import Kind
from faceidd.door.turnstile import Turnstile
from faceidd.gallery.gallery import Person
from faceidd.units import Instant, Seconds

ENTRY_LIFE = Seconds(120.0)
"""An entry that nobody used is forgotten after this, whatever policies allow."""

NOBODY = ""
"""Who passes by a command; nobody in a gallery is called so."""

_log = logging.getLogger(__name__)


class GateTeller(Protocol):
    """Who is told what the policy does."""

    def denied(self, visit: str, ruling: Ruling, at: Instant) -> None:
        """Somebody was recognized and may not pass."""

    def duress(self, visit: str, person: str, sign: Literal["look", "pin"], at: Instant) -> None:
        """Somebody is being forced."""


class Gate:
    """Lets people pass as the policy says. For one thread.

    Args:
        door: The door; whether it is locked down is its own to know.
        turnstile: The way to it.
        grants: Gives what opens it.
        policy: Who passes, when.
        people: Whose looks are known under ids of their own, by their ids.
        state: What outlives a restart.
        teller: Who is told.
        wall_clock: The present moment; None where the clock on the wall cannot be right.
        on_admitted: Is told of each visitor whom the policy lets pass what the door answered.
        clock: The clock of frames.
    """

    def __init__(
        self,
        *,
        door: Door,
        turnstile: Turnstile,
        grants: Grants,
        policy: Policy,
        people: Mapping[str, Person],
        state: DoorState,
        teller: GateTeller,
        wall_clock: Callable[[], datetime | None],
        on_admitted: Callable[[Outcome, Ruling, Answer], None] = lambda *_: None,
        clock: Clock = monotonic,
    ) -> None:
        self._door = door
        self._turnstile = turnstile
        self._grants = grants
        self._policy = self._given = policy
        self._when_stale: WhenStale | None = None
        self._people = people
        self._state = state
        self._teller = teller
        self._wall_clock = wall_clock
        self._on_admitted = on_admitted
        self._clock = clock
        self._memory = Memory(state.passages)
        self._factors = Factors()
        self._told: OrderedDict[str, set[Ground]] = OrderedDict()
        self._alarmed: OrderedDict[str, None] = OrderedDict()

    @property
    def lockdown(self) -> bool:
        """Whether nobody passes: the door is locked down, or the policy says so."""
        rules = self._policy.doors.get(self._grants.door)
        return self._door.situation.lockdown or (rules is not None and rules.lockdown)

    def renew(self, policy: Policy, people: Mapping[str, Person]) -> None:
        """Go on with another policy and other people; what is remembered stays."""
        self._policy = self._tightened(policy, self._when_stale)
        self._given, self._people = policy, people

    def tighten(self, when: WhenStale | None) -> None:
        """Go on as a gallery that is stale asks for; None as the policy says."""
        self._policy = self._tightened(self._given, when)
        self._when_stale = when

    def poll(self) -> None:
        """Tell the door whether its leaf may stand open, when that has changed; cheap.

        Raises:
            DoorError: The door is closed or broken.
        """
        may = may_stand_open(self._policy, self._grants.door, self._wall_clock())
        if may is not self._door.situation.propped:
            self._door.take(Kind.PROP if may else Kind.UNPROP)

    def lock_down(self, *, down: bool) -> bool:
        """Lock the door down, or end it.

        Returns:
            Whether a restart leaves it so.

        Raises:
            DoorError: The door is closed or broken.
        """
        return self._door.lock_down() if down else self._door.lift_lockdown()

    def enter(self, entry: Entry) -> None:
        """Take what was typed or shown beside a face, on any thread."""
        self._factors.enter(entry)

    def recognize(self, outcome: Outcome) -> Outcome:
        """Say who a visitor is, whichever of their looks was seen; raises the silent alarm.

        What comes back is what it would be without duress. A duress PIN that waits is heard from
        everybody who is recognized, whatever the policy says to them and asks of them.
        """
        outcome = self._as_person(outcome)
        decision = outcome.decision
        if decision.person is not None:
            self._factors.expire(self._clock(), ENTRY_LIFE)
            theirs = self._policy.people.get(decision.person.id, PersonRules())
            if self._factors.is_forced(decision.person.id, theirs):
                self._alarm(outcome.visit, decision.person.id, "pin", decision.newest)
        return outcome

    def admit(self, outcome: Outcome) -> Answer:
        """Open the door for a visitor who was recognized, if the policy lets them pass.

        Raises:
            DoorError: As `Door.grant`.
        """
        decision, visit = outcome.decision, outcome.visit
        if decision.person is None or decision.verdict is not Verdict.GRANT:
            return Answer.NOT_GRANTED
        person, at = decision.person.id, decision.newest
        self._memory.seen(Shown(person, visit, at))
        ruling = self._rule(person, at, visit)
        if ruling.ground is Ground.SECOND_FACTOR_AWAITED:
            ruling = self._try_factor(visit, person, ruling, at)
        if not ruling.granted:
            self._tell_denied(visit, ruling, at)
            return Answer.NOT_GRANTED
        answer = self._turnstile.pass_on(self._grants.give(visit, decision))
        if answer is Answer.OPENED:
            self._passed(person, at)
        self._on_admitted(outcome, ruling, answer)
        return answer

    def open_by_command(self, visit: str, at: Instant) -> tuple[Ruling, Answer]:
        """Open the door for nobody in person, if the policy allows it.

        Args:
            visit: What the opening is called by.
            at: When the command came.

        Raises:
            DoorError: As `Door.grant`.
        """
        ruling = self._rule(None, at)
        if not ruling.granted:
            return ruling, Answer.NOT_GRANTED
        answer = self._turnstile.pass_on(self._grants.give(visit, Decision.by_command(at)))
        if answer is Answer.OPENED:
            self._passed(NOBODY, at)
        return ruling, answer

    def _tightened(self, policy: Policy, when: WhenStale | None) -> Policy:
        return policy if when is None else tightened(policy, self._grants.door, when)

    def _as_person(self, outcome: Outcome) -> Outcome:
        """Take a look for duress for its person."""
        match, decision = outcome.decision.match, outcome.decision
        own = self._policy.duress.get(match.person.id) if match else None
        if match is None or own is None:
            return outcome
        person = self._people.get(own, Person(own, own))
        if decision.verdict is Verdict.GRANT:
            self._alarm(outcome.visit, own, "look", decision.newest)
        decision = replace(
            decision,
            match=replace(match, person=person),
            person=decision.person and person,
        )
        refusal = refusal_of(person, self._wall_clock())
        if decision.verdict is Verdict.GRANT and refusal is not None:
            decision = replace(decision, verdict=Verdict.DENY, reason=refusal, person=None)
        return replace(outcome, decision=decision)

    def _rule(self, person: str | None, at: Instant, visit: str | None = None) -> Ruling:
        door = self._grants.door
        recent = self._memory.recent(
            self._factors.confirmed, self._factors.locked_out, lockdown=self.lockdown
        )
        rules = self._policy.doors.get(door)
        back = rules.anti_passback if rules else None
        if back is not None and back.until_passed is not None:
            there = self._state.passages_at(back.until_passed)
            recent = replace(recent, passages={**recent.passages, **there})
        return judge(self._policy, Request(person, door, self._wall_clock(), at, visit), recent)

    def _try_factor(self, visit: str, person: str, ruling: Ruling, at: Instant) -> Ruling:
        """Hold what was entered against a person, and rule again if that changes anything."""
        rules = self._policy.doors[self._grants.door].second_factor
        if rules is None:
            return ruling
        now = self._clock()
        theirs = self._policy.people.get(person, PersonRules())
        tried = self._factors.settle(person, theirs, rules, now)
        if tried is Tried.NOTHING:
            return ruling
        if tried is Tried.FORCED:
            self._alarm(visit, person, "pin", at)
        if tried is Tried.WRONG:  # told each time; that is bounded by the lockout
            self._teller.denied(visit, replace(ruling, ground=Ground.WRONG_FACTOR), at)
        return self._rule(person, at, visit)

    def _passed(self, person: str, at: Instant) -> None:
        self._memory.passed(self._grants.door, person, at)
        self._factors.use_up(person)
        self._state.passages = self._memory.passages
        try:
            self._state.save()
        except OSError:
            _log.exception("it was not written down that the door opened")

    def _tell_denied(self, visit: str, ruling: Ruling, at: Instant) -> None:
        told = self._told.setdefault(visit, set())
        if ruling.ground not in told:
            told.add(ruling.ground)
            self._teller.denied(visit, ruling, at)
        while len(self._told) > MOST_VISITORS:
            self._told.popitem(last=False)

    def _alarm(self, visit: str, person: str, sign: Literal["look", "pin"], at: Instant) -> None:
        if visit not in self._alarmed:
            self._alarmed[visit] = None
            try:
                self._teller.duress(visit, person, sign, at)
            except Exception:
                _log.error("an event could not be told")
        while len(self._alarmed) > MOST_VISITORS:
            self._alarmed.popitem(last=False)
