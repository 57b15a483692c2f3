"""Ledger: what a door did, held against what the script says was true. Pure but for its clock.

A false unlock is one without somebody before the camera, up to a moment ago, for whom the script
lets the door open; it is also one that the door made out to be for another person than that one.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from faceidd.daemon.watch import Look
from faceidd.door.simulated import Level

EVIDENCE_S = 0.5
"""Added to the age that evidence may have: until a decision has moved the relay."""


@dataclass(slots=True)
class Visit:
    """Somebody who comes.

    Attributes:
        who: Their name.
        begins: When, in seconds of the scenario.
        ends: When they are gone.
        near: When they are near enough; None is never.
        opens: Whether the door is to open for them.
        opened: When it did; None if it did not.
    """

    who: str
    begins: float
    ends: float
    near: float | None
    opens: bool
    opened: float | None = None

    @property
    def missed(self) -> bool:
        """Whether the door did not open that was to."""
        return self.opens and self.opened is None


@dataclass(frozen=True, slots=True)
class Unlock:
    """That the relay was energized.

    Attributes:
        at: When, in seconds of the scenario.
        person: Whom the door took for the one it opens for, if it said.
        false: Whether it was for nobody for whom the script lets it open.
    """

    at: float
    person: str | None
    false: bool


@dataclass(slots=True)
class Ledger:
    """Keeps account of one door. For one thread.

    Attributes:
        visits: All that are to come, in their order.
        scenario_s: A moment of the clock -> seconds of the scenario.
        history: What the relay's pin did last.
        max_age: How old evidence may be, in seconds.
        unlocks: How often the door opened.
        denials: Visitors whom it took for nobody it lets in.
        looks: Frames that were looked at.
        faults: Looks that failed.
    """

    visits: Sequence[Visit]
    scenario_s: Callable[[float], float]
    history: Callable[[], Sequence[Level]]
    max_age: float
    unlocks: list[Unlock] = field(default_factory=list)
    denials: int = 0
    looks: int = 0
    faults: int = 0
    _told_until: float = float("-inf")

    def follow(self, run: Callable[[Callable[[Look], None]], None]) -> None:
        """Take into account all that a door does while it runs, also after its last look.

        Args:
            run: Lets the door run to its end; is given who is to see every look.
        """
        try:
            run(self.note)
        finally:
            self.settle()

    def note(self, look: Look) -> None:
        """Take a look and its consequences into account."""
        self.looks += 1
        self.faults += look.fault is not None
        self.denials += sum(
            outcome.news and outcome.decision.person is None for outcome in look.outcomes
        )
        people = [
            outcome.decision.person.id
            for outcome in look.outcomes
            if outcome.decision.person is not None
        ]
        self.settle(people, since=look.frame.captured_at)

    def settle(self, people: Sequence[str] = (), since: float = float("-inf")) -> None:
        """Take into account what the relay did.

        Args:
            people: Whom the door recognized in the look that it may have opened for.
            since: When that look's picture was taken; what the relay did before is not for them.
        """
        for level in self.history():
            if level.at <= self._told_until:
                continue
            self._told_until = level.at
            if level.high and level.driven:
                meant = people if level.at >= since else ()
                self._note_unlock(self.scenario_s(level.at), meant)

    def _note_unlock(self, at: float, people: Sequence[str]) -> None:
        there = [visit for visit in self._around(at) if visit.opens]
        meant = next((visit for visit in there if visit.who in people), None)
        self.unlocks.append(Unlock(at, people[0] if people else None, false=meant is None))
        if meant is not None and meant.opened is None:
            meant.opened = at

    def _around(self, at: float) -> Sequence[Visit]:
        """Visits of which evidence may still have been fresh."""
        last = bisect_right(self.visits, at, key=lambda visit: visit.begins)
        since = at - self.max_age - EVIDENCE_S
        return [visit for visit in self.visits[max(0, last - 20) : last] if visit.ends >= since]
