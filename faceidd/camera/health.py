"""PictureHealth: whether what a camera shows is a picture of the place at all.

A camera can be online and blind: its picture stands still, its lens is covered, the light is gone.
A few of the pixels are looked at a few times a second, so this costs next to nothing. It judges the
picture, not the faces in it; those have `face.quality_gate`.
"""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from faceidd.camera.frame import Frame, Image
from faceidd.units import Instant, Seconds

EVERY_S = Seconds(0.25)
"""How often a picture is judged."""
LASTING_S = Seconds(2.0)
"""What is wrong or right again must be so for this long before it is told."""
SUDDEN_S = Seconds(2.0)
"""A picture that lost all detail within this time was covered; dusk takes longer."""
DARK, BRIGHT = 16.0, 239.0
"""Mean gray level below and above which nothing can be recognized: the ends of video's range."""
FEATURELESS, DETAILED = 1.0, 2.0
"""Mean difference of neighboring cells in gray levels: less than the first is a covered lens or no
light at all, more than the second is a picture."""

_SAMPLES = 160  # pixels across that are looked at
_CELLS = (16, 12)


class PictureFault(StrEnum):
    """What can be wrong with a picture."""

    FROZEN = "frozen"
    """It is the same to the last pixel, and no sensor gives that twice."""
    COVERED = "covered"
    """It has lost all detail at once, or shows none though there is light: somebody's doing."""
    DARK = "dark"
    BRIGHT = "bright"
    WRONG_SIZE = "wrong_size"
    """It has not the size that was asked for."""


@dataclass(frozen=True, slots=True)
class PictureAlert:
    """A fault that began or ended.

    Attributes:
        fault: Which.
        active: Whether it began.
        at: When the frame was taken that told.
        detail: What was seen, for people; empty at the end.
    """

    fault: PictureFault
    active: bool
    at: Instant
    detail: str = ""


@dataclass(slots=True)
class _Spell:
    active: bool = False
    since: Instant | None = None  # from when on it has been otherwise than `active` says


class PictureHealth:
    """Judges a camera's pictures. For one thread; time is the frames'.

    Args:
        size: Width and height to expect, as pictures arrive; None for any.
        frozen_after: How long a picture must stay the same to be told; None never tells it.
    """

    def __init__(self, size: tuple[int, int] | None, frozen_after: Seconds | None) -> None:
        self._size = size
        self._frozen_after = frozen_after
        self._spells = {fault: _Spell() for fault in PictureFault}
        self._judged_at = self._changed_at = self._detailed_at = Instant(float("-inf"))
        self._last: Image | None = None
        self._sudden = False
        self._featureless = False

    @property
    def active(self) -> tuple[PictureFault, ...]:
        """What is wrong now."""
        return tuple(fault for fault, spell in self._spells.items() if spell.active)

    def judge(self, frame: Frame) -> tuple[PictureAlert, ...]:
        """Look at a frame; tell which faults began or ended with it."""
        at = frame.captured_at
        if at - self._judged_at < EVERY_S:
            return ()
        self._judged_at = at
        found = self._faults(frame)
        news = (self._news(fault, at, found.get(fault)) for fault in PictureFault)
        return tuple(alert for alert in news if alert is not None)

    def _faults(self, frame: Frame) -> dict[PictureFault, str]:
        height, width = frame.image.shape[:2]
        step = max(1, min(width // _SAMPLES, height))  # so that no picture is left without one
        sample = np.ascontiguousarray(frame.image[step // 2 :: step, step // 2 :: step, 1])
        found = {}
        if self._size is not None and (width, height) != self._size:
            asked = f"{self._size[0]}x{self._size[1]}"
            found[PictureFault.WRONG_SIZE] = f"{width}x{height}, not {asked}"
        if still := self._still(sample, frame.captured_at):
            found[PictureFault.FROZEN] = f"the same picture for {still:.0f} s"
        found.update(self._light(sample, frame.captured_at))
        return found

    def _still(self, sample: Image, at: Instant) -> float:
        """For how long the picture has been the same, if that is too long."""
        if self._last is None or not np.array_equal(sample, self._last):
            self._last, self._changed_at = sample, at
        still = at - self._changed_at
        limit = self._frozen_after
        # What lasts is told LASTING_S later, and so it is noticed that much earlier.
        return still if limit is not None and still >= limit - LASTING_S else 0.0

    def _light(self, sample: Image, at: Instant) -> dict[PictureFault, str]:
        cells = cv2.resize(sample, _CELLS, interpolation=cv2.INTER_AREA).astype(np.float32)
        level = float(cells.mean())
        detail = float(np.abs(np.diff(cells, axis=0)).mean() + np.abs(np.diff(cells)).mean()) / 2
        if detail > DETAILED:
            self._detailed_at = at
        featureless = detail < (DETAILED if self._featureless else FEATURELESS)
        if featureless and not self._featureless:
            self._sudden = at - self._detailed_at <= SUDDEN_S
        self._featureless = featureless
        told = f"mean level {level:.0f} of 255"
        if level > BRIGHT:
            return {PictureFault.BRIGHT: told}
        if featureless and (self._sudden or level >= DARK):
            return {PictureFault.COVERED: f"no detail, {told}"}
        return {PictureFault.DARK: told} if level < DARK else {}

    def _news(self, fault: PictureFault, at: Instant, seen: str | None) -> PictureAlert | None:
        spell = self._spells[fault]
        if (seen is not None) == spell.active:
            spell.since = None
            return None
        if spell.since is None:
            spell.since = at
        if at - spell.since < LASTING_S:
            return None
        spell.active, spell.since = not spell.active, None
        return PictureAlert(fault, spell.active, at, seen or "")
