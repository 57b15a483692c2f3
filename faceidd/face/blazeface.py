"""BlazeFace over TFLite: the cheapest detector.

Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", 2019. The
network sees a 128 x 128 picture and finds faces from about a sixth of its side upward, so the
size filter decides how much of the frame one such picture may cover: the whole frame where the
smallest wanted face is still large enough in it, overlapping tiles where not.
"""

import math
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from faceidd.camera.frame import Image
from faceidd.face.detection import Box, Detection
from faceidd.face.suppression import groups
from faceidd.models.runtime import Network

SMALLEST_FACE = 0.18
"""Width of the smallest face found reliably, as a part of the picture's side (bench/detectors)."""
TILE_OVERLAP = 0.5
"""Part of a tile that its neighbor sees too. A face up to this part of the tile is whole in one of
them; what looks larger may be torn, and is left to the coarser views that show it whole."""
SAME_FACE = 0.3
"""Boxes overlapping by more are one face, blended by score (MediaPipe's min_suppression)."""
STRIDES = ((8, 2), (16, 6))
"""(stride, anchors a cell) of the short-range network's two layers (MediaPipe's SSD options)."""

Candidates = NDArray[np.float32]
"""float32 (N, 5): left, top, right, bottom in frame pixels, score."""


class BlazeFace:
    """Finds faces with BlazeFace's short-range network.

    Args:
        network: The short-range network, input (1, S, S, 3).
        min_face_px: Faces with a narrower box are not searched for.
        min_score: Least confidence, 0..1.
    """

    name = "blazeface"
    square_scale = 1.1

    def __init__(self, network: Network, *, min_face_px: int, min_score: float = 0.6) -> None:
        self._network = network
        self._side = network.input_shape[1]
        self._anchors = _anchors(self._side)
        self._picture = np.empty(network.input_shape, np.float32)
        self._min_face_px = min_face_px
        self._min_logit = _logit(min_score)

    def detect(self, image: Image) -> tuple[Detection, ...]:
        """Find faces, widest first; see `FaceDetector.detect`."""
        views = plan(image.shape[1], image.shape[0], self._min_face_px)
        found = np.concatenate([self._search(image, view) for view in views])
        detections = (
            _blend(found[group]) for group in groups(found[:, :4], found[:, 4], SAME_FACE)
        )
        return tuple(sorted(detections, key=lambda seen: -seen.box.width))

    def _search(self, image: Image, view: tuple[int, int, int]) -> Candidates:
        left, top, side = view
        scale = side / self._side
        self._fill_picture(image, view)
        boxes, logits = self._network.run(self._picture)
        widths = boxes[0, :, 2] * scale
        wanted = (logits[0, :, 0] >= self._min_logit) & (widths >= self._min_face_px)
        if side < max(image.shape[:2]):
            wanted &= widths <= TILE_OVERLAP * side
        rows = np.flatnonzero(wanted)
        found = np.empty((rows.size, 5), np.float32)
        center = (boxes[0, rows, 0:2] + self._anchors[rows]) * scale + (left, top)
        half = boxes[0, rows, 2:4] * (scale / 2)
        found[:, 0:2], found[:, 2:4] = center - half, center + half
        found[:, 4] = 1 / (1 + np.exp(-np.clip(logits[0, rows, 0], -80, 80)))
        return found

    def _fill_picture(self, image: Image, view: tuple[int, int, int]) -> None:
        left, top, side = view
        part = image[top : top + side, left : left + side]
        scale = self._side / side
        size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
        small = _resized(part, size)
        picture = self._picture[0]
        inside = picture[: size[1], : size[0]]
        np.multiply(cv2.cvtColor(small, cv2.COLOR_BGR2RGB), np.float32(1 / 127.5), out=inside)
        inside -= 1
        # Black bars as in training are -1 after normalization to -1..1.
        picture[size[1] :] = picture[:, size[0] :] = -1


def _resized(part: Image, size: tuple[int, int]) -> Image:
    """Shrink by averaging; first to twice the size by interpolation, which costs a third."""
    twice = (2 * size[0], 2 * size[1])
    if part.shape[1] > 2 * twice[0]:
        part = cv2.resize(part, twice, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)
    how = cv2.INTER_AREA if part.shape[1] > size[0] else cv2.INTER_LINEAR
    return cv2.resize(part, size, interpolation=how).astype(np.uint8, copy=False)


def plan(width: int, height: int, min_face_px: int) -> tuple[tuple[int, int, int], ...]:
    """Choose square views (left, top, side) of a frame so that no face of the least size is lost.

    The coarsest view covers the whole frame. While the smallest wanted face would be too small
    in a view, tiles of half its side are laid over the frame as well; faces too large for a
    tile are found in the views above it.
    """
    side = max(width, height)
    finest = max(1, int(min_face_px / SMALLEST_FACE))
    views = [(0, 0, side)]
    while side > finest:
        side = max(side // 2, finest)
        views += [(x, y, side) for y, x in product(_starts(height, side), _starts(width, side))]
    return tuple(views)


def _starts(length: int, side: int) -> tuple[int, ...]:
    spare = length - side
    if spare <= 0:
        return (0,)
    count = int(np.ceil(spare / (side * (1 - TILE_OVERLAP)))) + 1
    return tuple(int(start) for start in np.linspace(0, spare, count).round())


def _anchors(side: int) -> NDArray[np.float32]:
    centers = [
        ((column + 0.5) * stride, (row + 0.5) * stride)
        for stride, repeats in STRIDES
        for row, column in product(range(side // stride), repeat=2)
        for _ in range(repeats)
    ]
    return np.array(centers, np.float32)


def _logit(score: float) -> float:
    """The network's raw output for a score; the inverse of the logistic function."""
    if not 0 < score < 1:
        return -math.inf if score <= 0 else math.inf
    return math.log(score / (1 - score))


def _blend(rows: Candidates) -> Detection:
    """One detection from the candidates of one face: their mean box, the best one's score."""
    weights = rows[:, 4]
    left, top, right, bottom = (weights @ rows[:, :4] / weights.sum()).tolist()
    return Detection(Box(left, top, right - left, bottom - top), float(rows[0, 4]))
