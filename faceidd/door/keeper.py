"""Keeper: the thread that keeps a door's deadlines, and waits for nothing else."""

import threading
from collections.abc import Callable

from faceidd.clock import Clock, real_s
from faceidd.units import Instant, Seconds

ROUND = Seconds(1.0)
"""Longest time between two rounds, also where no deadline is near: it shows that it lives."""


class Keeper:
    """Goes round from its making until a turn says that it is over.

    Args:
        changed: Held in each turn; notified, it goes round at once.
        turn: Does what is due. Returns how long nothing more will be, None when the door is closed.
        at_end: Puts the relay at rest, whatever ended the rounds; called with `changed` held.
        clock: What the rounds are dated by.

    Attributes:
        went_at: When its last round began.
    """

    def __init__(
        self,
        changed: threading.Condition,
        turn: Callable[[], Seconds | None],
        at_end: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._changed = changed
        self._turn = turn
        self._at_end = at_end
        self._clock = clock
        self.went_at: Instant = clock()
        self._thread = threading.Thread(target=self._keep, name="door-keeper", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def join(self, timeout: Seconds) -> None:
        """Wait for its end."""
        self._thread.join(timeout)

    def _keep(self) -> None:
        try:
            with self._changed:
                while (patience := self._turn()) is not None:
                    self.went_at = self._clock()
                    self._changed.wait(real_s(min(patience, ROUND)))
        finally:
            with self._changed:
                self._at_end()
