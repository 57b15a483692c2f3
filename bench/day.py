"""A day at a door, frame by frame: nobody, approaches of all kinds, and recorded people."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from bench.dataset import FACES, read_image
from faceidd.camera.folder import natural_order
from faceidd.camera.frame import Image
from faceidd.daemon.recognition import Model
from faceidd.demo.approach import SCENES
from faceidd.models.portraits import PortraitName, portrait
from faceidd.simulate.approach import FPS, HEIGHT, WIDTH, Portrait, Scene, approach

EMPTY_S = 5.0


_SCENES = (
    Scene("nobody", EMPTY_S),
    Scene("very slowly", 60.0, "enrolled", (60, 220)),
    Scene("nobody", EMPTY_S),
    Scene("lights out", 1.0, light=(0.4, 0.4)),
    Scene("enters in the dark", 4.0, "enrolled", (100, 220), (0.45, 0.45)),
    Scene("nobody", EMPTY_S, light=(0.4, 0.4)),
    Scene("lights on with somebody", 3.0, "stranger", (150, 200)),
    Scene("nobody", EMPTY_S),
    Scene("dusk", 60.0, light=(1.0, 0.35)),
    Scene("walks up at dusk", 4.0, "enrolled", (100, 220), (0.5, 0.5)),
    Scene("nobody", EMPTY_S),
    Scene("there at once", 3.0, "stranger", (180, 200)),
)


def day(built: Model) -> Iterator[Image]:
    """All frames of a day, uint8 (480, 640, 3) BGR, at the demo's rate."""
    eileen, grace = _portrait(built, "eileen_collins"), _portrait(built, "grace_hopper")
    people = {"enrolled": eileen, "stranger": grace}
    yield from approach(people, SCENES)
    yield from approach(people, _SCENES)
    yield from _turned_away(eileen)
    for folder in sorted((FACES / "video").glob("nuaa_*/*")):
        if folder.is_dir():
            yield from empty(EMPTY_S)
            yield from _photos(folder)
    for file in sorted((FACES / "video" / "clips").iterdir()):
        yield from empty(EMPTY_S)
        yield from _video(file)


def empty(seconds: float) -> Iterator[Image]:
    """Nobody before the camera."""
    yield from approach({}, [Scene("nobody", seconds)])


def large(name: PortraitName) -> Image:
    """A portrait in which the face is as large as the detector wants it."""
    image = read_image(portrait(name))
    return np.asarray(cv2.resize(image, None, fx=2, fy=2), np.uint8)


def _turned_away(eileen: Portrait) -> Iterator[Image]:
    """Somebody stands still, the face not to be seen, for a while; then it is."""
    left, top, width = eileen.face
    hidden = eileen.image.copy()
    face = hidden[max(0, top - width // 2) : top + 2 * width, left - width // 2 : left + 2 * width]
    face[:] = cv2.GaussianBlur(face, (0, 0), width / 2)
    still = Scene("stands", 15.0, "enrolled", (180, 180))
    turned = Portrait(hidden, eileen.face)
    yield from approach({"enrolled": turned}, [Scene("nobody", EMPTY_S), still])
    looks = Scene("looks up", 3.0, "enrolled", (180, 180))
    yield from approach({"enrolled": eileen}, [looks])


def _portrait(built: Model, name: PortraitName) -> Portrait:
    image = large(name)
    box = built.recognizer.detector.detect(image)[0].box
    return Portrait(image, (round(box.x), round(box.y), round(box.width)))


def _photos(folder: Path) -> Iterator[Image]:
    files = sorted(folder.iterdir(), key=lambda file: natural_order(file.name))
    yield from (fitted(read_image(file)) for file in files if file.suffix == ".jpg")


def _video(file: Path) -> Iterator[Image]:
    capture = cv2.VideoCapture(str(file))
    for _ in range(20 * FPS):
        read, image = capture.read()
        if not read:
            return
        yield fitted(np.asarray(image, np.uint8))


def fitted(image: Image) -> Image:
    """The middle of an image, as a door's camera would see it."""
    height, width = image.shape[:2]
    scale = max(WIDTH / width, HEIGHT / height)
    large = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    top, left = (large.shape[0] - HEIGHT) // 2, (large.shape[1] - WIDTH) // 2
    return np.ascontiguousarray(large[top : top + HEIGHT, left : left + WIDTH], np.uint8)
