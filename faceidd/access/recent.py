"""Recent: what a door remembers of those who came before, bounded. Pure but for its state.

Every moment is one of the monotonic clock: setting the clock on the wall neither shortens nor
revives anything. Keeping passages over a restart is left to the daemon.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from faceidd.units import Instant

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST_PASSAGES = 10_000
"""People and doors remembered; beyond it the one whose passage is longest ago is forgotten."""
MOST_SHOWN = 16
"""People who were recognized lately, as many as visitors are kept apart."""

PassageKey = tuple[str, str]
"""A door's id and a person's."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody was recognized before the door.

    Attributes:
        person: Who.
        visit: In which visit.
        at: When the newest frame was taken.
    """

    person: str
    visit: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Recent:
    """What a policy may look at beside itself.

    Attributes:
        passages: When a door last opened for somebody.
        shown: Who was recognized lately, each person's newest.
        confirmed: When somebody last showed a right second factor that is not used up.
        locked_out: Until when somebody is locked out after wrong ones.
        lockdown: Whether the door was locked down.
    """

    passages: Mapping[PassageKey, Instant] = field(default_factory=dict)
    shown: tuple[Shown, ...] = ()
    confirmed: Mapping[str, Instant] = field(default_factory=dict)
    locked_out: Mapping[str, Instant] = field(default_factory=dict)
    lockdown: bool = False


class Memory:
    """Gathers what `Recent` tells.

    Args:
        passages: Those of earlier, oldest first.
    """

    def __init__(self, passages: Mapping[PassageKey, Instant] | None = None) -> None:
        self._passages: dict[PassageKey, Instant] = {}
        self._shown: dict[str, Shown] = {}
        for (door, person), at in (passages or {}).items():
            self.passed(door, person, at)

    @property
    def passages(self) -> Mapping[PassageKey, Instant]:
        """When each door last opened for somebody, oldest first."""
        return MappingProxyType(self._passages)

    def passed(self, door: str, person: str, at: Instant) -> None:
        """Note that a door opened for somebody; of those who stood by, nobody counts again."""
        _renew(self._passages, (door, person), at, MOST_PASSAGES)
        self._shown.clear()

    def seen(self, shown: Shown) -> None:
        """Note that somebody was recognized."""
        _renew(self._shown, shown.person, shown, MOST_SHOWN)

    def recent(
        self,
        confirmed: Mapping[str, Instant],
        locked_out: Mapping[str, Instant],
        *,
        lockdown: bool,
    ) -> Recent:
        """What a policy may look at now.

        Args:
            confirmed: As `Recent.confirmed`.
            locked_out: As `Recent.locked_out`.
            lockdown: As `Recent.lockdown`.
        """
        return Recent(self.passages, tuple(self._shown.values()), confirmed, locked_out, lockdown)


def _renew(kept: dict[Key, Value], key: Key, value: Value, most: int) -> None:
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > most:
        del kept[next(iter(kept))]
