"""Rejections: faces whose picture cannot be judged, counted, and told once each time they last.

Pure but for its state, like `attendance`. Somebody who walks up is turned away or blurred for a
few frames; a mask, or a light behind the visitor, lasts, and is news.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from faceidd.face.quality import Rejection
from faceidd.units import Instant, Seconds


@dataclass(slots=True)
class _Spell:
    frames: int
    last: Instant
    told: bool = False


@dataclass(frozen=True, slots=True)
class RejectionNews:
    """Faces have been rejected for one reason for a while.

    Attributes:
        reason: Why.
        frames: Frames of this spell so far.
        total: Rejections for this reason since the start.
        at: When the last of these frames was taken.
    """

    reason: Rejection
    frames: int
    total: int
    at: Instant


class Rejections:
    """Counts rejected faces by reason.

    Args:
        news_frames: Frames of one spell after which it is news.
        gap: A reason not seen for longer begins a new spell.

    Attributes:
        news_frames: As given; may be changed.
        totals: Rejections for each reason since the start.
    """

    def __init__(self, news_frames: int, gap: Seconds) -> None:
        self.totals: Counter[Rejection] = Counter()
        self.news_frames = news_frames
        self._gap = gap
        self._spells: dict[Rejection, _Spell] = {}

    def update(
        self, reasons: Iterable[Rejection], captured_at: Instant
    ) -> tuple[RejectionNews, ...]:
        """Take the reasons of one frame, one for each rejected face.

        Args:
            reasons: Why faces of the frame were rejected.
            captured_at: When the frame was taken.

        Returns:
            The reasons that became news with this frame.
        """
        here = Counter(reasons)
        self.totals.update(here)
        return tuple(
            RejectionNews(reason, spell.frames, self.totals[reason], captured_at)
            for reason in here
            if self._is_news(spell := self._lengthen(reason, captured_at))
        )

    def _is_news(self, spell: _Spell) -> bool:
        if spell.told or spell.frames < self.news_frames:
            return False
        spell.told = True
        return True

    def _lengthen(self, reason: Rejection, captured_at: Instant) -> _Spell:
        spell = self._spells.get(reason)
        if spell is None or captured_at - spell.last > self._gap:
            spell = self._spells[reason] = _Spell(0, captured_at)
        spell.frames += 1
        spell.last = captured_at
        return spell
