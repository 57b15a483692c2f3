"""MTCNN's last network, O-Net: is a square of a frame a face, where exactly, and its landmarks.

Zhang et al., "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional
Networks", 2016. The networks of that paper take pictures with columns before rows, a trait of the
weights' first, column-major implementation; how they are asked is shared with `mtcnn` from here.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceidd.camera.frame import Image
from faceidd.errors import ModelError
from faceidd.face.detection import Box
from faceidd.face.region import cut

INPUT_PX = 48

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What O-Net says of N squares.

    Attributes:
        scores: float32 (N,), chance of a face, 0..1.
        boxes: float32 (N, 4), left, top, right, bottom of the face in frame pixels.
        landmarks: float32 (N, 5, 2), right eye, left eye (the subject's), nose tip, right and
            left mouth corner, in frame pixels.
    """

    scores: Floats
    boxes: Floats
    landmarks: Floats


class OutputNet:
    """Looks at squares of a frame.

    Args:
        content: The network, an ONNX file's content.

    Raises:
        ModelError: OpenCV cannot read it.
    """

    def __init__(self, content: bytes) -> None:
        self._net = read_network(content, "onet")

    def look(self, rgb: Image, squares: Floats) -> Answers:
        """Ask the network.

        Args:
            rgb: uint8 (H, W, 3) RGB.
            squares: float32 (N, 4), N >= 1: left, top, right, bottom, in frame pixels; each
                touches the frame.

        Raises:
            cv2.error: The network failed.
            ValueError: A square lies outside of the frame or is far larger than it.
        """
        squares = squares.round()
        shifts, points, chances = ask(
            self._net, rgb, squares, INPUT_PX, ("dense_5", "dense_6", "softmax_2")
        )
        sides = (squares[:, 2:4] - squares[:, 0:2])[:, None, :]
        # Ten numbers a face: five x, then five y, in units of the square.
        landmarks = squares[:, None, 0:2] + points.reshape(-1, 2, 5).transpose(0, 2, 1) * sides
        return Answers(chances[:, 1], shifted(squares, shifts), landmarks.astype(np.float32))


def read_network(content: bytes, name: str) -> cv2.dnn.Net:
    """Open one of MTCNN's networks.

    Raises:
        ModelError: OpenCV cannot read it.
    """
    try:
        return cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8))
    except cv2.error as error:
        raise ModelError(
            f"OpenCV cannot read MTCNN's {name}", do="rebuild it: faceidd model build mtcnn"
        ) from error


def ask(
    net: cv2.dnn.Net, rgb: Image, squares: Floats, side: int, outputs: tuple[str, ...]
) -> list[Floats]:
    """Run a network on squares of a frame, resampled to its input; black beyond the frame."""
    parts = [
        cut(rgb, Box(x, y, right - x, bottom - y), (side, side), border=cv2.BORDER_CONSTANT)
        for x, y, right, bottom in squares
    ]
    net.setInput(normalized(np.stack(parts)))
    return [np.asarray(part, np.float32) for part in net.forward(list(outputs))]


def normalized(pictures: NDArray[np.uint8]) -> Floats:
    """Pictures, uint8 (N, H, W, 3), as the networks take them: columns first, about -1..1."""
    columns_first = pictures.transpose(0, 2, 1, 3).astype(np.float32)
    return np.ascontiguousarray((columns_first - 127.5) / 128)


def shifted(boxes: Floats, shifts: Floats) -> Floats:
    """Move each edge by a network's regression, in units of the box."""
    sides = np.tile(boxes[:, 2:4] - boxes[:, 0:2], 2)
    moved: Floats = (boxes + shifts * sides).astype(np.float32)
    return moved


def squared(boxes: Floats, scale: float = 1.0) -> Floats:
    """The squares around boxes, their sides `scale` times the boxes' longer sides."""
    center = (boxes[:, 0:2] + boxes[:, 2:4]) / 2
    half = (boxes[:, 2:4] - boxes[:, 0:2]).max(axis=1, keepdims=True) * (scale / 2)
    return np.hstack([center - half, center + half]).astype(np.float32)
