"""One suite over every detector whose model the project can fetch."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.portraits import EILEEN, FACES, GRACE, Visitor, scene
from support.seeing import DETECTORS, detector

from faceidd.camera.frame import Image
from faceidd.face.detection import Detection, FaceDetector
from faceidd.models.portraits import PortraitName

PEOPLE = tuple(FACES)
NEAREST, WIDEST_OFF = 0.15, 1.35
"""How far, in face widths, a box's center may lie off; how much wider or narrower it may be."""

Make = Callable[[int], FaceDetector]


@pytest.fixture(scope="module", params=DETECTORS)
def make(request: pytest.FixtureRequest, models_dir: Path) -> Make:
    """Makes the detector with a size filter."""
    made: dict[int, FaceDetector] = {}

    def make(min_face_px: int) -> FaceDetector:
        if min_face_px not in made:
            made[min_face_px] = detector(models_dir, request.param, min_face_px)
        return made[min_face_px]

    return make


def shows(found: Detection, visitor: Visitor) -> bool:
    (x, y), (middle_x, middle_y) = found.box.center, visitor.center
    off = np.hypot(x - middle_x, y - middle_y) / visitor.width
    ratio = found.box.width / visitor.width
    return bool(off < NEAREST and 1 / WIDEST_OFF < ratio < WIDEST_OFF)


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("width", [150, 200, 260])
@pytest.mark.parametrize("center", [(180, 170), (320, 240), (460, 300)])
def test_a_face_is_found_where_it_is(
    make: Make, name: PortraitName, width: float, center: tuple[int, int]
) -> None:
    visitor = Visitor(name, width, center)
    (found,) = make(65).detect(scene(visitor))
    assert shows(found, visitor)
    assert 0 <= found.score <= 1


@pytest.mark.parametrize("name", PEOPLE)
def test_only_faces_wide_enough_are_found(make: Make, name: PortraitName) -> None:
    least = 100
    widths = []
    for width in (50, 70, 90, 110, 150, 180):
        image = scene(Visitor(name, width, (320, 240)))
        widths.append([found.box.width for found in make(least).detect(image)])
    assert all(width >= least for found in widths for width in found)
    assert widths[:2] == [[], []]
    assert [len(found) for found in widths[-2:]] == [1, 1]


@pytest.mark.parametrize("size", [(640, 480), (1920, 1080), (97, 61), (16, 300)])
def test_nobody_is_found_in_the_dark(make: Make, size: tuple[int, int]) -> None:
    assert make(65).detect(np.zeros((size[1], size[0], 3), np.uint8)) == ()


def test_the_widest_comes_first(make: Make) -> None:
    near, far = Visitor(GRACE, 200, (450, 250)), Visitor(EILEEN, 120, (140, 200))
    first, second = make(65).detect(scene(near, far))
    assert shows(first, near)
    assert shows(second, far)


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize(
    "center", [(300, 300), (960, 540), (1240, 560), (722, 361), (1199, 719), (1700, 800)]
)
def test_a_near_face_is_found_anywhere_in_a_large_frame(
    make: Make, name: PortraitName, center: tuple[int, int]
) -> None:
    visitor = Visitor(name, 165, center)
    (found,) = make(130).detect(scene(visitor, size=(1920, 1080)))
    assert shows(found, visitor)


def test_the_frame_stays_as_it_was(make: Make) -> None:
    image: Image = scene(Visitor(GRACE, 180, (320, 240)))
    copy = image.copy()
    image.flags.writeable = False
    assert make(65).detect(image) == make(65).detect(copy)
    assert (image == copy).all()
