"""Reel: what a scripted camera shows, and what ails it, by the time of the scenario. Pure.

Who is before the camera is the script's truth: the door's decisions are held against it.
"""

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import accumulate
from pathlib import Path
from typing import Self


class Ailment(StrEnum):
    """What can be wrong with a scripted camera."""

    DIES = "dies"
    """It gives an error, and cannot be opened."""
    HANGS = "hangs"
    """It answers nothing any more, as a driver that hangs."""
    FREEZES = "freezes"
    """It gives the same picture again and again."""
    COVERED = "covered"
    """It gives a black picture."""


@dataclass(frozen=True, slots=True)
class Shot:
    """Something that the camera sees for a while.

    Attributes:
        clip: The video file.
        seconds: How long, from the clip's beginning; a shorter clip is played again.
        who: The person in it, as the script names them; None is nobody.
        near_after: Seconds from its beginning until they are near enough; None is never.
        opens: Whether the door is to open for them; None leaves it to the gallery.
    """

    clip: str
    seconds: float
    who: str | None = None
    near_after: float | None = None
    opens: bool | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is wrong with the camera for a while.

    Attributes:
        start: When it begins.
        end: When it ends.
        ailment: What it is.
    """

    start: float
    end: float
    ailment: Ailment


@dataclass(frozen=True, slots=True)
class Moment:
    """What is before the camera at one moment.

    Attributes:
        shot: What it sees.
        number: Of the shot, counted on through all rounds.
        into: Seconds since the shot began.
    """

    shot: Shot
    number: int
    into: float


class Reel:
    """All that a camera shows, again and again.

    Args:
        shots: In their order; at least one.
        fps: Pictures a second.
        faults: What ails the camera, by the time of the scenario; not repeated.

    Attributes:
        length: Seconds of one round.
    """

    def __init__(self, shots: Sequence[Shot], fps: float, faults: Sequence[Fault] = ()) -> None:
        self.shots = tuple(shots)
        self.fps = fps
        self.faults = tuple(faults)
        self._ends = tuple(accumulate(shot.seconds for shot in self.shots))
        self.length = self._ends[-1]

    def at(self, seconds: float) -> Moment:
        """What is before the camera at a moment of the scenario."""
        rounds, into = divmod(seconds, self.length)
        place = min(bisect_right(self._ends, into), len(self.shots) - 1)
        begun = self._ends[place] - self.shots[place].seconds
        return Moment(
            self.shots[place], round(rounds) * len(self.shots) + place, max(0.0, into - begun)
        )

    def ailment(self, seconds: float) -> Ailment | None:
        """What is wrong with the camera at a moment; None if nothing is."""
        ails = (fault.ailment for fault in self.faults if fault.start <= seconds < fault.end)
        return next(ails, None)

    def save(self, path: Path) -> None:
        """Write it for the capture process."""
        content = {"fps": self.fps, "shots": self.shots, "faults": self.faults}
        path.write_text(json.dumps(content, default=asdict))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        content = json.loads(path.read_text())
        faults = [
            Fault(one["start"], one["end"], Ailment(one["ailment"])) for one in content["faults"]
        ]
        return cls([Shot(**one) for one in content["shots"]], content["fps"], faults)
