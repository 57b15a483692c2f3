"""YuNet over `cv2.FaceDetectorYN`; its model file is the admin's to bring.

Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", 2023. The file
`face_detection_yunet_*.onnx` is published by the OpenCV Zoo under the MIT license.
"""

from pathlib import Path

import cv2
import numpy as np

from faceidd.camera.frame import Image
from faceidd.errors import ModelError
from faceidd.face.detection import Box, Detection

SMALLEST_FACE_PX = 16
"""The narrowest face the network finds in its own input (OpenCV Zoo: 10 x 10 to 300 x 300)."""


class YuNet:
    """Finds faces.

    Args:
        file: The ONNX file.
        min_face_px: Faces narrower than this are not searched for: the frame is shrunk until
            such a face is only just wide enough for the network.
        min_score: Least confidence, 0..1.

    Raises:
        ModelError: The file is missing or OpenCV cannot read it.
    """

    name = "yunet"
    square_scale = 0.93

    def __init__(self, file: Path, *, min_face_px: int, min_score: float = 0.7) -> None:
        if not file.is_file():
            raise ModelError(
                f"no YuNet model at {file}",
                do="put the OpenCV Zoo's face_detection_yunet ONNX file there,"
                " or choose another detector.name",
            )
        try:
            self._net = cv2.FaceDetectorYN.create(str(file), "", (320, 320), min_score, 0.3, 100)
        except cv2.error as error:
            raise ModelError(
                f"OpenCV cannot read the YuNet model {file}", do="fetch the file again"
            ) from error
        self._scale = min(1.0, SMALLEST_FACE_PX / min_face_px)
        self._min_face_px = min_face_px

    def detect(self, image: Image) -> tuple[Detection, ...]:
        """Find faces, widest first; see `FaceDetector.detect`."""
        height, width = image.shape[:2]
        size = (max(32, round(width * self._scale)), max(32, round(height * self._scale)))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        try:
            self._net.setInputSize(size)
            rows: object = self._net.detect(small)[1]
        except cv2.error as error:
            raise ModelError(
                f"YuNet failed on an image of shape {image.shape}: {error}",
                do="check the file in detector.yunet_model",
            ) from error
        if not isinstance(rows, np.ndarray):
            return ()
        stretch = np.array([width / size[0], height / size[1]] * 2, np.float32)
        found = (_detection(row[:4] * stretch, float(row[14])) for row in rows)
        wanted = (seen for seen in found if seen.box.width >= self._min_face_px)
        return tuple(sorted(wanted, key=lambda seen: -seen.box.width))


def _detection(row: np.ndarray[tuple[int, ...], np.dtype[np.float32]], score: float) -> Detection:
    x, y, width, height = (float(value) for value in row)
    return Detection(Box(x, y, width, height), score)
