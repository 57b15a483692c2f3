"""Copies: photos that are one and the same picture, also stored anew, smaller, mirrored or cropped.

Two pictures are held against each other by their correlation, in small and in gray: the whole
picture, which survives anything but cropping, and the face in its place, which survives that too.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from faceidd.doctor.views import FACE_PX, WHOLE_PX, Thumb, View

WHOLE = 0.985
"""Least correlation of two whole pictures. Measured: nineteen in twenty copies, but cropped ones,
reach 0.991, photos of one person before a webcam 0.977, of two people 0.90 (docs/gallery.md)."""
FACE = 0.985
"""Least correlation of two faces. Measured: photos of one person before a webcam reach 0.982, of
two people 0.954; of cropped copies half reach 0.994, the others are missed."""
FLAT = 1e-3
"""A picture of less contrast, in gray levels, is like no other."""
BLOCK = 512
"""Photos compared with all others at a time, to bound the memory."""

_Pixels = NDArray[np.float32]


def find_copies(views: Sequence[View]) -> tuple[tuple[int, int], ...]:
    """Pairs of photos that are the same picture, as indices, the smaller first; in order."""
    pairs: set[tuple[int, int]] = set(_same_files(views))
    for rows, straight, mirrored, least in (
        (*_pixels([one.whole for one in views], WHOLE_PX), WHOLE),
        (*_pixels([one.face for one in views], FACE_PX), FACE),
    ):
        for start in range(0, len(rows), BLOCK):
            block = straight[start : start + BLOCK]
            alike = np.maximum(block @ straight.T, block @ mirrored.T) >= least
            for left, right in np.argwhere(alike):
                if left + start < right:
                    pairs.add((int(rows[left + start]), int(rows[right])))
    return tuple(sorted(pairs))


def _same_files(views: Sequence[View]) -> list[tuple[int, int]]:
    first: dict[str, int] = {}
    pairs = []
    for row, one in enumerate(views):
        if one.sha256:
            before = first.setdefault(one.sha256, row)
            if before != row:
                pairs.append((before, row))
    return pairs


def _pixels(thumbs: Sequence[Thumb | None], side: int) -> tuple[NDArray[np.intp], _Pixels, _Pixels]:
    """Rows that have a picture; their pixels with mean 0 and length 1, straight and mirrored."""
    rows = np.array([row for row, one in enumerate(thumbs) if one is not None], np.intp)
    known = [one for one in thumbs if one is not None]
    stack = np.stack(known) if known else np.empty((0, side, side), np.float32)
    centered = stack - stack.mean(axis=(1, 2), keepdims=True)
    lengths = np.linalg.norm(centered, axis=(1, 2), keepdims=True)
    flat = lengths < FLAT * side
    unit = np.where(flat, 0, centered / np.maximum(lengths, FLAT)).astype(np.float32)
    return rows, unit.reshape(-1, side**2), unit[:, :, ::-1].reshape(-1, side**2)
