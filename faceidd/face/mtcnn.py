"""MTCNN over OpenCV's DNN module: the dearest detector.

Zhang et al., "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional
Networks", 2016. Three networks: P-Net proposes over an image pyramid whose finest level is set
by the size filter, R-Net and O-Net refine and reject.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from faceidd.camera.frame import Image
from faceidd.errors import ModelError
from faceidd.face.detection import Box, Detection
from faceidd.face.onet import Floats, OutputNet, ask, normalized, read_network, shifted, squared
from faceidd.face.suppression import groups

CELL = 12
"""Side of P-Net's receptive field, px."""
STRIDE = 2
PYRAMID = 0.709
"""Ratio of neighboring pyramid levels, 1 / sqrt(2) (paper, section II.C)."""
P_LIMIT, R_LIMIT = 0.6, 0.7
MOST_PROPOSALS = 256
"""Bound on what one frame may cost; the best proposals are kept."""


@dataclass(frozen=True, slots=True)
class MtcnnFiles:
    """The three networks as ONNX files' contents."""

    pnet: bytes
    rnet: bytes
    onet: bytes


class Mtcnn:
    """Finds faces.

    Args:
        files: The networks.
        min_face_px: Faces narrower than this are not searched for.
        min_score: Least confidence of the last network, 0..1.

    Raises:
        ModelError: OpenCV cannot read a network.
    """

    name = "mtcnn"
    square_scale = 0.93

    def __init__(self, files: MtcnnFiles, *, min_face_px: int, min_score: float = 0.7) -> None:
        self._pnet = read_network(files.pnet, "pnet")
        self._rnet = read_network(files.rnet, "rnet")
        self._onet = OutputNet(files.onet)
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
        boxes = self._refine(rgb, squared(self._propose(rgb)))
        if not len(boxes):
            return ()
        answers = self._onet.look(rgb, squared(boxes))
        refined, scores = answers.boxes, answers.scores
        wanted = (scores >= self._min_score) & (refined[:, 2] - refined[:, 0] >= self._min_face_px)
        refined, scores = refined[wanted], scores[wanted]
        best = [group[0] for group in groups(refined, scores, 0.7, of_smaller=True)]
        found = [_detection(refined[row], scores[row]) for row in best]
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
        self._pnet.setInput(normalized(np.asarray(small, np.uint8)[None]))
        shifts, chances = self._pnet.forward(["conv2d_4", "softmax"])
        scores = np.asarray(chances[0, :, :, 1], np.float32)
        columns, lines = np.where(scores >= P_LIMIT)
        corner = np.stack([columns, lines], axis=1).astype(np.float32) * STRIDE
        cells = np.hstack([corner, corner + CELL]) / np.float32(scale)
        kept = scores[columns, lines]
        moved = shifted(cells, shifts[0, columns, lines])
        rows = np.hstack([moved, kept[:, None]]).astype(np.float32)
        best = [group[0] for group in groups(cells, kept, 0.5)]
        return rows[best]

    def _refine(self, rgb: Image, squares: Floats) -> Floats:
        if not len(squares):
            return squares
        shifts, chances = ask(self._rnet, rgb, squares, 24, ("dense_2", "softmax_1"))
        scores = chances[:, 1]
        wanted = scores >= R_LIMIT
        refined, scores = shifted(squares, shifts)[wanted], scores[wanted]
        best = [group[0] for group in groups(refined, scores, 0.7)]
        return refined[best]


def _detection(row: Floats, score: np.float32) -> Detection:
    left, top, right, bottom = (float(edge) for edge in row)
    return Detection(Box(left, top, right - left, bottom - top), float(score))
