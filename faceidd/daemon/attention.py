"""Attention: which frames deserve a look, so that an empty doorstep costs little.

While somebody is there every frame is looked at; where something moves, too. Otherwise only a
frame now and then is, lest a mistaken sense of motion could ever hide a visitor for good.
"""

from faceidd.camera.frame import Frame
from faceidd.camera.motion import Motion
from faceidd.units import Instant, Seconds

LINGER_S = Seconds(1.0)
"""What has just moved may stand still now, and be about to look up."""
BUSY_S = Seconds(10.0)
"""Where something moves for longer and is nobody, be it a tree, fewer frames are looked at."""
BUSY_EVERY = 3
"""Then one frame in so many; a visitor is seen two frames later at the most."""


class Attention:
    """Chooses frames to look at. For one thread; time is the frames'.

    Args:
        motion: Tells whether anything moves; None to look at every frame.
        idle_look: Longest time without a look.
        visit_gap: How long a visitor who is not seen may still be there.
    """

    def __init__(self, motion: Motion | None, *, idle_look: Seconds, visit_gap: Seconds) -> None:
        self._motion = motion
        self._idle_look = idle_look
        self._visit_gap = visit_gap
        self._somebody_at = self._looked_at = self._moved_at = Instant(float("-inf"))
        self._busy_since = Instant(0.0)
        self._passed_over = 0

    def wants(self, frame: Frame) -> bool:
        """Whether to look at this frame; then `note` is told what was seen."""
        wanted = self._motion is None or self._is_due(frame, self._motion)
        self._passed_over = 0 if wanted else self._passed_over + 1
        if wanted:
            self._looked_at = frame.captured_at
        return wanted

    def note(self, at: Instant, *, somebody: bool) -> None:
        """Take note of a look.

        Args:
            at: When its frame was taken.
            somebody: Whether there was a face, also one that could not be judged; or a fault, after
                which nobody knows.
        """
        if somebody:
            self._somebody_at = self._busy_since = at

    def _is_due(self, frame: Frame, motion: Motion) -> bool:
        at = frame.captured_at
        if at - self._somebody_at <= self._visit_gap:
            return True
        idle = at - self._moved_at > LINGER_S
        # Of an empty doorstep every other frame is enough for the sense of motion, too.
        if not (idle and self._passed_over % 2) and motion.moved(frame.image, at):
            self._busy_since = at if idle else self._busy_since
            self._moved_at = at
        if at - self._moved_at <= LINGER_S:
            return at - self._busy_since <= BUSY_S or self._passed_over >= BUSY_EVERY - 1
        return at - self._looked_at >= self._idle_look
