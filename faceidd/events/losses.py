"""Losses: how many events were never told to whom, and why, until that is told itself."""

from collections import Counter
from collections.abc import Iterable, Mapping

from faceidd.events.upkeep import Loss, Lost

BITS = {"mqtt": 1, "webhook": 2}
"""Everybody who can be owed an event; the bits stand in files."""


class Losses:
    """A count for each reader and reason. For one lock."""

    def __init__(self) -> None:
        self._untold: Counter[tuple[str, Loss]] = Counter()
        self.total = 0
        """Events of this run of the daemon that somebody was never told."""

    def __bool__(self) -> bool:
        return bool(self._untold)

    def lose(self, owed: Iterable[int], loss: Loss) -> None:
        """Count events, each by the bits of those whom it was owed."""
        for bits in owed:
            self.total += 1
            self._untold.update((name, loss) for name, bit in BITS.items() if bits & bit)

    def load(self, untold: Mapping[tuple[str, str], int]) -> None:
        """Count what an earlier run lost and did not tell."""
        known = set(Loss)
        self._untold.update(
            {(name, Loss(loss)): count for (name, loss), count in untold.items() if loss in known}
        )

    def also(self, others: "Losses") -> "Losses":
        """What both have counted."""
        both = Losses()
        both.total = self.total + others.total
        both._untold = self._untold + others._untold  # noqa: SLF001 - of its own kind
        return both

    def take(self) -> tuple[Lost, ...]:
        """What was not told yet; it is told now."""
        untold, self._untold = self._untold, Counter()
        return tuple(
            Lost(reader=name, loss=loss, events=count)
            for (name, loss), count in sorted(untold.items())
        )

    @property
    def untold(self) -> Mapping[tuple[str, str], int]:
        """What was not told yet, by reader and why."""
        return {(name, loss.value): count for (name, loss), count in self._untold.items()}
