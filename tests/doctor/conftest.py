"""Photos of the two portraits, seen by the real model once."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from cv2.typing import MatLike
from support.photo_files import alone, nobody, write
from support.portraits import EILEEN, GRACE
from support.seeing import recognizer

from faceidd.camera.frame import Image
from faceidd.doctor.views import View, view_photos
from faceidd.enroll.photos import find_photos


def _shown(image: MatLike) -> Image:
    return image.astype(np.uint8, copy=False)


def _files() -> dict[str, Image]:
    kim, lee = alone(EILEEN, 150), alone(GRACE, 150)
    return {
        "Kim/1.png": kim,
        "Kim/2.png": alone(EILEEN, 190),
        "Kim/3.jpg": kim,
        "Lee/1.png": lee,
        "Lee/2.png": alone(GRACE, 190),
        "Lee/mirrored.jpg": _shown(cv2.flip(kim, 1)),
        "Park/small.jpg": _shown(cv2.resize(lee, None, fx=0.7, fy=0.7)),
        "Park/cropped.png": lee[40:460, 60:600],
        "Park/wall.png": nobody(),
        "Park/blurred.png": _shown(cv2.GaussianBlur(alone(GRACE, 110), (0, 0), 5)),
    }


@pytest.fixture(scope="session")
def photo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kim's, Lee's and Park's photos, some of them copies and some of no use."""
    folder = tmp_path_factory.mktemp("people")
    for name, image in _files().items():
        write(folder / name, image)
    (folder / "Park" / "text.jpg").write_bytes(b"no photo")
    return folder


@pytest.fixture(scope="session")
def views(photo_folder: Path, models_dir: Path) -> dict[str, View]:
    """What the doctor sees of them, by person and file."""
    seen = view_photos(find_photos(photo_folder), recognizer(models_dir))
    return {f"{one.photo.name}/{one.photo.path.name}": one for one in seen}
