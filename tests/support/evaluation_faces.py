"""Photos and clips of the evaluation faces, which are no part of the project."""

from pathlib import Path

import cv2
import numpy as np

from faceidd.camera.frame import Image

SUFFIXES = {".bmp", ".jpg", ".png"}


def some_photos(faces: Path, folder: str, count: int) -> list[Image]:
    """About so many photos of a set, evenly spread, as uint8 (H, W, 3) BGR."""
    files = sorted(file for file in (faces / folder).rglob("*.*") if file.suffix in SUFFIXES)
    images = [cv2.imread(str(file), cv2.IMREAD_COLOR) for file in files[:: len(files) // count]]
    return [image.astype(np.uint8, copy=False) for image in images if image is not None]


def turning_head(faces: Path) -> Path:
    """A clip of one person who turns the head, 62 frames."""
    return faces / "video" / "clips" / "intel-iot-devkit__head-pose-face-detection-male.gif"
