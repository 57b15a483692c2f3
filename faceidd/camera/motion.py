"""Motion: whether anything has changed before the camera, told for a fraction of a look's cost.

A frame is shrunk to a grid of gray cells and held against what each cell showed lately. What
counts as a change adapts to the noise of each cell, so a dark, grainy or badly compressed picture
is no visitor, and a lamp that flickers is not for long. It errs towards a change: whether there is
a face is for the detector to say, how often to ask it for `daemon.attention`.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from faceidd.camera.frame import Image
from faceidd.units import Instant, Seconds

LEARN_S = Seconds(1.0)
"""At the start everything is a change for this long."""
SETTLE_S = Seconds(3.0)
"""A changed picture that keeps still for this long, and in which nobody is, is the new normal."""
LEAST_CELLS = 6
"""Fewer changed cells are noise: the smallest face that is looked for covers about ten times as
many."""
CELLS_A_FACE = 8
"""Cells across the smallest face that is looked for."""

_COLUMNS = (40, 160)
_SAMPLES = 4  # pixels that are averaged along a cell's side
_QUIET_S, _STIRRED_S = 4.0, 20.0  # time constants with which cells are learned
_NOISE = (0.3, 12.0)  # mean absolute deviation of a cell, in gray levels
_FIRST_NOISE = 2.0
_DEVIATIONS, _LEVELS = 4.0, 2.0  # a cell has changed by more than 4 deviations and 2 gray levels

_Grid = NDArray[np.float32]


class Motion:
    """Tells changes in a row of frames. For one thread.

    Args:
        min_face_px: Width of the smallest face that matters; cells are that much smaller.
    """

    def __init__(self, min_face_px: int) -> None:
        self._min_face_px = min_face_px
        self._usual: _Grid = np.empty(0, np.float32)
        self._noise: _Grid = self._usual
        self._last: _Grid = self._usual
        self._began = self._seen_at = self._still_since = Instant(0.0)

    def moved(self, image: Image, at: Instant) -> bool:
        """Whether this frame differs from what is usual here.

        Args:
            image: uint8 (H, W, 3) BGR; where its size changes, everything is learned anew.
            at: When it was taken; instants do not go back.
        """
        grid = self._grid(image)
        if self._usual.shape != grid.shape:
            self._begin(grid, at)
            return True
        passed, self._seen_at = at - self._seen_at, at
        change = grid - self._usual
        size = np.abs(change)
        limit = _DEVIATIONS * self._noise + _LEVELS
        stirred = size > limit
        moved = int(np.count_nonzero(stirred)) >= LEAST_CELLS
        if not moved or np.count_nonzero(np.abs(grid - self._last) > limit) >= LEAST_CELLS:
            self._still_since = at
        self._last = grid
        if at - self._still_since >= SETTLE_S:
            self._usual, self._still_since = grid, at
            return True
        self._learn(change, size, stirred if moved else None, passed)
        return moved or at - self._began < LEARN_S

    def _begin(self, grid: _Grid, at: Instant) -> None:
        self._usual = self._last = grid
        self._noise = np.full_like(grid, _FIRST_NOISE)
        self._began = self._seen_at = self._still_since = at

    def _learn(
        self, change: _Grid, size: _Grid, stirred: NDArray[np.bool_] | None, passed: float
    ) -> None:
        rate = 1 - math.exp(-passed / _QUIET_S)
        change *= rate
        deviation = rate * (size - self._noise)
        if stirred is not None:
            slower = (1 - math.exp(-passed / _STIRRED_S)) / rate
            change[stirred] *= slower
            deviation[stirred] *= slower
        self._usual = self._usual + change
        self._noise = np.minimum(np.maximum(self._noise + deviation, _NOISE[0]), _NOISE[1])

    def _grid(self, image: Image) -> _Grid:
        height, width = image.shape[:2]
        least, most = _COLUMNS
        columns = min(most, max(least, width * CELLS_A_FACE // self._min_face_px))
        step = max(1, min(width // (columns * _SAMPLES), height))  # some of every picture
        green = np.ascontiguousarray(image[step // 2 :: step, step // 2 :: step, 1])
        size = (columns, max(1, round(columns * height / width)))
        return cv2.resize(green, size, interpolation=cv2.INTER_AREA).astype(np.float32)
