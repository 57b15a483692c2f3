"""MTCNN over OpenCV's DNN module: the dearest detector, and the one with exact landmarks.

Zhang et al., "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional
Networks", 2016. Three networks: P-Net proposes over an image pyramid whose finest level is set
by the size filter, R-Net and O-Net refine and reject. The networks take pictures with columns
before rows, a trait of the weights' first, column-major implementation.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceidd.camera.frame import Image
from faceidd.errors import ModelError
from faceidd.face.detection import Box, Detection, Point
from faceidd.face.region import cut
from faceidd.face.suppression import groups

CELL = 12
"""Side of P-Net's receptive field, px."""
STRIDE = 2
PYRAMID = 0.709
"""Ratio of neighboring pyramid levels, 1 / sqrt(2) (paper, section II.C)."""
P_LIMIT, R_LIMIT = 0.6, 0.7
MOST_PROPOSALS = 256
"""Bound on what one frame may cost; the best proposals are kept."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MtcnnFiles:
    """The three networks as ONNX files' contents."""

    pnet: bytes
    rnet: bytes
    onet: bytes


class Mtcnn:
    """Finds faces and five landmarks.

    Args:
        files: The networks.
        min_face_px: Faces narrower than this are not searched for.
        min_score: Least confidence of the last network, 0..1.

    Raises:
        ModelError: OpenCV cannot read a network.
    """

    name = "mtcnn"
    gives_landmarks = True

    def __init__(self, files: MtcnnFiles, *, min_face_px: int, min_score: float = 0.7) -> None:
        self._pnet = _read(files.pnet, "pnet")
        self._rnet = _read(files.rnet, "rnet")
        self._onet = _read(files.onet, "onet")
        self._min_face_px = min_face_px
        self._min_score = min_score

    def detect(self, image: Image) -> tuple[Detection, ...]:
        """Find faces, widest first; see `FaceDetector.detect`."""
        try:
            return self._detect(cv2.cvtColor(image, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False))
        except cv2.error as error:
            raise ModelError(
                f"MTCNN failed on an image of shape {image.shape}: {error}",
                do="run `faceidd model verify mtcnn`",
            ) from error

    def _detect(self, rgb: Image) -> tuple[Detection, ...]:
        boxes = self._refine(rgb, _squares(self._propose(rgb)))
        if not len(boxes):
            return ()
        squares = _squares(boxes).round()
        shifts, points, chances = self._ask(
            self._onet, rgb, squares, 48, ("dense_5", "dense_6", "softmax_2")
        )
        scores = chances[:, 1]
        sides = (squares[:, 2:4] - squares[:, 0:2])[:, None, :]
        # Ten numbers a face: five x, then five y, in units of the square.
        landmarks = squares[:, None, 0:2] + points.reshape(-1, 2, 5).transpose(0, 2, 1) * sides
        refined = _shift(squares, shifts)
        wanted = (scores >= self._min_score) & (refined[:, 2] - refined[:, 0] >= self._min_face_px)
        refined, scores, landmarks = refined[wanted], scores[wanted], landmarks[wanted]
        best = [group[0] for group in groups(refined, scores, 0.7, of_smaller=True)]
        found = [_detection(refined[row], scores[row], landmarks[row]) for row in best]
        return tuple(sorted(found, key=lambda seen: -seen.box.width))

    def _propose(self, rgb: Image) -> Floats:
        height, width = rgb.shape[:2]
        scale = CELL / self._min_face_px
        levels = [np.empty((0, 5), np.float32)]
        while min(height, width) * scale >= CELL:
            levels.append(self._level(rgb, scale))
            scale *= PYRAMID
        rows = np.concatenate(levels)
        best = [group[0] for group in groups(rows[:, :4], rows[:, 4], 0.7)]
        return rows[best[:MOST_PROPOSALS], :4]

    def _level(self, rgb: Image, scale: float) -> Floats:
        height, width = rgb.shape[:2]
        size = (int(np.ceil(width * scale)), int(np.ceil(height * scale)))
        small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
        self._pnet.setInput(_normalized(np.asarray(small, np.uint8)[None]))
        shifts, chances = self._pnet.forward(["conv2d_4", "softmax"])
        scores = np.asarray(chances[0, :, :, 1], np.float32)
        columns, lines = np.where(scores >= P_LIMIT)
        corner = np.stack([columns, lines], axis=1).astype(np.float32) * STRIDE
        cells = np.hstack([corner, corner + CELL]) / np.float32(scale)
        kept = scores[columns, lines]
        moved = _shift(cells, shifts[0, columns, lines])
        rows = np.hstack([moved, kept[:, None]]).astype(np.float32)
        best = [group[0] for group in groups(cells, kept, 0.5)]
        return rows[best]

    def _refine(self, rgb: Image, squares: Floats) -> Floats:
        if not len(squares):
            return squares
        shifts, chances = self._ask(self._rnet, rgb, squares, 24, ("dense_2", "softmax_1"))
        scores = chances[:, 1]
        wanted = scores >= R_LIMIT
        refined, scores = _shift(squares, shifts)[wanted], scores[wanted]
        best = [group[0] for group in groups(refined, scores, 0.7)]
        return refined[best]

    def _ask(
        self, net: cv2.dnn.Net, rgb: Image, squares: Floats, side: int, outputs: tuple[str, ...]
    ) -> list[Floats]:
        parts = [
            cut(rgb, Box(x, y, right - x, bottom - y), (side, side), border=cv2.BORDER_CONSTANT)
            for x, y, right, bottom in squares
        ]
        net.setInput(_normalized(np.stack(parts)))
        return [np.asarray(part, np.float32) for part in net.forward(list(outputs))]


def _read(content: bytes, name: str) -> cv2.dnn.Net:
    try:
        return cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8))
    except cv2.error as error:
        raise ModelError(
            f"OpenCV cannot read MTCNN's {name}", do="rebuild it: faceidd model build mtcnn"
        ) from error


def _normalized(pictures: NDArray[np.uint8]) -> Floats:
    columns_first = pictures.transpose(0, 2, 1, 3).astype(np.float32)
    return np.ascontiguousarray((columns_first - 127.5) / 128)


def _shift(boxes: Floats, shifts: Floats) -> Floats:
    """Move each edge by the network's regression, in units of the box."""
    sides = np.tile(boxes[:, 2:4] - boxes[:, 0:2], 2)
    moved: Floats = (boxes + shifts * sides).astype(np.float32)
    return moved


def _squares(boxes: Floats) -> Floats:
    center = (boxes[:, 0:2] + boxes[:, 2:4]) / 2
    half = (boxes[:, 2:4] - boxes[:, 0:2]).max(axis=1, keepdims=True) / 2
    return np.hstack([center - half, center + half]).astype(np.float32)


def _detection(row: Floats, score: np.float32, points: Floats) -> Detection:
    left, top, right, bottom = (float(edge) for edge in row)
    eye_r, eye_l, nose, mouth_r, mouth_l = (_point(point) for point in points)
    landmarks = (eye_r, eye_l, nose, mouth_r, mouth_l)
    return Detection(Box(left, top, right - left, bottom - top), float(score), landmarks)


def _point(point: Floats) -> Point:
    return float(point[0]), float(point[1])
