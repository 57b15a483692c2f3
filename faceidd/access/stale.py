"""Stale: how old the door's gallery is, and what a policy becomes once it is too old. Pure.

A clock that was set back must not make a gallery young again. So what counts is the latest that the
clock is known to have shown, and between two looks the clock that nobody sets.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from faceidd.access.policy import FactorKind, Policy, SecondFactor
from faceidd.units import Instant, Seconds

CLOCK_SLACK = timedelta(hours=1)
"""How far the clock on the wall may be set back before it counts as wrong."""
FACTOR_WITHIN = Seconds(30.0)
"""How long before the face a PIN or card counts, at a door whose policy asks for none otherwise."""


class WhenStale(StrEnum):
    """What a stale gallery does to the door."""

    TELL = "tell"
    SECOND_FACTOR = "second_factor"
    """Everybody shows a PIN or a card beside their face."""
    REFUSE = "refuse"
    """Nobody is let in by their face."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What a door knows of its newest good sync.

    Attributes:
        good_at: When it was, by the clock on the wall; None if there was none.
        seen_at: The latest that this clock is known to have shown; None if nothing is known.
    """

    good_at: datetime | None
    seen_at: datetime | None


class Age:
    """How long ago a door had what its repository offers; never grows younger but by a sync.

    Args:
        synced: What is known of the newest good sync.
        now: The clock on the wall; None where it cannot be right.
        at: The same moment on the monotonic clock.
        least: It is no younger than so many seconds, whatever the clock on the wall shows.
    """

    def __init__(
        self,
        synced: Synced,
        now: datetime | None,
        at: Instant,
        *,
        least: float = 0.0,
    ) -> None:
        self.synced = synced
        self._at = at
        self._then = max(least, self._by_wall(now) or 0.0)

    def at(self, now: datetime | None, at: Instant) -> Seconds | None:
        """The age at a moment; None where it cannot be known, or there never was a good sync.

        Args:
            now: The clock on the wall; None where it cannot be right.
            at: The same moment on the monotonic clock.
        """
        by_wall = self._by_wall(now)
        if by_wall is None:
            return None
        return max(by_wall, self._counted(at))

    def renewed(self, synced: Synced, now: datetime | None, at: Instant) -> "Age":
        """The age by what is known now; if there was no newer good sync, it is no younger.

        Args:
            synced: What is known of the newest good sync.
            now: The clock on the wall; None where it cannot be right.
            at: The same moment on the monotonic clock.
        """
        same = synced.good_at == self.synced.good_at
        return Age(synced, now, at, least=self._counted(at) if same else 0.0)

    def _counted(self, at: Instant) -> Seconds:
        return Seconds(self._then + max(0.0, at - self._at))

    def _by_wall(self, now: datetime | None) -> Seconds | None:
        good, seen = self.synced.good_at, self.synced.seen_at
        if good is None or now is None:
            return None
        if (
            seen is not None and now < seen - CLOCK_SLACK
        ):  # it was set back, nobody knows since when
            return None
        return Seconds(max(0.0, (max(now, seen or now) - good).total_seconds()))


def is_stale(age: Seconds | None, after: Seconds | None) -> bool:
    """Whether a gallery is too old.

    Args:
        age: How old it is; None where that is not known.
        after: How old it may be; None is as old as it likes.
    """
    return after is not None and (age is None or age > after)


def tightened(policy: Policy, door: str, when: WhenStale) -> Policy:
    """What a policy becomes at a door whose gallery is stale; it never lets more people in.

    Args:
        policy: The policy.
        door: The door's id.
        when: What a stale gallery does.
    """
    rules = policy.doors.get(door)
    if rules is None or when is WhenStale.TELL:
        return policy
    if when is WhenStale.REFUSE:
        rules = replace(rules, stale=True)
    elif rules.second_factor is None:
        asked = SecondFactor(frozenset(FactorKind), FACTOR_WITHIN)
        rules = replace(rules, second_factor=asked)
    else:
        rules = replace(rules, second_factor=replace(rules.second_factor, schedule=None))
    return replace(policy, doors={**policy.doors, door: rules})
