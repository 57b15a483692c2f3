"""A day at a door as a scripted camera shows it, with who is there: for `bench.soak`.

Approaches drawn from two portraits, and recorded people; of the people before the camera two are
enrolled, among fifty others.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from bench.dataset import FACES, read_image
from bench.day import fitted, large
from faceidd.camera.folder import natural_order
from faceidd.camera.frame import Image
from faceidd.daemon.recognition import Model
from faceidd.enroll.folder import enroll_folder
from faceidd.gallery.gallery import Gallery
from faceidd.models.portraits import PortraitName
from faceidd.simulate.approach import HEIGHT, WIDTH, Portrait, Scene, approach
from faceidd.simulate.people import find_portrait
from faceidd.simulate.reel import Reel, Shot

ENROLLED, RECORDED = "eileen", "nuaa-0006"
STRANGER = "a stranger"
OTHERS = 50
"""People of LFW who are enrolled, too, and never come."""
CAMERA_FPS = 5
RECORDED_FPS = 20
NOBODY_S = 10.0
"""Between any two visits."""

_VISITS = (
    Scene("walks up", 3.5, "enrolled", (90, 230), (0.6, 1.15)),
    Scene("walks up", 3.5, "stranger", (70, 230), (1.1, 0.7)),
    Scene("very slowly", 20.0, "enrolled", (100, 220)),
    Scene("in the dark", 4.0, "stranger", (100, 220), (0.45, 0.45)),
    Scene("there at once", 3.0, "stranger", (180, 200)),
    Scene("stands", 3.0, "enrolled", (180, 200)),
)


def enroll(built: Model, folder: Path) -> Gallery:
    """Enroll two people of the day, and others; photos are copied into a folder.

    Args:
        built: The model, which sees faces of 45 px.
        folder: An empty one.
    """
    (folder / ENROLLED).mkdir(parents=True)
    cv2.imwrite(str(folder / ENROLLED / "1.png"), large("eileen_collins"))
    for photo in sorted((FACES / "nuaa_live" / "0006").glob("0006_00_00_0[12]_*.jpg")):
        _copy(photo, folder / RECORDED)
    people = sorted(one for one in (FACES / "lfw").iterdir() if one.is_dir())
    for person in people[:: len(people) // OTHERS][:OTHERS]:
        photo = min(person.iterdir())
        if len(built.recognizer.see(read_image(photo)).faces) == 1:
            _copy(photo, folder / person.name)
    return enroll_folder(folder, built.recognizer, built.name, skip_bad=True).gallery


def draw_day(built: Model, folder: Path) -> Reel:
    """Write the clips of a day, and say who is in them."""
    folder.mkdir(parents=True)
    names: list[PortraitName] = ["eileen_collins", "grace_hopper"]
    eileen, grace = (find_portrait(name, built.recognizer) for name in names)
    empty = Shot(_write(folder / "empty.mp4", _drawn(eileen, grace, Scene("nobody", 6.0))), 6.0)
    shots: list[Shot] = []
    for number, scene in enumerate(_VISITS):
        who = ENROLLED if scene.who == "enrolled" else STRANGER
        clip = _write(folder / f"visit-{number}.mp4", _drawn(eileen, grace, scene))
        shots += [_nobody(empty), Shot(clip, scene.seconds, who, near_after=0.0)]
    for name, who, images in _recordings():
        path = folder / f"{name}.mp4"
        count = _count(path, images)
        shots += [_nobody(empty), Shot(str(path), count / CAMERA_FPS, who, near_after=0.0)]
    return Reel(shots, CAMERA_FPS)


def _nobody(empty: Shot) -> Shot:
    return replace(empty, seconds=NOBODY_S)


def _recordings() -> Iterator[tuple[str, str, Iterator[Image]]]:
    for folder in sorted((FACES / "video").glob("nuaa_*/*")):
        if folder.is_dir():
            who = RECORDED if folder.name.startswith("0006") else STRANGER
            files = sorted(folder.glob("*.jpg"), key=lambda file: natural_order(file.name))
            some = files[:: RECORDED_FPS // CAMERA_FPS]
            yield folder.name, who, (read_image(file) for file in some)
    for file in sorted((FACES / "video" / "clips").iterdir()):
        yield file.stem, STRANGER, itertools.islice(_video(file), 10 * CAMERA_FPS)


def _drawn(enrolled: Portrait, stranger: Portrait, scene: Scene) -> Iterator[Image]:
    return approach({"enrolled": enrolled, "stranger": stranger}, [scene], CAMERA_FPS)


def _video(file: Path) -> Iterator[Image]:
    capture = cv2.VideoCapture(str(file))
    step = max(1, round(capture.get(cv2.CAP_PROP_FPS) / CAMERA_FPS))
    for number in itertools.count():
        read, image = capture.read()
        if not read:
            return
        if number % step == 0:
            yield np.asarray(image, np.uint8)


def _write(path: Path, images: Iterable[Image]) -> str:
    _count(path, images)
    return str(path)


def _count(path: Path, images: Iterable[Image]) -> int:
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter.fourcc(*"mp4v"), CAMERA_FPS, (WIDTH, HEIGHT)
    )
    count = 0
    for image in images:
        writer.write(fitted(image))
        count += 1
    writer.release()
    return count


def _copy(photo: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / photo.name).write_bytes(photo.read_bytes())
