"""The door's digital twin: plays what happens at a door against its machine. Pure.

It is for admins who want to see what their door would do, and for tests.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from faceidd.door.machine import deadline, due, step
from faceidd.door.pulse import Answer
from faceidd.door.rules import FIRE_REPEAT, DoorRules
from faceidd.door.signal import InputName, Kind, Signal
from faceidd.door.situation import Situation
from faceidd.door.state import State
from faceidd.units import Instant, Seconds


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that happens, or is expected, at a moment.

    Attributes:
        at: When, in seconds from the beginning.
        kind: What happens; None if something is only expected.
        age: How old the evidence of a grant is.
        line: Which line is faulty or restored.
        expected: The state that the door must be in then; None expects nothing.
    """

    at: Instant
    kind: Kind | None = None
    age: Seconds = Seconds(0.0)  # noqa: RUF009 - a number
    line: InputName | None = None
    expected: State | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """What the door did.

    Attributes:
        at: When.
        kind: What happened; None if something was only expected.
        by_clock: Whether it was the clock's to say.
        answer: What came of it.
        situation: What is known of the door since.
        expected: The state that was expected; None if none was.
    """

    at: Instant
    kind: Kind | None
    by_clock: bool
    answer: Answer
    situation: Situation
    expected: State | None = None

    @property
    def as_expected(self) -> bool:
        """Whether the door is in the state that was expected, if any was."""
        return self.expected is None or self.situation.state is self.expected


def play(occasions: Sequence[Occasion], rules: DoorRules) -> Iterator[Moment]:
    """Let it happen, and tell what the door does, until nothing more would.

    A fire lasts until it is over, or the last occasion.

    Args:
        occasions: In the order of time.
        rules: How the door is set up.

    Raises:
        DoorError: The machine knows no such signal.
    """
    twin = _Twin(rules)
    for one in occasions:
        yield from twin.wait(one.at)
        answer = Answer.NOTED
        if one.kind is not None:
            evidence = Instant(one.at - one.age)
            answer = twin.take(Signal(one.kind, one.at, evidence, one.line))
        yield Moment(one.at, one.kind, False, answer, twin.situation, one.expected)
    while (until := deadline(twin.situation)) is not None and not twin.burns:
        yield from twin.wait(until)


class _Twin:
    def __init__(self, rules: DoorRules) -> None:
        self._rules = rules
        self.situation = Situation()
        self.burns = False
        self._heard = Instant(0.0)

    def take(self, signal: Signal) -> Answer:
        """Let one thing happen."""
        if signal.kind in {Kind.FIRE, Kind.FIRE_OVER}:
            self.burns, self._heard = signal.kind is Kind.FIRE, signal.at
        taken = step(self.situation, signal, self._rules)
        self.situation = taken.situation
        return taken.answer

    def wait(self, until: Instant) -> Iterator[Moment]:
        """Let time pass, and tell what it brings."""
        while True:
            at = min(until, deadline(self.situation) or until)
            if self.burns and self._heard + FIRE_REPEAT <= at:
                self.take(Signal(Kind.FIRE, Instant(self._heard + FIRE_REPEAT)))
                continue
            while (kind := due(self.situation, at)) is not None:
                self.take(Signal(kind, at))
                yield Moment(at, kind, True, Answer.NOTED, self.situation)
            if at >= until:
                return
