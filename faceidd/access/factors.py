"""Factors: what people show beside their faces, tried a bounded number of times.

An entry on a keypad or a card is nobody's until a face was recognized: it is held against the
hashes of that person only, once, and kept for no longer than a policy allows. Against duress PINs
it is held whether anybody asked for a factor or not. Pure but for its state.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from faceidd.access.policy import FactorKind, PersonRules, SecondFactor
from faceidd.access.secret import is_secret
from faceidd.units import Instant, Seconds

Value = TypeVar("Value")

MOST_PEOPLE = 1000
"""People whose wrong tries are counted; beyond it the one who tried longest ago is forgotten."""


class Tried(StrEnum):
    """What came of an entry."""

    NOTHING = "nothing"
    """There was none to hold against this person."""
    RIGHT = "right"
    FORCED = "forced"
    """It was the duress PIN, and counts like the other."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something was typed on a keypad, or a card was shown.

    Attributes:
        kind: What it is.
        secret: What was typed or read; never told.
        at: When.
    """

    kind: FactorKind
    secret: str
    at: Instant

    def __repr__(self) -> str:
        return f"Entry({self.kind}, at={self.at})"


class Factors:
    """Keeps the newest entry, and counts wrong ones."""

    def __init__(self) -> None:
        self._entry: Entry | None = None
        self._confirmed: dict[str, Instant] = {}
        self._wrong: dict[str, int] = {}
        self._locked_out: dict[str, Instant] = {}
        # Which entry was held against which hash of somebody's duress PIN, and whether it fits.
        self._held: dict[str, tuple[Entry, str, bool]] = {}

    @property
    def confirmed(self) -> Mapping[str, Instant]:
        """When somebody last showed a right factor that is not used up."""
        return MappingProxyType(self._confirmed)

    @property
    def locked_out(self) -> Mapping[str, Instant]:
        """Until when somebody is locked out."""
        return MappingProxyType(self._locked_out)

    def enter(self, entry: Entry) -> None:
        """Take an entry; it replaces one that nobody used."""
        self._entry = entry

    def is_forced(self, person: str, theirs: PersonRules) -> bool:
        """Whether the waiting entry is somebody's duress PIN.

        The entry stays as it was, whatever comes of this, and is held against a person once: that
        bounds the work.

        Args:
            person: Who was recognized.
            theirs: That person's hashes.
        """
        entry = self._entry
        return entry is not None and self._is_duress(entry, person, theirs)

    def settle(self, person: str, theirs: PersonRules, rule: SecondFactor, now: Instant) -> Tried:
        """Hold the waiting entry, if there is a fresh one, against what somebody should show.

        Args:
            person: Who was recognized.
            theirs: That person's hashes.
            rule: What the door asks for.
            now: The present moment.
        """
        entry, until = self._entry, self._locked_out.get(person)
        if entry is None or entry.kind not in rule.kinds or (until is not None and now < until):
            return Tried.NOTHING
        self._entry = None
        if not 0 <= now - entry.at <= rule.within:
            return Tried.NOTHING
        # Both are always tried, so that the time it takes does not tell which one it was.
        right = is_secret(entry.secret, theirs.factors.get(entry.kind, ""))
        forced = self._is_duress(entry, person, theirs)
        if not (right or forced):
            self._count(person, rule.tries, Instant(now + rule.lockout))
            return Tried.WRONG
        self._wrong.pop(person, None)
        _keep(self._confirmed, person, entry.at)
        return Tried.FORCED if forced else Tried.RIGHT

    def use_up(self, person: str) -> None:
        """Forget what somebody showed: it served for one passage."""
        self._confirmed.pop(person, None)

    def expire(self, now: Instant, after: Seconds) -> None:
        """Forget an entry that nobody used, and all that is known of one that is gone."""
        if self._entry is None or now - self._entry.at > after:
            self._entry = None
            self._held.clear()

    def _is_duress(self, entry: Entry, person: str, theirs: PersonRules) -> bool:
        if entry.kind is not FactorKind.PIN or theirs.duress_pin is None:
            return False
        held = self._held.get(person)
        if held is None or held[:2] != (entry, theirs.duress_pin):
            held = (entry, theirs.duress_pin, is_secret(entry.secret, theirs.duress_pin))
            _keep(self._held, person, held)
        return held[2]

    def _count(self, person: str, tries: int, until: Instant) -> None:
        wrong = self._wrong.pop(person, 0) + 1
        if wrong >= tries:
            self._locked_out.pop(person, None)
            _keep(self._locked_out, person, until)
        else:
            self._wrong[person] = wrong
            while len(self._wrong) > MOST_PEOPLE:
                del self._wrong[next(iter(self._wrong))]


def _keep(kept: dict[str, Value], person: str, value: Value) -> None:
    kept.pop(person, None)
    kept[person] = value
    while len(kept) > MOST_PEOPLE:
        del kept[next(iter(kept))]
