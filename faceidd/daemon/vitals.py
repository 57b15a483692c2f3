"""Vitals: which stages of a running door must have moved, and since when. Pure.

A door is alive while frames come, frames are decided on, and the door's deadline thread goes round.
A camera that is known to be lost, and was told so, is no sign of death: nothing but the camera can
mend that. Whoever looks at frames also asks here, so one who hangs asks nothing, and is missed.
"""

from dataclasses import dataclass
from enum import StrEnum

from faceidd.units import Instant, Seconds

CAMERA_MARGIN = Seconds(5.0)
"""How much later than the camera's own bound a frame may come, or the word that it is lost."""
DECIDED_WITHIN = Seconds(10.0)
"""Longest time in which frames come and none is decided on, beside `detector.idle_look_s`."""
KEPT_WITHIN = Seconds(5.0)
"""Longest time between two rounds of the deadline thread, which goes round once a second."""


class Stage(StrEnum):
    """What must move."""

    FRAMES = "frames"
    DECISIONS = "decisions"
    DEADLINES = "the door's deadlines"


@dataclass(frozen=True, slots=True)
class Signs:
    """What can be seen of the other stages now.

    Attributes:
        frame_by: When the camera must have given a frame or be called lost; None while it is lost.
        loss_told: Whether it was told that the camera is lost.
        kept_at: When the door's deadline thread last went round.
    """

    frame_by: Instant | None
    loss_told: bool
    kept_at: Instant


class Vitals:
    """Notes what moves, and says what does not. For one thread; time is an argument.

    Args:
        idle_look: How long frames may be passed over because nobody is there; may be changed.

    Attributes:
        has_decided: Whether any frame was ever decided on.
    """

    def __init__(self, idle_look: Seconds) -> None:
        self.idle_look = idle_look
        self.has_decided = False
        self._framed_at = Instant(0.0)
        self._undecided_since: Instant | None = None
        self._untold_since: Instant | None = None

    def framed(self, now: Instant) -> None:
        """A frame came."""
        self._framed_at = now
        if self._undecided_since is None:
            self._undecided_since = now

    def decided(self) -> None:
        """A frame was looked at, and without a fault."""
        self.has_decided = True
        self._undecided_since = None

    def hung(self, now: Instant, signs: Signs) -> Stage | None:
        """Which stage does not move; None while all do.

        Args:
            now: The present moment.
            signs: What is seen of the others.
        """
        if now - signs.kept_at > KEPT_WITHIN:
            return Stage.DEADLINES
        if self._lacks_frames(now, signs):
            return Stage.FRAMES
        since = self._undecided_since
        # While no frame comes there is nothing to decide on. A look that hangs asks nothing.
        if since is not None and self._framed_at - since > DECIDED_WITHIN + self.idle_look:
            return Stage.DECISIONS
        return None

    def _lacks_frames(self, now: Instant, signs: Signs) -> bool:
        if signs.frame_by is not None:
            self._untold_since = None
            return now > signs.frame_by + CAMERA_MARGIN
        self._undecided_since = None  # none comes that could be decided on
        if signs.loss_told:
            self._untold_since = None
            return False
        if self._untold_since is None:
            self._untold_since = now
        return now - self._untold_since > CAMERA_MARGIN
