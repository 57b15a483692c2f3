"""Which shots of a person to keep: the best and most different ones, or simply the first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from faceidd.enroll.shot import Shot

LEAST_DISTANCE = 0.1
"""Shots nearer than this show nothing new."""
LEAST_SCORE = 0.5
"""Least score of a shot that is chosen, in that of the best."""
POOL = 48
"""Shots of one person that are in memory while a video runs, each as a JPEG file's content."""

Picture = Callable[[], bytes]
"""Makes the content of a JPEG file."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A shot and its picture, as the content of a JPEG file."""

    shot: Shot
    content: bytes

    def picture(self) -> bytes:
        """Its picture again, for another keeper."""
        return self.content


class Keeper(Protocol):
    """Keeps shots of one person, a bounded number of them."""

    def offer(self, shot: Shot, picture: Picture) -> None:
        """Keep a shot, or not; its picture is made only where it is kept."""

    def kept(self) -> Iterable[Kept]:
        """All that is kept, in the order of the frames."""

    def chosen(self) -> tuple[Kept, ...]:
        """What is to be saved, in the order of the frames."""


class BestAndMostDifferent:
    """Keeps shots that are good and far apart, whatever the length of the video.

    While there is room every shot is kept. Then of the two that are nearest to each other the
    poorer is dropped.

    Args:
        most: Shots to choose in the end.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._pool = max(POOL, most)
        self._kept: list[Kept] = []
        self._apart = np.full((self._pool + 1, self._pool + 1), np.inf, np.float32)

    def offer(self, shot: Shot, picture: Picture) -> None:
        """See `Keeper.offer`."""
        row, apart = len(self._kept), self._distances(shot)
        if row < self._pool:
            self._kept.append(Kept(shot, picture()))
        else:
            dropped = self._poorest_of_nearest(shot, apart)
            if dropped == row:
                return
            self._kept[dropped] = Kept(shot, picture())
            row, apart[dropped] = dropped, np.inf
        self._apart[row, : len(apart)] = self._apart[: len(apart), row] = apart

    def kept(self) -> Iterable[Kept]:
        """See `Keeper.kept`."""
        return sorted(self._kept, key=lambda one: one.shot.sequence)

    def chosen(self) -> tuple[Kept, ...]:
        """The best, then by score times distance to the nearest chosen (after Gonzalez, 1985).

        Shots much poorer than the best are left out: a blurred face is far from all others, too.
        """
        best = max((one.shot.score for one in self._kept), default=0.0)
        left = [one for one in self.kept() if one.shot.score >= LEAST_SCORE * best]
        if not left:
            return ()
        scores = np.array([one.shot.score for one in left])
        places = np.stack([one.shot.place for one in left])
        rows = [int(np.argmax(scores))]
        nearest = np.linalg.norm(places - places[rows[0]], axis=1)
        while len(rows) < self._most and nearest.max() >= LEAST_DISTANCE:
            gains = np.where(nearest >= LEAST_DISTANCE, nearest * scores, -1)
            rows.append(int(np.argmax(gains)))
            nearest = np.minimum(nearest, np.linalg.norm(places - places[rows[-1]], axis=1))
        return tuple(left[row] for row in sorted(rows))

    def _distances(self, shot: Shot) -> NDArray[np.float32]:
        if not self._kept:
            return np.empty(0, np.float32)
        places = np.stack([one.shot.place for one in self._kept])
        distances: NDArray[np.float32] = np.linalg.norm(places - shot.place, axis=1)
        return distances

    def _poorest_of_nearest(self, shot: Shot, apart: NDArray[np.float32]) -> int:
        """Row to drop of a full pool and one shot more, which has the row after the last."""
        row = len(self._kept)
        among = self._apart[:row, :row]
        one, two = divmod(int(np.argmin(among)), row)
        if apart.min() < among[one, two]:
            one, two = int(np.argmin(apart)), row
        score = [kept.shot.score for kept in self._kept] + [shot.score]
        return one if score[one] < score[two] else two


class First:
    """Keeps the first shots.

    Args:
        most: How many.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[Kept] = []

    def offer(self, shot: Shot, picture: Picture) -> None:
        """See `Keeper.offer`; a shot that is earlier than some is kept in the place of the last."""
        if len(self._kept) == self._most and shot.sequence >= self._kept[-1].shot.sequence:
            return
        self._kept.append(Kept(shot, picture()))
        self._kept.sort(key=lambda one: one.shot.sequence)
        del self._kept[self._most :]

    def kept(self) -> Iterable[Kept]:
        """See `Keeper.kept`."""
        return self._kept

    def chosen(self) -> tuple[Kept, ...]:
        """See `Keeper.chosen`."""
        return tuple(self._kept)
